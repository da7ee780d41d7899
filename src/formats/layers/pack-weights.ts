import type { WeightPrecision } from '../../core/export-format.ts';
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

/** A number's nearest half-precision bits (IEEE 754), ties to even; too large ones become infinite. */
export function singleToHalf(value: number): number {
  const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0;
  const size = Math.abs(value);
  if (Number.isNaN(value)) return 0x7e00;
  // Half of a last place above the largest, 65504, and from there on.
  if (size >= 65520) return sign | 0x7c00;
  if (size < 2 ** -14) return sign | roundToEven(size * 2 ** 24);
  const exponent = Math.floor(Math.log2(size));
  // Rounding up may carry into the exponent, which is just right.
  return sign | (((exponent + 14) << 10) + roundToEven((size / 2 ** exponent) * 1024));
}

function roundToEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  if (rest !== 0.5) return rest < 0.5 ? floor : floor + 1;
  return floor % 2 === 0 ? floor : floor + 1;
}
