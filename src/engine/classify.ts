import * as tf from '@tensorflow/tfjs-core';
import type { Head } from '../core/head.ts';
import type { Crop } from '../core/preprocess.ts';
import { ok, type Result } from '../core/problem.ts';
import type { Prediction } from './contract.ts';
import { readBack } from './device/device.ts';
import { toTensor, type EmbedTools } from './embed.ts';
import { applyHead } from './head/predict.ts';

/** One picture or frame to its probabilities, with one read-back. */
export async function classifyPicture(
  picture: Blob | ImageBitmap,
  crop: Crop,
  head: Head,
  { pool, inputSidePx, onBackbone }: EmbedTools,
): Promise<Result<Prediction>> {
  const started = performance.now();
  const name = picture instanceof File ? picture.name : '';
  const input = await pool.toInput(picture, name, crop, inputSidePx);
  if (!input.ok) return input;
  const probabilities = await onBackbone(async ({ device, network, faster }) => {
    const features = await faster?.embed([input.value]);
    const answer = tf.tidy(() =>
      applyHead(
        head,
        features === undefined
          ? network.embed(toTensor([input.value], inputSidePx))
          : tf.tensor2d(features, [1, features.length]),
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
