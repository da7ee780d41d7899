import type { Crop, InputPixels } from '../../core/preprocess.ts';
import { withInput } from '../picture/input.ts';
import { openForInput } from '../picture/open.ts';

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
