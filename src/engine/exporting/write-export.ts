import type { ModelFile } from '../../core/backbone.ts';
import type { Result } from '../../core/problem.ts';
import type { ClassifierSource } from '../../formats/contract.ts';
import type { Network, StepStatistics } from '../../network/network.ts';
import { writeWhole, type WholeOptions } from '../../formats/whole/write-whole.ts';
import { readLevels } from './read-levels.ts';

/**
 * Writes a whole classifier; in int8, it is calibrated first.
 *
 * @param pictures to calibrate on.
 * @throws where one can't be read, or int8 has none.
 */
export function writeExport(
  source: ClassifierSource,
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
  const [{ calibrate }, { bringUp }, { probeMachine }] = await Promise.all([
    import('../../network/tfjs/calibrate.ts'),
    import('../device/bring-up.ts'),
    import('../device/probe.ts'),
  ]);
  const facts = await probeMachine();
  await bringUp(facts.wasm ? 'wasm' : 'cpu', facts);
  return calibrate(network, inputs);
}
