/**
 * The two matrix products of a dense layer, forward and backward, on 128-bit vectors of single
 * precision. AssemblyScript; `npm run wasm` compiles it into
 * ../linear-algebra-modules.ts, with and without fused multiplications.
 *
 * Matrices are row-major, at byte addresses divisible by 16. Rows come four at a time and inputs
 * in vectors of four: both counts must be divisible by 4 (padded with zeros).
 */

/** Bytes of one vector. */
const VECTOR: usize = 16;

/**
 * Forward: `z[row, unit] = Σ x[row, input] · w[unit, input]`.
 *
 * Four rows by two units are summed at once: eight independent sums hide the latency of an
 * addition, and each value that is loaded is used twice or four times.
 */
export function multiply(
  x: usize,
  rows: usize,
  inputs: usize,
  w: usize,
  units: usize,
  z: usize,
): void {
  const xStride = inputs << 2;
  const zStride = units << 2;
  const lastUnits = units & ~1;
  for (let row: usize = 0; row < rows; row += 4) {
    const x0 = x + row * xStride;
    const zRow = z + row * zStride;
    let unit: usize = 0;
    for (; unit < lastUnits; unit += 2) {
      twoUnits(x0, xStride, w + unit * xStride, zRow + (unit << 2), zStride);
    }
    if (unit < units) oneUnit(x0, xStride, w + unit * xStride, zRow + (unit << 2), zStride);
  }
}

/**
 * Backward: `g[unit, input] += Σ r[row, unit] · x[row, input]`.
 */
export function multiplyTransposed(
  x: usize,
  rows: usize,
  inputs: usize,
  r: usize,
  units: usize,
  g: usize,
): void {
  const xStride = inputs << 2;
  const rStride = units << 2;
  const lastUnits = units & ~1;
  for (let row: usize = 0; row < rows; row += 4) {
    const x0 = x + row * xStride;
    const rRow = r + row * rStride;
    let unit: usize = 0;
    for (; unit < lastUnits; unit += 2) {
      addTwoUnits(x0, xStride, rRow + (unit << 2), rStride, g + unit * xStride);
    }
    if (unit < units) addOneUnit(x0, xStride, rRow + (unit << 2), rStride, g + unit * xStride);
  }
}

/** `Σ a[i] · b[i]` in double precision; `count` must be divisible by 4. */
export function dot(a: usize, b: usize, count: usize): f64 {
  let even = f64x2.splat(0);
  let odd = f64x2.splat(0);
  const end = a + (count << 3);
  while (a < end) {
    even = f64x2.add(even, f64x2.mul(v128.load(a), v128.load(b)));
    odd = f64x2.add(odd, f64x2.mul(v128.load(a + VECTOR), v128.load(b + VECTOR)));
    a += 2 * VECTOR;
    b += 2 * VECTOR;
  }
  const both = f64x2.add(even, odd);
  return f64x2.extract_lane(both, 0) + f64x2.extract_lane(both, 1);
}

/** `t[i] += factor · v[i]` in double precision; `count` must be divisible by 4. */
export function addScaled(t: usize, v: usize, factor: f64, count: usize): void {
  const factors = f64x2.splat(factor);
  const end = t + (count << 3);
  while (t < end) {
    v128.store(t, f64x2.add(v128.load(t), f64x2.mul(v128.load(v), factors)));
    const next = t + VECTOR;
    v128.store(next, f64x2.add(v128.load(next), f64x2.mul(v128.load(v + VECTOR), factors)));
    t += 2 * VECTOR;
    v += 2 * VECTOR;
  }
}

/** `t[i] += v[i]`, single precision into double; `count` must be divisible by 4. */
export function addSingles(t: usize, v: usize, count: usize): void {
  const end = v + (count << 2);
  while (v < end) {
    const low = v128.load64_zero(v);
    const high = v128.load64_zero(v + 8);
    v128.store(t, f64x2.add(v128.load(t), f64x2.promote_low_f32x4(low)));
    const next = t + VECTOR;
    v128.store(next, f64x2.add(v128.load(next), f64x2.promote_low_f32x4(high)));
    t += 2 * VECTOR;
    v += VECTOR;
  }
}

@inline
function multiplyAdd(a: v128, b: v128, sum: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_madd(a, b, sum);
  return f32x4.add(sum, f32x4.mul(a, b));
}

