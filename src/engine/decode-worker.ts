/**
 * A decode worker: files and frames in, RGB inputs and descriptions out. It
 * holds no tensors and no state, so that any of several can take any picture.
 */
import { expose, transfer } from 'comlink';
import { ok, type Result } from '../core/problem.ts';
import { pictureToInput } from './picture/input.ts';
import { inspectFile, inspectRendered } from './picture/inspect.ts';
import { openForInput, type Opened } from './picture/open.ts';
import { encodePicture } from './picture/thumbnail.ts';
import type { DecodeRemote } from './remote.ts';

const remote: DecodeRemote = {
  connect: (port) => {
    expose(remote, port);
  },
  toInput: async (picture, name, crop, sidePx) => {
    const opened =
      picture instanceof Blob ? await openForInput(picture, name, sidePx) : frame(picture);
    if (!opened.ok) return opened;
    const { picture: decoded, asStored } = opened.value;
    try {
      const input = await pictureToInput(decoded, crop, sidePx, asStored);
      return transfer(ok(input), [input.buffer]);
    } finally {
      decoded.close();
    }
  },
  inspect: inspectFile,
  inspectRendered,
  encodeFrame: async (frame) => {
    try {
      return await encodePicture(frame, 'image/jpeg');
    } finally {
      frame.close();
    }
  },
};

/** A camera's frame may be turned, as the device is held. */
function frame(picture: ImageBitmap): Result<Opened> {
  return ok({ picture, asStored: false });
}

expose(remote);
