/** Decodes one file after another, the engine's way or in full. */
import { expose } from 'comlink';
import { decodeForInput } from '../../src/engine/picture/decode.ts';
import { pictureToInput } from '../../src/engine/picture/input.ts';
import type { DecodeEnd, DecodeWay } from './contract.ts';

export interface LoneDecoder {
  decode(file: File, way: DecodeWay, end: DecodeEnd): Promise<void>;
}

const SIDE_PX = 224;

const decoder: LoneDecoder = {
  decode: async (file, way, end) => {
    const picture = await (way === 'full'
      ? createImageBitmap(file)
      : decodeForInput(file, SIDE_PX));
    try {
      if (end === 'input') pictureToInput(picture, 'centre', SIDE_PX);
    } finally {
      picture.close();
    }
  },
};

expose(decoder);
