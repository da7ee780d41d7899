import type { Kernel } from './kernel.ts';

/** The same in plain JavaScript, for where WASM has no SIMD: ten or more times slower. */
export function createTypedArrayKernel(): Kernel {
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
