import type { WeightPrecision } from '../../core/export-format.ts';
import { singleToHalf } from './half.ts';
import type { KerasWeight } from './keras-layers.ts';

/** Those that TF.js reads. */
export type LayersPrecision = Exclude<WeightPrecision, 'int8'>;

/** As TF.js reads it: `value · scale + min` of uint8. */
export type Quantization =
  | { readonly dtype: 'float16' }
  | { readonly dtype: 'uint8'; readonly scale: number; readonly min: number };

export interface PackedWeight {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Null for float32. */
  readonly quantization: Quantization | null;
}

/**
 * A weight's bytes, little-endian. Vectors (biases, scales) stay float32: they are few, and an error
 * in one moves a whole channel.
 */
export function packWeight(weight: KerasWeight, precision: LayersPrecision): PackedWeight {
  const { values, shape } = weight;
  if (precision === 'float32' || shape.length < 2)
    return { bytes: new Uint8Array(Float32Array.from(values).buffer), quantization: null };
  if (precision === 'float16') {
    const halves = new Uint16Array(values.map(singleToHalf));
    return { bytes: new Uint8Array(halves.buffer), quantization: { dtype: 'float16' } };
  }
  const min = values.reduce((least, value) => Math.min(least, value), Infinity);
  const max = values.reduce((most, value) => Math.max(most, value), -Infinity);
  // All alike: any scale would do.
  const scale = max > min ? (max - min) / 255 : 1;
  const bytes = new Uint8Array(values.map((value) => Math.round((value - min) / scale)));
  return { bytes, quantization: { dtype: 'uint8', scale, min } };
}
