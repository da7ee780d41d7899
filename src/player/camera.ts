import { failed, ok, type Problem, type Result } from '../core/problem.ts';

/**
 * Opens a camera: a phone's back camera first, where there is a choice.
 *
 * @param after the stream of the camera to move on from, already stopped: the next one in the list is opened.
 */
export async function openCamera(after: MediaStream | null): Promise<Result<MediaStream>> {
  // Only secure pages and loopback have it, whatever the types say.
  const devices = (navigator as { mediaDevices?: MediaDevices }).mediaDevices;
  if (devices === undefined) return failed({ code: 'camera-unsupported' });
  try {
    const deviceId = after === null ? null : await nextCamera(devices, after);
    const video: MediaTrackConstraints =
      deviceId === null
        ? { facingMode: 'environment', width: { ideal: 640 }, height: { ideal: 480 } }
        : { deviceId: { exact: deviceId }, width: { ideal: 640 }, height: { ideal: 480 } };
    return ok(await devices.getUserMedia({ video, audio: false }));
  } catch (error) {
    return failed(cameraProblem(error));
  }
}

export function stopStream(stream: MediaStream): void {
  for (const track of stream.getTracks()) track.stop();
}

export async function countCameras(): Promise<number> {
  const devices = (navigator as { mediaDevices?: MediaDevices }).mediaDevices;
  if (devices === undefined) return 0;
  const all = await devices.enumerateDevices();
  return all.filter((device) => device.kind === 'videoinput').length;
}

async function nextCamera(devices: MediaDevices, after: MediaStream): Promise<string | null> {
  const all = await devices.enumerateDevices();
  const cameras = all.filter((device) => device.kind === 'videoinput');
  const current = after.getVideoTracks()[0]?.getSettings().deviceId;
  const at = cameras.findIndex((camera) => camera.deviceId === current);
  return cameras[(at + 1) % cameras.length]?.deviceId ?? null;
}

/** By the names that getUserMedia's specification gives its errors. */
function cameraProblem(error: unknown): Problem {
  const name = error instanceof DOMException ? error.name : '';
  if (name === 'NotAllowedError' || name === 'SecurityError') return { code: 'camera-refused' };
  if (name === 'NotFoundError' || name === 'OverconstrainedError')
    return { code: 'camera-missing' };
  if (name === 'NotReadableError' || name === 'AbortError') return { code: 'camera-busy' };
  return { code: 'unexpected', reason: error instanceof Error ? error.message : String(error) };
}

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
