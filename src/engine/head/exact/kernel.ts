/**
 * What a descent on the head's loss computes with. Matrices are row-major; they and the vectors
 * come from {@link Kernel.allocate}. Counts of rows and of inputs, and the lengths of vectors, must
 * be divisible by 4.
 */
export interface Kernel extends Vectors {
  readonly name: 'wasm-simd' | 'typed-arrays';
  /** Matrices and vectors of these lengths, filled with zeros. To be called once. */
  allocate(lengths: {
    readonly matrices: readonly number[];
    readonly vectors: readonly number[];
  }): Allocated;
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
  /** `target[i] += values[i]` */
  addSingles(target: Float64Array, values: Float32Array): void;
}

export interface Allocated {
  readonly matrices: readonly Float32Array[];
  readonly vectors: readonly Float64Array[];
}

/** Sums over vectors of the same length. */
export interface Vectors {
  dot(a: Float64Array, b: Float64Array): number;
  /** `target[i] += factor · values[i]` */
  addScaled(target: Float64Array, values: Float64Array, factor: number): void;
}
