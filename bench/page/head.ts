import { DEFAULT_TRAINING_OPTIONS } from '../../src/core/default-options.ts';
import { splitSamples } from '../../src/core/split.ts';
import type { EngineClient } from '../../src/engine/client.ts';
import type { TrainingSet } from '../../src/engine/contract.ts';
import { fitHead } from '../../src/engine/head/train-classifier.ts';
import { fitSetFrom } from '../../src/engine/testing/fit.ts';
import { placeSet, type FlatSet } from '../../src/engine/testing/rows.ts';
import type { Fit } from './contract.ts';
import { accuracyOf, loadTask, timed, type LoadedTask } from './task.ts';

/**
 * The app's own fit with the options that it starts with: the validation part chooses the L2
 * penalty, unless one is given. The embeddings lie with the engine, as they do in the app.
 */
export async function fitTask(
  engine: Pick<EngineClient, 'fit' | 'predict' | 'putRows'>,
  name: string,
  l2: number | null,
): Promise<Fit> {
  const task = await loadTask(name);
  const flat = flatSet(task, task.trainingCount);
  const { space, rows, ...rest } = await placeSet(engine, flat);
  const set: TrainingSet = { ...rest, space, rows: rows.slice(0, task.trainingCount) };
  let fitted: Awaited<ReturnType<typeof fitHead>> | undefined;
  const { seconds } = await timed(1, async () => {
    fitted = await fitHead(
      (_, options, onReport) =>
        engine.fit(set, options, { onReport: (epoch) => void onReport(epoch) }),
      fitSetFrom(flat),
      { ...DEFAULT_TRAINING_OPTIONS, l2 },
      null,
      () => undefined,
    );
  });
  if (fitted?.ok !== true) throw new Error(fitted?.problem.code ?? 'no fit');
  const held = rows.slice(task.trainingCount);
  const probabilities = await engine.predict(fitted.value.head, space, held);
  return { seconds, accuracy: accuracyOf(probabilities, task) };
}

/** What follows by itself when a class has got one picture more: fitted, judged, and fitted to all. */
export async function updateTask(
  engine: Pick<EngineClient, 'train' | 'putRows' | 'useHead'>,
  name: string,
): Promise<Fit> {
  const task = await loadTask(name);
  const { space, rows } = await placeSet(engine, flatSet(task, task.trainingCount));
  const train = async (count: number, startAtHeadInUse: boolean) => {
    const { classes, classIds, trainingRows, validationRows } = flatSet(task, count);
    const trained = await engine.train({
      set: { space, rows: rows.slice(0, count), classes, classIds, trainingRows, validationRows },
      test: { rows: new Int32Array(0), classes: new Int32Array(0) },
      options: DEFAULT_TRAINING_OPTIONS,
      startAtHeadInUse,
    });
    if (!trained.ok) throw new Error(trained.problem.code);
    await engine.useHead(trained.value.head);
  };
  await train(task.trainingCount - 1, false);
  const { seconds } = await timed(1, () => train(task.trainingCount, true));
  await engine.useHead(null);
  return { seconds, accuracy: null };
}

/** All embeddings, and the first `count` of them as the pipeline prepares pictures; a row's number stands for its hash. */
function flatSet(task: LoadedTask, count: number): FlatSet {
  const { embeddingLength, classCount } = task;
  const classes = Int32Array.from(task.classes.slice(0, count));
  const rows = Array.from(classes, (classIndex, row) => ({ hash: String(row), classIndex }));
  const { validationShare, seed } = DEFAULT_TRAINING_OPTIONS;
  const split = splitSamples(rows, validationShare, seed);
  return {
    embeddings: Float32Array.from(task.embeddings),
    embeddingLength,
    classes,
    classIds: Array.from({ length: classCount }, (_, index) => String(index)),
    trainingRows: split.training,
    validationRows: split.validation,
  };
}
