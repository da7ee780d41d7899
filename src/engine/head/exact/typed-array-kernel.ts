import type { MatrixKernel } from './matrix-kernel.ts';

/** The same products in plain JavaScript, for where WASM has no SIMD: ten or more times slower. */
export function createTypedArrayKernel(): MatrixKernel {
  return {
    name: 'typed-arrays',
    allocate: (lengths) => lengths.map((length) => new Float32Array(length)),
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
  };
}
