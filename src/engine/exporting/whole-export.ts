import type { ModelFile } from '../../core/backbone.ts';
import type { Result } from '../../core/problem.ts';
import type { ExportedClassifier } from '../../formats/contract.ts';
import type { Network, StepStatistics } from '../../network/network.ts';
import { writeWhole, type WholeOptions } from '../../formats/whole/write-whole.ts';
import type { CheckableFormat } from '../../core/export-format.ts';
import type { ExportRun, RunRequest } from '../contract.ts';
import type { LoadRunner } from './runner.ts';
import type { Crop, InputPixels } from '../../core/preprocess.ts';
import { withInput } from '../picture/input.ts';
import { openForInput } from '../picture/open.ts';

/**
 * Writes a whole classifier; in int8, it is calibrated first.
 *
 * @param pictures to calibrate on.
 * @throws where one can't be read, or int8 has none.
 */
export function writeExport(
  source: ExportedClassifier,
  options: WholeOptions,
  pictures: readonly Blob[],
  onCalibrated: (pictures: number) => void | Promise<void>,
): Promise<Result<readonly ModelFile[]>> {
  const { crop, backbone } = source;
  async function* inputs() {
    for (const [index, picture] of pictures.entries()) {
      yield await readLevels(picture, crop, backbone.inputSidePx);
      await onCalibrated(index + 1);
    }
  }
  return writeWhole(source, options, (network) => calibrateInWasm(network, inputs()));
}

/** TF.js comes with the first file of int8. */
async function calibrateInWasm(
  network: Network,
  inputs: AsyncIterable<ArrayLike<number>>,
): Promise<readonly StepStatistics[]> {
  const [{ calibrate }, { bringUp, probeMachine }] = await Promise.all([
    import('../../network/tfjs/calibrate.ts'),
    import('../device/bring-up.ts'),
  ]);
  const facts = await probeMachine();
  await bringUp(facts.wasm ? 'wasm' : 'cpu', facts);
  return calibrate(network, inputs);
}

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

/**
 * A picture as the preview prepares it.
 *
 * @returns levels [side, side, 3], 0 to 255.
 * @throws where it can't be read.
 */
export async function readLevels(picture: Blob, crop: Crop, sidePx: number): Promise<InputPixels> {
  const opened = await openForInput(picture, '', sidePx);
  if (!opened.ok) throw new Error(opened.problem.code);
  const { picture: decoded, asStored } = opened.value;
  try {
    return await withInput(decoded, crop, sidePx, asStored, (input) => input.slice());
  } finally {
    decoded.close();
  }
}
