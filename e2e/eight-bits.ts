import type { Headstart } from './headstart.ts';
import { expect } from './test.ts';

/**
 * Writes the classifier as TensorFlow Lite in eight bits and reads what is said of it. Never silently:
 * where fewer than 98 in 100 answers are the same there is a warning, below 95 no download.
 *
 * @returns the share of same answers.
 */
export async function expectEightBitsJudged(headstart: Headstart): Promise<number> {
  await headstart.exporting.chooseFormat('TensorFlow Lite');
  await headstart.exporting.choose('Weights', 'A quarter of the size');
  await headstart.exporting.write();
  const proof = headstart.trial.getByText(/LiteRT.js gives the preview’s answer to/);
  await expect(proof).toContainText(/Probabilities differ by at most [\d.]+/);
  const [, same = '', count = ''] =
    /(?:to|to all) (\d+)(?: of (\d+))? pictures/.exec(await proof.innerText()) ?? [];
  const share = count === '' ? 1 : Number(same) / Number(count);
  // Never silently: fewer than 98 in 100 are warned of, fewer than 95 not offered.
  await expect(proof.getByText('Fewer than')).toHaveCount(share < 0.98 ? 1 : 0);
  await expect(headstart.trial.getByRole('button', { name: /^Download, / })).toHaveCount(
    share < 0.95 ? 0 : 1,
  );
  return share;
}
