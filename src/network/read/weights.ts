import { at } from '../../core/at.ts';
import { flatName, weightBytes, type ModelParts, type WeightSpec } from './model-parts.ts';

/** A weight in full. */
export interface Weight {
  readonly shape: readonly number[];
  /** Integers too: shapes and axes are small. */
  readonly values: Float32Array<ArrayBuffer>;
}

/** A file of a group and where it begins among the group's bytes. */
interface Part {
  readonly bytes: Uint8Array;
  readonly start: number;
}

/** Where a weight's bytes lie. */
interface Stored {
  readonly spec: WeightSpec;
  readonly parts: readonly Part[];
  /** Into the files of its group, one after the other. */
  readonly offset: number;
  readonly length: number;
}

/** A model's weights by name, each decoded when it is asked for. */
export interface Weights {
  /**
   * Null where the model has none of that name or the files are too short for it. A new copy
   * each time.
   */
  get(name: string): Weight | null;
}

/** Nothing is allocated for a weight before its bytes are known to be there. */
export function openWeights({ json, files }: ModelParts): Weights {
  const byName = new Map(files.map((file) => [file.name, file.bytes]));
  const places = new Map<string, Stored>();
  for (const { paths, weights } of json.groups) {
    const parts: Part[] = [];
    let start = 0;
    for (const path of paths) {
      const bytes = byName.get(flatName(path)) ?? new Uint8Array();
      // What holds nothing is no part: between two places lie as many parts as bytes at most.
      if (bytes.length > 0) parts.push({ bytes, start });
      start += bytes.length;
    }
    let offset = 0;
    for (const spec of weights) {
      const length = weightBytes(spec) ?? 0;
      places.set(spec.name.replace(/:0$/u, ''), { spec, parts, offset, length });
      offset += length;
    }
  }
  return {
    get: (name) => {
      const place = places.get(name);
      const bytes = place === undefined ? null : readBytes(place);
      if (place === undefined || bytes === null) return null;
      return { shape: place.spec.shape, values: decode(place.spec, bytes) };
    },
  };
}

/** A weight may begin in one file and end in the next. */
function readBytes({ parts, offset, length }: Stored): Uint8Array<ArrayBuffer> | null {
  const last = parts.at(-1);
  if (offset + length > (last === undefined ? 0 : last.start + last.bytes.length)) return null;
  const bytes = new Uint8Array(length);
  for (let index = partAt(parts, offset); index < parts.length; index++) {
    const { bytes: from, start } = at(parts, index);
    if (start >= offset + length) break;
    const part = from.subarray(Math.max(0, offset - start), offset + length - start);
    bytes.set(part, Math.max(0, start - offset));
  }
  return bytes;
}

/** The number of the part that an offset lies in, by halving: a model may come in thousands of files. */
function partAt(parts: readonly Part[], offset: number): number {
  let [from, to] = [0, parts.length];
  while (to - from > 1) {
    const middle = (from + to) >> 1;
    if (at(parts, middle).start <= offset) from = middle;
    else to = middle;
  }
  return from;
}

/** As TF.js decodes them (tfjs-core's io_utils): `value · scale + min` for quantised ones. */
function decode(
  { dtype, quantization }: WeightSpec,
  bytes: Uint8Array<ArrayBuffer>,
): Float32Array<ArrayBuffer> {
  const { buffer } = bytes;
  switch (quantization?.dtype ?? dtype) {
    case 'float32':
      return new Float32Array(buffer).slice();
    case 'int32':
      return Float32Array.from(new Int32Array(buffer));
    case 'float16':
      return new Float32Array(new Uint16Array(buffer)).map(halfToSingle);
    case 'uint16':
      return dequantise(new Uint16Array(buffer), quantization);
    default:
      return dequantise(bytes, quantization);
  }
}

function dequantise(
  values: Uint8Array | Uint16Array,
  quantization: WeightSpec['quantization'],
): Float32Array<ArrayBuffer> {
  const { scale = 1, min = 0 } = quantization ?? {};
  // `Float32Array.from` with a function takes six times as long.
  return new Float32Array(values).map((value) => value * scale + min);
}

/** IEEE 754 half precision: sign, five bits of exponent, ten of fraction. */
export function halfToSingle(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}
