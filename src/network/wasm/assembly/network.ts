/**
 * The layers of a convolutional network on 128-bit vectors of single precision. AssemblyScript;
 * `npm run wasm` compiles it into ../network-modules.ts, with and without fused multiplications.
 *
 * Images lie as rows, columns, channels, their channels filled up with zeros to a multiple of 8. All
 * addresses and counts are in bytes only where a name says so.
 */

/** Bytes of a number and of one vector of four. */
const FLOAT: usize = 4;
const VECTOR: usize = 16;
/** Outputs that are summed up at once, two vectors: sums of four pixels at a time fill the registers. */
const PANEL: usize = 8;

@inline
function multiplyAdd(a: v128, b: v128, sum: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_madd(a, b, sum);
  return f32x4.add(f32x4.mul(a, b), sum);
}

@inline
function clamp(value: v128, low: v128, high: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_min(f32x4.relaxed_max(value, low), high);
  // pmax(a, b) is one instruction of most processors, a < b ? b : a; max() is several.
  return f32x4.pmin(high, f32x4.pmax(low, value));
}

/**
 * out[pixel, output] = clamp(bias[output] + Σ pixels[pixel, input] · weights[input, output]): a 1 × 1
 * convolution, row-major in and out.
 *
 * @param weights panel by panel, [outputs / 8][inputs][8].
 */
export function pointwise(
  pixels: usize,
  count: usize,
  inputs: usize,
  weights: usize,
  bias: usize,
  outputs: usize,
  out: usize,
  lowest: f32,
  highest: f32,
): void {
  const low = f32x4.splat(lowest);
  const high = f32x4.splat(highest);
  const line = inputs * FLOAT;
  const outLine = outputs * FLOAT;
  const end = pixels + count * line;
  const endOfFours = pixels + (count & ~3) * line;
  for (let output: usize = 0; output < outputs; output += PANEL) {
    const bias0 = v128.load(bias + output * FLOAT);
    const bias1 = v128.load(bias + output * FLOAT, VECTOR);
    let target = out + output * FLOAT;
    let from = pixels;
    while (from < endOfFours) {
      let a = from;
      let b = a + line;
      let c = b + line;
      let d = c + line;
      let weight = weights;
      let a0 = bias0;
      let a1 = bias1;
      let b0 = bias0;
      let b1 = bias1;
      let c0 = bias0;
      let c1 = bias1;
      let d0 = bias0;
      let d1 = bias1;
      const last = b;
      do {
        const w0 = v128.load(weight);
        const w1 = v128.load(weight, VECTOR);
        const inA = v128.load32_splat(a);
        a0 = multiplyAdd(inA, w0, a0);
        a1 = multiplyAdd(inA, w1, a1);
        const inB = v128.load32_splat(b);
        b0 = multiplyAdd(inB, w0, b0);
        b1 = multiplyAdd(inB, w1, b1);
        const inC = v128.load32_splat(c);
        c0 = multiplyAdd(inC, w0, c0);
        c1 = multiplyAdd(inC, w1, c1);
        const inD = v128.load32_splat(d);
        d0 = multiplyAdd(inD, w0, d0);
        d1 = multiplyAdd(inD, w1, d1);
        a += FLOAT;
        b += FLOAT;
        c += FLOAT;
        d += FLOAT;
        weight += PANEL * FLOAT;
      } while (a < last);
      put(target, a0, a1, low, high);
      target += outLine;
      put(target, b0, b1, low, high);
      target += outLine;
      put(target, c0, c1, low, high);
      target += outLine;
      put(target, d0, d1, low, high);
      target += outLine;
      from = d;
    }
    while (from < end) {
      let weight = weights;
      let sum0 = bias0;
      let sum1 = bias1;
      const last = from + line;
      do {
        const input = v128.load32_splat(from);
        sum0 = multiplyAdd(input, v128.load(weight), sum0);
        sum1 = multiplyAdd(input, v128.load(weight, VECTOR), sum1);
        from += FLOAT;
        weight += PANEL * FLOAT;
      } while (from < last);
      put(target, sum0, sum1, low, high);
      target += outLine;
    }
    weights += PANEL * line;
  }
}

@inline
function put(target: usize, first: v128, second: v128, low: v128, high: v128): void {
  v128.store(target, clamp(first, low, high));
  v128.store(target, clamp(second, low, high), VECTOR);
}

/**
 * One row of a depthwise convolution, for which nothing has to be looked up beyond an edge.
 *
 * @param rows addresses of the rows that the window covers, `windowRows` numbers of 32 bits.
 * @param weights [windowRows, windowColumns, channels]
 * @param columns of the row that goes out.
 */
