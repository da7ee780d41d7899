import { applyHead, type Head } from '../core/head.ts';
import type { Crop } from '../core/preprocess.ts';
import { ok, type Result } from '../core/problem.ts';
import type { Frame, Prediction } from './contract.ts';
import { prepare, type EmbedTools } from './embed.ts';

/** One picture or frame to its probabilities, with one read-back. */
export async function classifyPicture(
  picture: Blob | Frame,
  crop: Crop,
  head: Head,
  tools: EmbedTools,
): Promise<Result<Prediction>> {
  const started = performance.now();
  const name = picture instanceof File ? picture.name : '';
  const prepared = await prepare(picture, name, crop, tools);
  if (!prepared.ok) return prepared;
  const made = prepared.value;
  const embedding =
    'embedding' in made
      ? made.embedding
      : await tools.onBackbone((backbone) => backbone.embed([made.input]));
  // A single row is sooner multiplied here than moved to a device.
  const probabilities = applyHead(head.layers, embedding);
  return ok({ probabilities, millis: performance.now() - started });
}
