import { applyHead, type DenseLayer } from '../core/head.ts';
import { ok } from '../core/problem.ts';
import { NUMBERS_ID, PAYLOAD_ID, type PagePayload } from '../engine/exporting/page-payload.ts';
import { createSimdNetwork } from '../network/wasm/simd-network.ts';
import { withInput } from '../engine/picture/input.ts';
import { openForInput } from '../engine/picture/open.ts';
import type { OpenClassifier } from './loaded.ts';

/** The classifier that stands in the page itself, by Headstart's kernel. */
export const openEmbedded: OpenClassifier = () => {
  const payload = JSON.parse(textOf(PAYLOAD_ID)) as PagePayload;
  const { labels, crop, evaluation, inputSidePx, plan } = payload;
  const numbers = floatsOf(textOf(NUMBERS_ID));
  const headAt = numbers.length - headLength(payload);
  const network = createSimdNetwork({ ...plan, weights: numbers.slice(0, headAt) });
  const layers = readHead(payload, numbers.slice(headAt));
  const answer = (picture: ImageBitmap | VideoFrame, asStored: boolean) =>
    withInput(picture, crop, inputSidePx, asStored, (input) =>
      applyHead(layers, network.run(input)),
    );
  return Promise.resolve(
    ok({
      labels,
      crop,
      evaluation,
      backend: () => 'wasm' as const,
      classify: async (picture) => {
        const startedAt = performance.now();
        const opened =
          picture instanceof Blob
            ? await openForInput(picture, picture instanceof File ? picture.name : '', inputSidePx)
            : ok({ picture, asStored: false });
        if (!opened.ok) return opened;
        try {
          const probabilities = await answer(opened.value.picture, opened.value.asStored);
          return ok({ probabilities, millis: performance.now() - startedAt });
        } finally {
          opened.value.picture.close();
        }
      },
    }),
  );
};

function textOf(id: string): string {
  const text = document.getElementById(id)?.textContent;
  if (text === undefined) throw new Error(`no #${id} in the page`);
  return text;
}

function floatsOf(base64: string): Float32Array<ArrayBuffer> {
  const text = atob(base64);
  const buffer = new ArrayBuffer(text.length);
  const bytes = new Uint8Array(buffer);
  for (let index = 0; index < text.length; index++) bytes[index] = text.charCodeAt(index);
  return new Float32Array(buffer).slice();
}

function headLength({ embeddingLength, head }: PagePayload): number {
  let [inputs, length] = [embeddingLength, 0];
  for (const { units } of head) {
    length += (inputs + 1) * units;
    inputs = units;
  }
  return length;
}

function readHead(
  { embeddingLength, head }: PagePayload,
  numbers: Float32Array<ArrayBuffer>,
): DenseLayer[] {
  let [inputs, offset] = [embeddingLength, 0];
  const take = (length: number) => numbers.slice(offset, (offset += length));
  return head.map(({ units, activation }) => {
    const layer = { units, activation, kernel: take(inputs * units), bias: take(units) };
    inputs = units;
    return layer;
  });
}
