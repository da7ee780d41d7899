import type { Frame } from '../engine/contract.ts';

/** What a video shows now, to keep. Null where there is no frame to be had just yet. */
export async function grabFrame(video: HTMLVideoElement): Promise<ImageBitmap | null> {
  return grabBy(video, createImageBitmap);
}

/** What a video shows now, to look at: without a copy where the browser has such a thing. */
export async function grabLiveFrame(video: HTMLVideoElement): Promise<Frame | null> {
  return grabBy<Frame>(
    video,
    typeof VideoFrame === 'undefined' ? createImageBitmap : (shown) => new VideoFrame(shown),
  );
}

async function grabBy<F extends Frame>(
  video: HTMLVideoElement,
  grab: (video: HTMLVideoElement) => F | Promise<F>,
): Promise<F | null> {
  const hasData = video.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA && video.videoWidth > 0;
  // Of a camera that starts there is data before anything is shown of it.
  if (!hasData || video.paused) return null;
  try {
    return await grab(video);
  } catch (error) {
    console.warn('no camera frame', error);
    return null;
  }
}
