/**
 * What a video shows now. Null where there is no frame to be had just yet:
 * while a camera starts, Chromium may refuse one or two, and the next will do.
 */
export async function grabFrame(video: HTMLVideoElement): Promise<ImageBitmap | null> {
  if (video.readyState < HTMLMediaElement.HAVE_CURRENT_DATA || video.videoWidth === 0) return null;
  try {
    return await createImageBitmap(video);
  } catch (error) {
    console.warn('no camera frame', error);
    return null;
  }
}
