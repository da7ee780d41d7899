/**
 * The triangle filter of core/resize.ts on 128-bit vectors, bit for bit: sums of 8-bit values times
 * weights with 22 bits after the point. AssemblyScript; `npm run wasm` compiles it into
 * ../resize-modules.ts.
 *
 * A column's axis is three arrays of 32-bit numbers: the first input of each output, how many there are
 * from there on, and their weights, `taps` for each output.
 */

/** Bytes of a pixel that comes in, of one that goes out, and of one vector. */
const PIXEL: usize = 4;
const COLOUR: usize = 3;
const VECTOR: usize = 16;
const FRACTION_BITS = 22;
const HALF = 1 << (FRACTION_BITS - 1);
/** Of each of a weight's two parts. */
const PART_BITS = 11;

/**
 * Rows of `inputLength` RGBA pixels to rows of `outputLength` RGB ones. Four pixels are read at once: of two
 * at a time each channel is multiplied and summed by one instruction, which takes 16-bit numbers. So
 * weights come in two parts, 11 bits each. Pixels beyond an output's own are read with weights of zero.
 *
 * @param first of each output its first pixel, 32-bit.
 * @param weights of each output `groups` times four pairs of 16-bit numbers: the upper parts of four
 *   weights, then the lower.
 */
export function resampleRows(
  pixels: usize,
  rows: usize,
  inputLength: usize,
  first: usize,
  weights: usize,
  groups: usize,
  outputLength: usize,
  target: usize,
): void {
  const zero = i32x4.splat(0);
  const end = pixels + rows * inputLength * PIXEL;
  for (let line = pixels; line < end; line += inputLength * PIXEL) {
    let weight = weights;
    for (let out: usize = 0; out < outputLength; out++) {
      let pixel = line + (<usize>load<u32>(first + (out << 2))) * PIXEL;
      const last = weight + groups * VECTOR;
      let upper = zero;
      let lower = i32x4.splat(HALF);
      for (; weight < last; weight += VECTOR, pixel += VECTOR) {
        const four = v128.load(pixel);
        // Red, green, blue of two pixels side by side, as 16-bit numbers.
        const former = i8x16.shuffle(four, zero, 0, 16, 4, 16, 1, 16, 5, 16, 2, 16, 6, 16, 3, 16, 7, 16);
        const latter = i8x16.shuffle(four, zero, 8, 16, 12, 16, 9, 16, 13, 16, 10, 16, 14, 16, 11, 16, 15, 16);
        upper = i32x4.add(upper, i32x4.dot_i16x8_s(former, v128.load32_splat(weight)));
        upper = i32x4.add(upper, i32x4.dot_i16x8_s(latter, v128.load32_splat(weight, 4)));
        lower = i32x4.add(lower, i32x4.dot_i16x8_s(former, v128.load32_splat(weight, 8)));
        lower = i32x4.add(lower, i32x4.dot_i16x8_s(latter, v128.load32_splat(weight, 12)));
      }
      const sum = i32x4.add(i32x4.shl(upper, PART_BITS), lower);
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
