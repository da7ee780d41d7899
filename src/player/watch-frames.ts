/**
 * Hands over a video's frames, one at a time: the next is taken when the one
 * before is answered, so that a slow machine skips frames instead of queueing
 * them. Stands still while the page is hidden.
 *
 * @returns the way to stop.
 */
export function watchFrames(
  video: HTMLVideoElement,
  answer: (frame: ImageBitmap) => Promise<void>,
): () => void {
  let stopped = false;

  const step = async (): Promise<void> => {
    if (stopped) return;
    if (
      document.visibilityState === 'visible' &&
      video.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA
    ) {
      try {
        await answer(await createImageBitmap(video));
      } catch {
        // A frame can vanish while the camera is being switched; the next one comes.
      }
    }
    requestAnimationFrame(() => void step());
  };

  void step();
  return () => {
    stopped = true;
  };
}