export function depthwiseRow(
  rows: usize,
  windowRows: usize,
  windowColumns: usize,
  stride: usize,
  channels: usize,
  weights: usize,
  bias: usize,
  columns: usize,
  out: usize,
  lowest: f32,
  highest: f32,
): void {
  const low = f32x4.splat(lowest);
  const high = f32x4.splat(highest);
  const pixel = channels * FLOAT;
  const step = stride * pixel;
  const endOfRows = rows + windowRows * FLOAT;
  const taps = windowColumns * pixel;
  let column: usize = 0;
  for (; column + 4 <= columns; column += 4) {
    const start = column * step;
    for (let channel: usize = 0; channel < pixel; channel += VECTOR) {
      let a = v128.load(bias + channel);
      let b = a;
      let c = a;
      let d = a;
      let weight = weights + channel;
      for (let row = rows; row < endOfRows; row += FLOAT) {
        let from = <usize>load<u32>(row) + start + channel;
        const last = from + taps;
        do {
          const factor = v128.load(weight);
          a = multiplyAdd(v128.load(from), factor, a);
          b = multiplyAdd(v128.load(from + step), factor, b);
          c = multiplyAdd(v128.load(from + 2 * step), factor, c);
          d = multiplyAdd(v128.load(from + 3 * step), factor, d);
          from += pixel;
          weight += pixel;
        } while (from < last);
      }
      const target = out + channel;
      v128.store(target, clamp(a, low, high));
      v128.store(target + pixel, clamp(b, low, high));
      v128.store(target + 2 * pixel, clamp(c, low, high));
      v128.store(target + 3 * pixel, clamp(d, low, high));
    }
    out += 4 * pixel;
  }
  for (; column < columns; column++) {
    const start = column * step;
    for (let channel: usize = 0; channel < pixel; channel += VECTOR) {
      let sum = v128.load(bias + channel);
      let weight = weights + channel;
      for (let row = rows; row < endOfRows; row += FLOAT) {
        let from = <usize>load<u32>(row) + start + channel;
        const last = from + taps;
        do {
          sum = multiplyAdd(v128.load(from), v128.load(weight), sum);
          from += pixel;
          weight += pixel;
        } while (from < last);
      }
      v128.store(out + channel, clamp(sum, low, high));
    }
    out += pixel;
  }
}

/** out = clamp(a + b). @param count of numbers, a multiple of 4. */
export function add(
  a: usize,
  b: usize,
  count: usize,
  out: usize,
  lowest: f32,
  highest: f32,
): void {
  const low = f32x4.splat(lowest);
  const high = f32x4.splat(highest);
  const end = out + count * FLOAT;
  for (; out < end; out += VECTOR, a += VECTOR, b += VECTOR) {
    v128.store(out, clamp(f32x4.add(v128.load(a), v128.load(b)), low, high));
  }
}

/** The mean of each channel over an image. */
export function average(pixels: usize, count: usize, channels: usize, out: usize): void {
  const pixel = channels * FLOAT;
  const end = pixels + count * pixel;
  const share = f32x4.splat(<f32>1 / <f32>count);
  for (let channel: usize = 0; channel < pixel; channel += VECTOR) {
    let sum = f32x4.splat(0);
    for (let from = pixels + channel; from < end; from += pixel) {
      sum = f32x4.add(sum, v128.load(from));
    }
    v128.store(out + channel, f32x4.mul(sum, share));
  }
}

/**
 * What a window sees of a row of windows, one row of `windowRows · windowColumns · channels` numbers for
 * each: {@link pointwise} makes a convolution of it.
 *
 * @param top the first row that the windows cover; they begin at column -left.
 */
export function patches(
  image: usize,
  rows: i32,
  columns: i32,
  channels: usize,
  windowRows: i32,
  windowColumns: i32,
  top: i32,
  left: i32,
  stride: i32,
  count: i32,
  out: usize,
): void {
  const pixel = channels * FLOAT;
  const line = <usize>windowColumns * pixel;
  for (let patch = 0; patch < count; patch++) {
    const first = patch * stride - left;
    // The window's columns that lie in the image.
    const before = min(windowColumns, max(0, -first));
    const after = min(windowColumns, max(0, first + windowColumns - columns));
    const inside = <usize>max(0, windowColumns - before - after) * pixel;
    for (let row = top; row < top + windowRows; row++, out += line) {
      if (row < 0 || row >= rows || inside < line) memory.fill(out, 0, line);
      if (row < 0 || row >= rows || inside == 0) continue;
      const from = image + <usize>(row * columns + first + before) * pixel;
      memory.copy(out + <usize>before * pixel, from, inside);
    }
  }
}

/**
 * As {@link patches}, of an image of bytes.
 *
 * @param levels the number that stands for each byte.
 */
export function patchesOfBytes(
  image: usize,
  rows: i32,
  columns: i32,
  channels: usize,
  levels: usize,
  windowRows: i32,
  windowColumns: i32,
  top: i32,
  left: i32,
  stride: i32,
  count: i32,
  out: usize,
): void {
  for (let patch = 0; patch < count; patch++) {
    const first = patch * stride - left;
    for (let row = top; row < top + windowRows; row++) {
      for (let column = first; column < first + windowColumns; column++) {
        if (row < 0 || row >= rows || column < 0 || column >= columns) {
          memory.fill(out, 0, channels * FLOAT);
          out += channels * FLOAT;
          continue;
        }
        let from = image + (<usize>(row * columns + column)) * channels;
        const last = from + channels;
        for (; from < last; from++, out += FLOAT) {
          store<f32>(out, load<f32>(levels + (<usize>load<u8>(from)) * FLOAT));
        }
      }
    }
  }
}
