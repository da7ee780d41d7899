import {
  DEFAULT_PROJECT_OPTIONS,
  DEFAULT_TRAINING_OPTIONS,
} from '../../src/core/default-options.ts';
import { splitSamples } from '../../src/core/split.ts';
import type { BackboneInfo } from '../../src/core/backbone.ts';
import type { Head } from '../../src/core/head.ts';
import type { Engine } from '../../src/engine/contract.ts';
import { fitHead } from '../../src/state/pipeline/fit.ts';
import { trainClassifier } from '../../src/state/pipeline/train.ts';
import type { PreparedData } from '../../src/state/pipeline/training-set.ts';
import type { Fit } from './contract.ts';
import { accuracyOf, loadTask, timed, type LoadedTask } from './task.ts';

/**
 * The app's own stage with the options that it starts with: the validation part chooses the L2
 * penalty, unless one is given.
 */
export async function fitTask(
  engine: Pick<Engine, 'trainHead' | 'predict'>,
  name: string,
  l2: number | null,
): Promise<Fit> {
  const task = await loadTask(name);
  const data = prepare(task, task.trainingCount);
  let fitted: Awaited<ReturnType<typeof fitHead>> | undefined;
  const { seconds } = await timed(1, async () => {
    fitted = await fitHead(engine, data, { ...DEFAULT_TRAINING_OPTIONS, l2 }, null, {});
  });
  if (fitted?.ok !== true) throw new Error(fitted?.problem.code ?? 'no fit');
  const held = task.embeddings.slice(task.trainingCount * task.embeddingLength);
  const probabilities = await engine.predict(fitted.value.head, held);
  return { seconds, accuracy: accuracyOf(probabilities, task) };
}

/** What follows by itself when a class has got one picture more: fitted, judged, and fitted to all. */
export async function updateTask(
  engine: Pick<Engine, 'trainHead' | 'predict'>,
  backbone: BackboneInfo,
  name: string,
): Promise<Fit> {
  const task = await loadTask(name);
  const train = async (count: number, start: Head | null) => {
    const options = DEFAULT_PROJECT_OPTIONS;
    const setting = { backbone, options, fingerprint: '', nowMillis: 0, start };
    const trained = await trainClassifier(engine, prepare(task, count), setting, {});
    if (!trained.ok) throw new Error(trained.problem.code);
    return trained.value.head;
  };
  const before = await train(task.trainingCount - 1, null);
  const { seconds } = await timed(1, async () => {
    await train(task.trainingCount, before);
  });
  return { seconds, accuracy: null };
}

/** As the pipeline prepares pictures; a row's number stands for its hash. */
function prepare(task: LoadedTask, count: number): PreparedData {
  const { embeddingLength, classCount } = task;
  const classes = Int32Array.from(task.classes.slice(0, count));
  const embeddings = task.embeddings.slice(0, count * embeddingLength);
  const rows = Array.from(classes, (classIndex, row) => ({ hash: String(row), classIndex }));
  const { validationShare, seed } = DEFAULT_TRAINING_OPTIONS;
  const split = splitSamples(rows, validationShare, seed);
  const classIds = Array.from({ length: classCount }, (_, index) => String(index));
  return {
    classes: classIds.map((id) => ({ id, label: id })),
    embeddingLength,
    train: { sampleIds: rows.map(({ hash }) => hash), classes, embeddings },
    test: { sampleIds: [], classes: new Int32Array(0), embeddings: new Float32Array(0) },
    set: {
      embeddings,
      embeddingLength,
      classes,
      classIds,
      trainingRows: split.training,
      validationRows: split.validation,
    },
  };
}
