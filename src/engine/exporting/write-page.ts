import type { ModelFile } from '../../core/backbone.ts';
import { failed, ok, type Result } from '../../core/problem.ts';
import type { ExportedClassifier } from '../../formats/contract.ts';
import { poolFeatures } from '../../network/network.ts';
import { textFile } from '../../formats/text-file.ts';
import { readBackbone } from '../../formats/whole/write-whole.ts';
import { planNetwork } from '../../network/wasm/plan-network.ts';
import { NotPlannable } from '../../network/wasm/plan-step.ts';
import { NUMBERS_ID, PAYLOAD_ID, type PagePayload } from './page-payload.ts';

/** Stands in the built page where the classifier goes. */
const PLACE = '<!-- classifier -->';
/** Characters that a call takes as arguments. */
const BYTES_AT_ONCE = 0x8000 - (0x8000 % 3);

/**
 * One `index.html` that classifies pictures and the camera by Headstart's kernel, from a folder too:
 * nothing lies beside it and nothing is fetched.
 *
 * @param template the built page.
 * @returns a problem that names the layer where the kernel can't run the backbone.
 */
export function writePage(
  source: ExportedClassifier,
  template: string,
): Result<readonly ModelFile[]> {
  const read = readBackbone(source);
  if (!read.ok) return read;
  const { backbone, head, classes, crop, test, validation } = source;
  let planned;
  try {
    planned = planNetwork(poolFeatures(read.value), backbone);
  } catch (error) {
    if (!(error instanceof NotPlannable)) throw error;
    const { layer, operation, reason } = error;
    return failed({ code: 'model-not-translatable', layer, operation, reason });
  }
  const { weights, ...plan } = planned;
  const payload: PagePayload = {
    labels: classes.map(({ label }) => label),
    crop,
    evaluation: test ?? validation,
    inputSidePx: backbone.inputSidePx,
    embeddingLength: head.embeddingLength,
    plan,
    head: head.layers.map(({ units, activation }) => ({ units, activation })),
  };
  const numbers = [weights, ...head.layers.flatMap(({ kernel, bias }) => [kernel, bias])];
  // No text of a person's can end the element that it stands in.
  const json = JSON.stringify(payload).replaceAll('<', '\\u003c');
  const parts = [
    `<script type="application/json" id="${PAYLOAD_ID}">${json}</script>`,
    `<script type="text/plain" id="${NUMBERS_ID}">${toBase64(numbers)}</script>`,
  ];
  const [before = '', after] = template.split(PLACE);
  if (after === undefined) throw new Error('a page without a place for the classifier');
  return ok([textFile('index.html', `${before}${parts.join('\n')}${after}`)]);
}

function toBase64(parts: readonly Float32Array[]): string {
  const floats = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    floats.set(part, offset);
    offset += part.length;
  }
  const bytes = new Uint8Array(floats.buffer);
  const text: string[] = [];
  for (let from = 0; from < bytes.length; from += BYTES_AT_ONCE)
    text.push(btoa(String.fromCharCode(...bytes.subarray(from, from + BYTES_AT_ONCE))));
  return text.join('');
}
