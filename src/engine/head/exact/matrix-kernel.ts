/**
 * The two products that an evaluation of the head's loss consists of. Matrices are row-major and
 * come from {@link MatrixKernel.allocate}; the counts of rows and of inputs must be divisible by 4.
 */
export interface MatrixKernel {
  readonly name: 'wasm-simd' | 'typed-arrays';
  /** Matrices of these lengths, filled with zeros. To be called once. */
  allocate(lengths: readonly number[]): Float32Array<ArrayBuffer>[];
  /** `z[row, unit] = Σ x[row, input] · w[unit, input]`, over the rows that `x` holds. */
  multiply(x: Float32Array, inputs: number, w: Float32Array, units: number, z: Float32Array): void;
  /** `g[unit, input] += Σ r[row, unit] · x[row, input]`, over the rows that `x` holds. */
  multiplyTransposed(
    x: Float32Array,
    inputs: number,
    r: Float32Array,
    units: number,
    g: Float32Array,
  ): void;
}
