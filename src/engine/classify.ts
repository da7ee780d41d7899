import * as tf from '@tensorflow/tfjs-core';
import type { Head } from '../core/head.ts';
import type { Crop } from '../core/preprocess.ts';
import { ok, type Result } from '../core/problem.ts';
import type { Frame, Prediction } from './contract.ts';
import { readBack } from './device/device.ts';
import { prepare, toTensor, type EmbedTools } from './embed.ts';
import { applyHead } from './head/predict.ts';

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
  const probabilities = await tools.onBackbone(async ({ device, network }) => {
    const answer = tf.tidy(() =>
      applyHead(
        head,
        'embedding' in made
          ? tf.tensor2d(made.embedding, [1, made.embedding.length])
          : network.embed(toTensor([made.input], tools.inputSidePx)),
      ),
    );
    try {
      return await readBack(device, answer);
    } finally {
      answer.dispose();
    }
  });
  return ok({ probabilities, millis: performance.now() - started });
}
