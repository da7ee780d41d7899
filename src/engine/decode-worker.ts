/**
 * A decode worker: files and frames in, RGB inputs and descriptions out. It
 * holds no tensors and no state, so that any of several can take any picture.
 */
import { expose, transfer } from 'comlink';
import { failed, ok, type Result } from '../core/problem.ts';
import { pictureToInput } from './picture/input.ts';
import { inspectFile, inspectRendered } from './picture/inspect.ts';
import { decodeChecked, readHeader } from './picture/open.ts';
import { encodePicture } from './picture/thumbnail.ts';
import type { DecodeRemote } from './remote.ts';

const remote: DecodeRemote = {
  connect: (port) => {
    expose(remote, port);
  },
  toInput: async (picture, name, crop, sidePx) => {
    const opened = picture instanceof Blob ? await openFile(picture, name, sidePx) : ok(picture);
    if (!opened.ok) return opened;
    try {
      const input = pictureToInput(opened.value, crop, sidePx);
      return transfer(ok(input), [input.buffer]);
    } finally {
      opened.value.close();
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

async function openFile(file: Blob, name: string, sidePx: number): Promise<Result<ImageBitmap>> {
  const header = await readHeader(file, name);
  if (!header.ok) return header;
  // Only the page can render an SVG; it does so before it asks.
  if (header.value === 'svg') return failed({ code: 'file-not-an-image', file: name });
  return decodeChecked(file, name, header.value, sidePx);
}

expose(remote);
