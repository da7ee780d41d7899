/** Between what the rooms speak of and what TF.js takes. */
import * as tf from '@tensorflow/tfjs-core';
import type { InputPixels, InputRange } from '../../core/preprocess.ts';
import type { ModelParts } from '../read/model-parts.ts';

/** Gets numbers off the device, which may be lost meanwhile. It leaves the tensor. */
export type ReadBack = (tensor: tf.Tensor) => Promise<Float32Array<ArrayBuffer>>;

/** A model as a library of TF.js runs it: only as a whole. */
export interface LibraryModel {
  readonly featureLayer: string;
  /** @param pixels [count, side, side, 3], 0 to 255. @returns [count, embeddingLength]. */
  readonly embed: (pixels: tf.Tensor4D) => tf.Tensor2D;
  readonly dispose: () => void;
}

/** @returns [count, side, side, 3], 0 to 255, as floats: a cast on the device would cost a pass more. */
export function toTensor(inputs: readonly InputPixels[], sidePx: number): tf.Tensor4D {
  const length = sidePx * sidePx * 3;
  const pixels = new Float32Array(inputs.length * length);
  inputs.forEach((input, index) => {
    pixels.set(input, index * length);
  });
  return tf.tensor4d(pixels, [inputs.length, sidePx, sidePx, 3]);
}

/** Computes and reads back; nothing of it stays on the device. */
export async function computed(
  compute: () => tf.Tensor,
  readBack: ReadBack,
): Promise<Float32Array<ArrayBuffer>> {
  const answer = tf.tidy(compute);
  try {
    return await readBack(answer);
  } finally {
    answer.dispose();
  }
}

/** From 0 to 255 to a range. */
export function scaleTo([min, max]: InputRange, pixels: tf.Tensor4D): tf.Tensor4D {
  return tf.add(tf.mul(pixels, (max - min) / 255), min);
}

/** The output isn't features pooled over space. */
export class NotPooled extends Error {
  override readonly name = 'NotPooled';
}

/** @returns [count, length]. @throws {NotPooled} where features still have height and width. */
export function flattenPooled(features: tf.Tensor): tf.Tensor2D {
  const [count = 0, ...rest] = features.shape;
  const length = rest.at(-1);
  if (length === undefined || rest.slice(0, -1).some((side) => side !== 1)) {
    throw new NotPooled(`features of shape ${features.shape.join('×')}`);
  }
  return tf.reshape(features, [count, length]);
}

/** The model in the form that TF.js loads from memory. */
export function asIoHandler({ json, files }: ModelParts): tf.io.IOHandler {
  const artifacts: tf.io.ModelArtifacts = {
    format: json.kind,
    modelTopology: json.topology,
    // The types of what it decodes are looked at when the manifest is read.
    weightSpecs: json.groups.flatMap((group) => group.weights as tf.io.WeightsManifestEntry[]),
    weightData: files.slice(1).map((file) => file.bytes.slice().buffer),
  };
  if (json.signature !== null) artifacts.signature = json.signature;
  return { load: () => Promise.resolve(artifacts) };
}
