/** Decodes one file after another, the engine's way or in full. */
import { expose } from 'comlink';
import { withInput } from '../../src/engine/picture/input.ts';
import { openForInput } from '../../src/engine/picture/open.ts';
import type { DecodeEnd, DecodeWay } from './contract.ts';

export interface LoneDecoder {
  decode(file: File, way: DecodeWay, end: DecodeEnd): Promise<void>;
}

const SIDE_PX = 224;

const decoder: LoneDecoder = {
  decode: async (file, way, end) => {
    const { picture, asStored } = await open(file, way);
    try {
      if (end === 'input') await withInput(picture, 'centre', SIDE_PX, asStored, () => undefined);
    } finally {
      picture.close();
    }
  },
};

async function open(file: File, way: DecodeWay) {
  if (way === 'full') return { picture: await createImageBitmap(file), asStored: false };
  const opened = await openForInput(file, file.name, SIDE_PX);
  if (!opened.ok) throw new Error(opened.problem.code);
  return opened.value;
}

expose(decoder);
