/**
 * The one filter that every picture goes through on its way to a backbone: an
 * antialiased triangle, the one that Pillow calls `BILINEAR`, bit for bit
 * (its `Resample.c`, 8 bits a channel). Canvas resampling differs from browser
 * to browser; this is the same everywhere, and easy to repeat elsewhere.
 *
 * One axis: `scale = in / out`, `support = max(scale, 1)`. Output pixel `i` is
 * the weighted mean of the input pixels within `support` of its centre
 * `(i + 0.5) · scale`, with weights `1 − distance / support`, normalised, then
 * rounded to 22 bits after the point. Rows first, then columns, each rounded
 * to 8 bits.
 */

/** Bits after the point of a weight: 32, less 8 of the pixel and 2 spare. */
const FRACTION_BITS = 22;
const HALF = 1 << (FRACTION_BITS - 1);

/** Which input pixels make each output pixel along one axis, and with what weights. */
export interface Resampling {
  readonly inputLength: number;
  readonly outputLength: number;
  /** First input pixel of each output pixel, [outputLength]. */
  readonly first: Int32Array;
  /** How many from there on, [outputLength]. */
  readonly count: Int32Array;
  /** Weights times 2²², [outputLength, taps]. */
  readonly weights: Int32Array;
  readonly taps: number;
}

/** Precomputes one axis. */
export function planResampling(inputLength: number, outputLength: number): Resampling {
  const scale = inputLength / outputLength;
  const support = Math.max(scale, 1);
  const taps = Math.ceil(support) * 2 + 1;
  const first = new Int32Array(outputLength);
  const count = new Int32Array(outputLength);
  const weights = new Int32Array(outputLength * taps);
  const inverse = 1 / support;
  const row = new Float64Array(taps);
  for (let out = 0; out < outputLength; out++) {
    const centre = (out + 0.5) * scale;
    const from = Math.max(0, Math.trunc(centre - support + 0.5));
    const to = Math.min(inputLength, Math.trunc(centre + support + 0.5));
    let sum = 0;
    for (let tap = 0; tap < to - from; tap++) {
      const distance = Math.abs((tap + from - centre + 0.5) * inverse);
      const weight = distance < 1 ? 1 - distance : 0;
      row[tap] = weight;
      sum += weight;
    }
    first[out] = from;
    count[out] = to - from;
    for (let tap = 0; tap < to - from; tap++) {
      weights[out * taps + tap] = Math.trunc(0.5 + ((row[tap] ?? 0) / sum) * 2 ** FRACTION_BITS);
    }
  }
  return { inputLength, outputLength, first, count, weights, taps };
}

/**
 * Rows of RGBA to narrower or wider rows of RGB; the fourth channel doesn't count.
 *
 * @param rgba [rows, plan.inputLength, 4].
 * @param rgb where [rows, plan.outputLength, 3] are written, from `row` on.
 *
 * `?? 0` only tells the compiler of the index: every read is within bounds,
 * and a checked accessor would triple the time of the innermost loop.
 */
export function resampleRows(
  rgba: Uint8Array | Uint8ClampedArray,
  plan: Resampling,
  rgb: Uint8Array,
  row: number,
): void {
  const { inputLength, outputLength, first, count, weights, taps } = plan;
  const rows = rgba.length / (inputLength * 4);
  let out = row * outputLength * 3;
  for (let y = 0; y < rows; y++) {
    const line = y * inputLength * 4;
    for (let x = 0; x < outputLength; x++) {
      let pixel = line + (first[x] ?? 0) * 4;
      let tap = x * taps;
      const end = tap + (count[x] ?? 0);
      let red = HALF;
      let green = HALF;
      let blue = HALF;
      for (; tap < end; tap++, pixel += 4) {
        const weight = weights[tap] ?? 0;
        red = (red + Math.imul(rgba[pixel] ?? 0, weight)) | 0;
        green = (green + Math.imul(rgba[pixel + 1] ?? 0, weight)) | 0;
        blue = (blue + Math.imul(rgba[pixel + 2] ?? 0, weight)) | 0;
      }
      rgb[out] = to8Bits(red);
      rgb[out + 1] = to8Bits(green);
      rgb[out + 2] = to8Bits(blue);
      out += 3;
    }
  }
}

/**
 * Columns of RGB to shorter or longer columns.
 *
 * @param rgb [plan.inputLength, widthPx, 3].
 * @returns [plan.outputLength, widthPx, 3].
 */
export function resampleColumns(
  rgb: Uint8Array,
  widthPx: number,
  plan: Resampling,
): Uint8Array<ArrayBuffer> {
  const { outputLength, first, count, weights, taps } = plan;
  const stride = widthPx * 3;
  const resized = new Uint8Array(outputLength * stride);
  const sums = new Int32Array(stride);
  for (let y = 0; y < outputLength; y++) {
    sums.fill(HALF);
    const taken = count[y] ?? 0;
    for (let tap = 0; tap < taken; tap++) {
      const weight = weights[y * taps + tap] ?? 0;
      const line = ((first[y] ?? 0) + tap) * stride;
      for (let x = 0; x < stride; x++) {
        sums[x] = (sums[x] ?? 0) + Math.imul(rgb[line + x] ?? 0, weight);
      }
    }
    for (let x = 0; x < stride; x++) resized[y * stride + x] = to8Bits(sums[x] ?? 0);
  }
  return resized;
}

/**
 * @param rgba opaque, [heightPx, widthPx, 4].
 * @returns RGB, [toHeightPx, toWidthPx, 3].
 */
export function resizeTriangle(
  rgba: Uint8ClampedArray,
  widthPx: number,
  heightPx: number,
  toWidthPx: number,
  toHeightPx: number,
): Uint8Array<ArrayBuffer> {
  const narrowed = new Uint8Array(heightPx * toWidthPx * 3);
  resampleRows(rgba, planResampling(widthPx, toWidthPx), narrowed, 0);
  return resampleColumns(narrowed, toWidthPx, planResampling(heightPx, toHeightPx));
}

/** Weights are never negative, so only the upper end can be passed, by rounding. */
function to8Bits(fixed: number): number {
  const value = fixed >> FRACTION_BITS;
  return value > 255 ? 255 : value;
}
