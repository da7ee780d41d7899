import { grabFrame } from '../../state/camera-frame.ts';

/** Frames a second at most: neighbours in a film teach the same thing twice. */
const PER_SECOND = 8;

/**
 * Takes frames off a video until told to stop, one at a time: a slow machine takes fewer.
 *
 * @param keep is given the frame and closes it.
 */
export async function recordFrames(
  video: HTMLVideoElement,
  signal: AbortSignal,
  keep: (frame: ImageBitmap) => Promise<void>,
): Promise<void> {
  while (!signal.aborted) {
    const begunAtMillis = performance.now();
    const frame = await grabFrame(video);
    if (frame !== null) await keep(frame);
    const spentMillis = performance.now() - begunAtMillis;
    await pause(Math.max(0, 1000 / PER_SECOND - spentMillis));
  }
}

function pause(millis: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, millis));
}
