import { BUILT_IN } from './core/backbone-catalogue.ts';
import type { BackboneInfo } from './core/backbone.ts';
import type { Classifier } from './core/classifier.ts';
import { DEFAULT_PROJECT_OPTIONS } from './core/default-options.ts';
import { type ProjectOptions, solverOf } from './core/options.ts';
import { isDoubt, type Problem } from './core/problem.ts';
import type { App } from './state/app.svelte.ts';
import type { TerminalOutcome, TerminalReport, TerminalRequest } from './terminal-contract.ts';
import { chosenFiles, type SkippedFile } from './terminal-files.ts';
import { say } from './ui/messages.ts';
import { problemSentence } from './ui/problem-message.ts';

/** How often progress is told. */
const TELL_EVERY_MILLIS = 1000;
const RUNTIME_LOOK_MILLIS = 20;
const RUNTIME_PATIENCE_MILLIS = 10_000;

/** What a request asks for, and the defaults for the rest. */
export function optionsFor(request: TerminalRequest): ProjectOptions {
  const { backbone, solver, epochs, learningRate, hidden, seed } = request;
  return {
    ...DEFAULT_PROJECT_OPTIONS,
    ...(backbone !== null && { backboneId: backbone }),
    training: {
      ...DEFAULT_PROJECT_OPTIONS.training,
      ...(solver !== null && { solver }),
      ...(epochs !== null && { epochs }),
      ...(learningRate !== null && { learningRate }),
      ...(hidden !== null && { hiddenUnits: hidden === 0 ? [] : [hidden] }),
      ...(seed !== null && { seed }),
    },
  };
}

/** Does what a person does on the page: opens, drops, trains, exports. */
export async function runForTerminal(
  app: App,
  request: TerminalRequest,
  tell: (line: string) => void,
): Promise<TerminalOutcome> {
  const clock = new Stopwatch();
  const telling = setInterval(() => tellWork(app, tell), TELL_EVERY_MILLIS);
  try {
    await app.open();
    const backbone = (await app.engine.settled()) ?? (await useBuiltIn(app, request, tell));
    const { status } = app.engine.backend;
    if (!backbone || !status) return refuse(app.engine.problem ? [app.engine.problem] : []);
    await isRuntimeDecided(app);
    clock.lap('load');
    tell(`${status.backend} (${status.device}), ${backbone.name}`);

    const chosen = chosenFiles();
    await app.arrival.addFiles(chosen.files);
    await app.embedding.finish();
    const problems = app.notices.list.flatMap((notice) => notice.problems ?? notice.problem ?? []);
    tellDoubts(problems, tell);
    const { blockers } = app.training;
    if (blockers.length > 0) return refuse([...blockers, ...problems]);
    clock.lap('embed');

    await app.training.train();
    const { classifier, problem } = app.training;
    if (!classifier) return refuse(problem ? [problem] : []);
    clock.lap('train');

    const exports = request.exportUrl === null ? [] : await sendExport(app, request.exportUrl);
    clock.lap('export');
    const skipped = [...chosen.skipped, ...skippedFiles(problems)];
    return { ok: true, report: describe(app, clock, skipped, exports) };
  } finally {
    clearInterval(telling);
  }
}

/** Before that the slower one may embed, and what is being decided takes the processor from it. */
async function isRuntimeDecided({ engine }: App): Promise<void> {
  const deadline = performance.now() + RUNTIME_PATIENCE_MILLIS;
  while (engine.backend.status?.backend === 'wasm' && engine.runtime === null) {
    if (performance.now() > deadline) return;
    await new Promise((resolve) => setTimeout(resolve, RUNTIME_LOOK_MILLIS));
  }
}

/** Where the default can't be had; whoever names a backbone wants that one or none. */
async function useBuiltIn(
  { engine }: App,
  { backbone }: TerminalRequest,
  tell: (line: string) => void,
): Promise<BackboneInfo | null> {
  const { problem } = engine;
  if (problem === null || engine.backend.status === null || backbone !== null) return null;
  await engine.chooseBackbone(BUILT_IN.id);
  if (engine.backbone) tell(`${wordsOf(problem)} ${BUILT_IN.name} are used instead.`);
  return engine.backbone;
}

