import { at } from '../core/at.ts';
import type { DenseLayer } from '../core/head.ts';
import { ok } from '../core/problem.ts';
import { NUMBERS_ID, PAYLOAD_ID, type PagePayload } from '../engine/exporting/page-payload.ts';
import { createSimdNetwork } from '../network/wasm/simd-network.ts';
import { withInput } from '../engine/picture/input.ts';
import { openForInput } from '../engine/picture/open.ts';
import type { OpenClassifier } from './loaded.ts';

/** The classifier that stands in the page itself, by Headstart's kernel. */
export const openEmbedded: OpenClassifier = () => {
  const payload = JSON.parse(textOf(PAYLOAD_ID)) as PagePayload;
  const { labels, crop, evaluation, plan } = payload;
  const numbers = floatsOf(textOf(NUMBERS_ID));
  const headAt = numbers.length - headLength(payload);
  const network = createSimdNetwork({ ...plan, weights: numbers.slice(0, headAt) });
  const layers = readHead(payload, numbers.slice(headAt));
  const answer = (picture: ImageBitmap | VideoFrame, asStored: boolean) =>
    withInput(picture, crop, plan.inputSidePx, asStored, (input) =>
      layers.reduce<Float32Array>(applyLayer, network.embed(input)),
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
            ? await openForInput(
                picture,
                picture instanceof File ? picture.name : '',
                plan.inputSidePx,
              )
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

function headLength({ plan, head }: PagePayload): number {
  let [inputs, length] = [plan.embeddingLength, 0];
  for (const { units } of head) {
    length += (inputs + 1) * units;
    inputs = units;
  }
  return length;
}

function readHead({ plan, head }: PagePayload, numbers: Float32Array<ArrayBuffer>): DenseLayer[] {
  let [inputs, offset] = [plan.embeddingLength, 0];
  const take = (length: number) => numbers.slice(offset, (offset += length));
  return head.map(({ units, activation }) => {
    const layer = { units, activation, kernel: take(inputs * units), bias: take(units) };
    inputs = units;
    return layer;
  });
}

function applyLayer(
  inputs: Float32Array,
  { units, kernel, bias, activation }: DenseLayer,
): Float32Array {
  const sums = Float64Array.from(bias);
  for (let input = 0; input < inputs.length; input++) {
    const value = at(inputs, input);
    for (let unit = 0; unit < units; unit++)
      sums[unit] = at(sums, unit) + value * at(kernel, input * units + unit);
  }
  if (activation === 'relu') return Float32Array.from(sums, (sum) => Math.max(0, sum));
  const most = sums.reduce((largest, sum) => Math.max(largest, sum), -Infinity);
  const powers = sums.map((sum) => Math.exp(sum - most));
  const total = powers.reduce((sum, power) => sum + power, 0);
  return Float32Array.from(powers, (power) => power / total);
}
