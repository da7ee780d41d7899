/** Each twice as long as the one before: six seconds in all. */
const FIRST_PAUSE_MILLIS = 100;
const TRIES = 7;

/**
 * Reads something that may be on its way to the disk still: a picture counts
 * as there a moment before its thumbnail is written.
 */
export async function readPatiently<T>(
  read: () => Promise<T | null>,
  signal: AbortSignal,
): Promise<T | null> {
  for (let attempt = 0; attempt < TRIES && !signal.aborted; attempt++) {
    const found = await read();
    if (found !== null) return found;
    await new Promise((resolve) => setTimeout(resolve, FIRST_PAUSE_MILLIS * 2 ** attempt));
  }
  return null;
}