function refuse(problems: readonly Problem[]): TerminalOutcome {
  return { ok: false, reasons: [...new Set(problems.map(wordsOf))] };
}

function wordsOf(problem: Problem): string {
  const { key, values } = problemSentence(problem);
  return say(key, values);
}

function tellDoubts(problems: readonly Problem[], tell: (line: string) => void): void {
  for (const problem of problems.filter(isDoubt)) tell(wordsOf(problem));
}

function skippedFiles(problems: readonly Problem[]): readonly SkippedFile[] {
  return problems.flatMap((problem) => {
    if (!('file' in problem) || isDoubt(problem)) return [];
    return [{ file: problem.file, reason: wordsOf(problem) }];
  });
}

function tellWork({ arrival, embedding, training, engine }: App, tell: (line: string) => void) {
  const { download } = engine;
  if (download) tell(`backbone: ${download.receivedBytes} of ${download.totalBytes ?? '?'} bytes`);
  else if (training.phase !== 'idle') {
    const last = training.history.at(-1);
    const unit = last?.learningRate === null ? 'iteration' : 'epoch';
    tell(`${training.phase}${last ? `: ${unit} ${last.epoch}, loss ${last.loss.toFixed(4)}` : ''}`);
  } else if (embedding.running) {
    const rate = embedding.rate.toFixed(1);
    tell(`embedding: ${embedding.done} of ${embedding.total}, ${rate} a second`);
  } else if (arrival.running) tell(`reading: ${arrival.done} of ${arrival.total}`);
}

/** @returns the names of the files, in order. */
async function sendExport(app: App, exportUrl: string): Promise<readonly string[]> {
  const files = (await app.exporter.files()) ?? [];
  for (const { name, bytes } of files) {
    const response = await fetch(`${exportUrl}?name=${encodeURIComponent(name)}`, {
      method: 'POST',
      body: bytes,
    });
    if (!response.ok) throw new Error(`${name}: ${await response.text()}`);
  }
  return files.map(({ name }) => name);
}

function describe(
  { training, engine, project }: App,
  clock: Stopwatch,
  skipped: readonly SkippedFile[],
  exports: readonly string[],
): TerminalReport {
  const { classifier, evaluation, phaseMillis, labels } = training;
  if (!classifier) throw new Error('no classifier');
  const evaluate = (phaseMillis.get('judging') ?? 0) / 1000;
  const validation = classifier.validation?.count ?? 0;
  const labelled = project.samples.filter(({ purpose }) => purpose === 'learn').length;
  const { load = 0, embed = 0, train = 0, export: exporting = 0 } = clock.seconds;
  return {
    classes: labels,
    images: {
      train: labelled - validation,
      validation,
      test: classifier.test?.count ?? 0,
      skipped,
    },
    backbone: { id: classifier.backbone.id, sha256: classifier.backbone.sha256 },
    backend: engine.backend.status?.backend ?? '',
    seconds: {
      load,
      embed,
      train: train - evaluate,
      evaluate,
      export: exporting,
      total: load + embed + train + exporting,
    },
    accuracy: {
      validation: classifier.validation?.accuracy ?? null,
      test: classifier.test?.accuracy ?? null,
    },
    confusion: evaluation?.confusion ?? [],
    ...describeSolver(classifier),
    exports,
  };
}

function describeSolver({ options, history, bestEpoch }: Classifier) {
  const solver = solverOf(options.training);
  const exact = solver === 'exact';
  return {
    solver,
    epochs: exact ? null : bestEpoch,
    iterations: exact ? bestEpoch : null,
    l2: history[bestEpoch - 1]?.l2 ?? null,
  };
}

type Lap = 'load' | 'embed' | 'train' | 'export';

class Stopwatch {
  readonly seconds: Partial<Record<Lap, number>> = {};
  #since = performance.now();

  lap(name: Lap): void {
    const now = performance.now();
    this.seconds[name] = (now - this.#since) / 1000;
    this.#since = now;
  }
}
