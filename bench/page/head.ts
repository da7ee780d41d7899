import { DEFAULT_TRAINING_OPTIONS } from '../../src/core/default-options.ts';
import { splitSamples } from '../../src/core/split.ts';
import type { Engine } from '../../src/engine/contract.ts';
import { fitHead } from '../../src/state/pipeline/fit.ts';
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
  const data = prepare(task);
  let fitted: Awaited<ReturnType<typeof fitHead>> | undefined;
  const { seconds } = await timed(1, async () => {
    fitted = await fitHead(engine, data, { ...DEFAULT_TRAINING_OPTIONS, l2 }, {});
  });
  if (fitted?.ok !== true) throw new Error(fitted?.problem.code ?? 'no fit');
  const held = task.embeddings.slice(task.trainingCount * task.embeddingLength);
  const probabilities = await engine.predict(fitted.value.head, held);
  return { seconds, accuracy: accuracyOf(probabilities, task) };
}

/** As the pipeline prepares pictures; a row's number stands for its hash. */
function prepare(task: LoadedTask): PreparedData {
  const { embeddingLength, trainingCount, classCount } = task;
  const classes = Int32Array.from(task.classes.slice(0, trainingCount));
  const embeddings = task.embeddings.slice(0, trainingCount * embeddingLength);
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