@inline
function twoUnits(x0: usize, xStride: usize, w0: usize, z: usize, zStride: usize): void {
  const x1 = x0 + xStride;
  const x2 = x1 + xStride;
  const x3 = x2 + xStride;
  const w1 = w0 + xStride;
  let s00 = f32x4.splat(0);
  let s01 = f32x4.splat(0);
  let s10 = f32x4.splat(0);
  let s11 = f32x4.splat(0);
  let s20 = f32x4.splat(0);
  let s21 = f32x4.splat(0);
  let s30 = f32x4.splat(0);
  let s31 = f32x4.splat(0);
  for (let at: usize = 0; at < xStride; at += VECTOR) {
    const a = v128.load(w0 + at);
    const b = v128.load(w1 + at);
    const v0 = v128.load(x0 + at);
    s00 = multiplyAdd(v0, a, s00);
    s01 = multiplyAdd(v0, b, s01);
    const v1 = v128.load(x1 + at);
    s10 = multiplyAdd(v1, a, s10);
    s11 = multiplyAdd(v1, b, s11);
    const v2 = v128.load(x2 + at);
    s20 = multiplyAdd(v2, a, s20);
    s21 = multiplyAdd(v2, b, s21);
    const v3 = v128.load(x3 + at);
    s30 = multiplyAdd(v3, a, s30);
    s31 = multiplyAdd(v3, b, s31);
  }
  store<f32>(z, sum(s00));
  store<f32>(z + 4, sum(s01));
  store<f32>(z + zStride, sum(s10));
  store<f32>(z + zStride + 4, sum(s11));
  store<f32>(z + 2 * zStride, sum(s20));
  store<f32>(z + 2 * zStride + 4, sum(s21));
  store<f32>(z + 3 * zStride, sum(s30));
  store<f32>(z + 3 * zStride + 4, sum(s31));
}

@inline
function oneUnit(x0: usize, xStride: usize, w0: usize, z: usize, zStride: usize): void {
  const x1 = x0 + xStride;
  const x2 = x1 + xStride;
  const x3 = x2 + xStride;
  let s0 = f32x4.splat(0);
  let s1 = f32x4.splat(0);
  let s2 = f32x4.splat(0);
  let s3 = f32x4.splat(0);
  for (let at: usize = 0; at < xStride; at += VECTOR) {
    const a = v128.load(w0 + at);
    s0 = multiplyAdd(v128.load(x0 + at), a, s0);
    s1 = multiplyAdd(v128.load(x1 + at), a, s1);
    s2 = multiplyAdd(v128.load(x2 + at), a, s2);
    s3 = multiplyAdd(v128.load(x3 + at), a, s3);
  }
  store<f32>(z, sum(s0));
  store<f32>(z + zStride, sum(s1));
  store<f32>(z + 2 * zStride, sum(s2));
  store<f32>(z + 3 * zStride, sum(s3));
}

@inline
function addTwoUnits(x0: usize, xStride: usize, r: usize, rStride: usize, g0: usize): void {
  const x1 = x0 + xStride;
  const x2 = x1 + xStride;
  const x3 = x2 + xStride;
  const g1 = g0 + xStride;
  const r00 = v128.load_splat<f32>(r);
  const r01 = v128.load_splat<f32>(r + 4);
  const r10 = v128.load_splat<f32>(r + rStride);
  const r11 = v128.load_splat<f32>(r + rStride + 4);
  const r20 = v128.load_splat<f32>(r + 2 * rStride);
  const r21 = v128.load_splat<f32>(r + 2 * rStride + 4);
  const r30 = v128.load_splat<f32>(r + 3 * rStride);
  const r31 = v128.load_splat<f32>(r + 3 * rStride + 4);
  for (let at: usize = 0; at < xStride; at += VECTOR) {
    const v0 = v128.load(x0 + at);
    const v1 = v128.load(x1 + at);
    const v2 = v128.load(x2 + at);
    const v3 = v128.load(x3 + at);
    let sum0 = multiplyAdd(v0, r00, v128.load(g0 + at));
    let sum1 = multiplyAdd(v0, r01, v128.load(g1 + at));
    sum0 = multiplyAdd(v1, r10, sum0);
    sum1 = multiplyAdd(v1, r11, sum1);
    sum0 = multiplyAdd(v2, r20, sum0);
    sum1 = multiplyAdd(v2, r21, sum1);
    v128.store(g0 + at, multiplyAdd(v3, r30, sum0));
    v128.store(g1 + at, multiplyAdd(v3, r31, sum1));
  }
}

@inline
function addOneUnit(x0: usize, xStride: usize, r: usize, rStride: usize, g: usize): void {
  const x1 = x0 + xStride;
  const x2 = x1 + xStride;
  const x3 = x2 + xStride;
  const r0 = v128.load_splat<f32>(r);
  const r1 = v128.load_splat<f32>(r + rStride);
  const r2 = v128.load_splat<f32>(r + 2 * rStride);
  const r3 = v128.load_splat<f32>(r + 3 * rStride);
  for (let at: usize = 0; at < xStride; at += VECTOR) {
    const first = multiplyAdd(v128.load(x0 + at), r0, v128.load(g + at));
    const second = multiplyAdd(v128.load(x1 + at), r1, first);
    const third = multiplyAdd(v128.load(x2 + at), r2, second);
    v128.store(g + at, multiplyAdd(v128.load(x3 + at), r3, third));
  }
}

@inline
function sum(v: v128): f32 {
  return (
    f32x4.extract_lane(v, 0) +
    f32x4.extract_lane(v, 1) +
    (f32x4.extract_lane(v, 2) + f32x4.extract_lane(v, 3))
  );
}
