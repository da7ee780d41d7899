/**
 * The triangle filter of core/resize.ts on 128-bit vectors, bit for bit: sums of 8-bit values times
 * weights with 22 bits after the point. AssemblyScript; `npm run wasm` compiles it into
 * ../resize-modules.ts.
 *
 * An axis is three arrays of 32-bit numbers: the first input of each output, how many there are from
 * there on, and their weights, `taps` for each output.
 */

/** Bytes of a pixel that comes in, of one that goes out, and of one vector. */
const PIXEL: usize = 4;
const COLOUR: usize = 3;
const VECTOR: usize = 16;
const FRACTION_BITS = 22;
const HALF = 1 << (FRACTION_BITS - 1);

/**
 * Rows of `inputLength` RGBA pixels to rows of `outputLength` RGB ones. The four channels of a pixel
 * are summed at once; the fourth is written where the next pixel comes to stand.
 */
export function resampleRows(
  pixels: usize,
  rows: usize,
  inputLength: usize,
  first: usize,
  count: usize,
  weights: usize,
  taps: usize,
  outputLength: usize,
  target: usize,
): void {
  const end = pixels + rows * inputLength * PIXEL;
  for (let line = pixels; line < end; line += inputLength * PIXEL) {
    for (let out: usize = 0; out < outputLength; out++) {
      let pixel = line + (<usize>load<u32>(first + (out << 2))) * PIXEL;
      let weight = weights + ((out * taps) << 2);
      const last = weight + (<usize>load<u32>(count + (out << 2)) << 2);
      let sum = i32x4.splat(HALF);
      for (; weight < last; weight += 4, pixel += PIXEL) {
        const channels = i32x4.extend_low_i16x8_u(
          i16x8.extend_low_i8x16_u(v128.load32_zero(pixel)),
        );
        sum = i32x4.add(sum, i32x4.mul(channels, v128.load32_splat(weight)));
      }
      const rounded = i16x8.narrow_i32x4_s(i32x4.shr_s(sum, FRACTION_BITS), sum);
      v128.store32_lane(target, i8x16.narrow_i16x8_u(rounded, rounded), 0);
      target += COLOUR;
    }
  }
}

/**
 * Rows of `stride` bytes to `outputLength` rows. Works on 16 bytes at once: up to 15 beyond the end of
 * a row are read, and written where the next row comes to stand.
 */
export function resampleColumns(
  rows: usize,
  stride: usize,
  first: usize,
  count: usize,
  weights: usize,
  taps: usize,
  outputLength: usize,
  target: usize,
): void {
  for (let out: usize = 0; out < outputLength; out++) {
    const from = rows + (<usize>load<u32>(first + (out << 2))) * stride;
    const firstWeight = weights + ((out * taps) << 2);
    const last = firstWeight + (<usize>load<u32>(count + (out << 2)) << 2);
    for (let x: usize = 0; x < stride; x += VECTOR) {
      let at = from + x;
      let a = i32x4.splat(HALF);
      let b = a;
      let c = a;
      let d = a;
      for (let weight = firstWeight; weight < last; weight += 4, at += stride) {
        const factor = v128.load32_splat(weight);
        const bytes = v128.load(at);
        const low = i16x8.extend_low_i8x16_u(bytes);
        const high = i16x8.extend_high_i8x16_u(bytes);
        a = i32x4.add(a, i32x4.mul(i32x4.extend_low_i16x8_u(low), factor));
        b = i32x4.add(b, i32x4.mul(i32x4.extend_high_i16x8_u(low), factor));
        c = i32x4.add(c, i32x4.mul(i32x4.extend_low_i16x8_u(high), factor));
        d = i32x4.add(d, i32x4.mul(i32x4.extend_high_i16x8_u(high), factor));
      }
      const low = i16x8.narrow_i32x4_s(
        i32x4.shr_s(a, FRACTION_BITS),
        i32x4.shr_s(b, FRACTION_BITS),
      );
      const high = i16x8.narrow_i32x4_s(
        i32x4.shr_s(c, FRACTION_BITS),
        i32x4.shr_s(d, FRACTION_BITS),
      );
      v128.store(target + x, i8x16.narrow_i16x8_u(low, high));
    }
    target += stride;
  }
}
