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

/** A camera frame as a file, named for the moment it was taken. */
export function frameFile(blob: Blob, takenAt: Date = new Date()): File {
  const kind = /^image\/(\w+)/u.exec(blob.type)?.[1] ?? 'jpeg';
  const moment = takenAt.toISOString().replaceAll(':', '-').replace('Z', '');
  return new File([blob], `camera-${moment}.${kind}`, { type: blob.type });
}
