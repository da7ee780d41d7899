import type { ModelFile } from '../../core/backbone.ts';
import type { CheckableFormat } from '../../core/export-format.ts';
import type { ExportRun, RunRequest } from '../contract.ts';
import { readLevels } from './read-levels.ts';
import type { LoadRunner } from './runner.ts';

/** Each runtime is loaded when its format is asked for. */
const RUNNERS: Readonly<Record<CheckableFormat, () => Promise<LoadRunner>>> = {
  tfjs: async () => (await import('./runners/tfjs.ts')).loadTfjs,
  tflite: async () => (await import('./runners/litert.ts')).loadTflite,
  onnx: async () => (await import('./runners/onnx.ts')).loadOnnx,
};

/** @throws where the runtime, the files or a picture don't load. */
export async function runExport(
  files: readonly ModelFile[],
  { format, crop, sidePx, pictures }: RunRequest,
  onDone: (pictures: number) => void | Promise<void>,
): Promise<ExportRun> {
  const load = await RUNNERS[format]();
  const runner = await load(files, sidePx);
  const rows: Float32Array[] = [];
  const millis: number[] = [];
  try {
    for (const picture of pictures) {
      const levels = await readLevels(picture, crop, sidePx);
      const startedAt = performance.now();
      rows.push(await runner.run(levels));
      millis.push(performance.now() - startedAt);
      // Awaited: the worker ends with the answer, and what is on its way then is lost.
      await onDone(rows.length);
    }
    return {
      runtime: runner.words,
      probabilities: Float32Array.from(rows.flatMap((row) => [...row])),
      millisAPicture: mean(millis.length > 1 ? millis.slice(1) : millis),
    };
  } finally {
    runner.dispose();
  }
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
}
