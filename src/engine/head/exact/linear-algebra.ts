/**
 * What a descent on the head's loss computes with. Matrices are row-major; they and the vectors
 * come from {@link LinearAlgebra.allocate}. Counts of rows and of inputs, and the lengths of vectors,
 * must be divisible by 4.
 */
export interface LinearAlgebra extends Vectors {
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

/** The same in plain JavaScript, for where WASM has no SIMD: ten or more times slower. */
export function createTypedArrays(): LinearAlgebra {
  return {
    name: 'typed-arrays',
    allocate: ({ matrices, vectors }) => ({
      matrices: matrices.map((length) => new Float32Array(length)),
      vectors: vectors.map((length) => new Float64Array(length)),
    }),
    multiply: (x, inputs, w, units, z) => {
      for (let row = 0; row * inputs < x.length; row++) {
        for (let unit = 0; unit < units; unit++) {
          let sum = 0;
          for (let input = 0; input < inputs; input++)
            sum += (x[row * inputs + input] ?? 0) * (w[unit * inputs + input] ?? 0);
          z[row * units + unit] = sum;
        }
      }
    },
    multiplyTransposed: (x, inputs, r, units, g) => {
      for (let row = 0; row * inputs < x.length; row++) {
        for (let unit = 0; unit < units; unit++) {
          const factor = r[row * units + unit] ?? 0;
          for (let input = 0; input < inputs; input++) {
            const index = unit * inputs + input;
            g[index] = (g[index] ?? 0) + factor * (x[row * inputs + input] ?? 0);
          }
        }
      }
    },
    addSingles: (target, values) => {
      for (let i = 0; i < target.length; i++) target[i] = (target[i] ?? 0) + (values[i] ?? 0);
    },
    dot: (a, b) => {
      let sum = 0;
      for (let i = 0; i < a.length; i++) sum += (a[i] ?? 0) * (b[i] ?? 0);
      return sum;
    },
    addScaled: (target, values, factor) => {
      for (let i = 0; i < target.length; i++)
        target[i] = (target[i] ?? 0) + factor * (values[i] ?? 0);
    },
  };
}
