import type { Resampling } from '../../../core/resize.ts';
import { compileModule, growTo } from '../../compile-module.ts';
import { RESIZE_MODULE } from './resize-module.ts';
import type { Resize } from './resize.ts';

/** An axis, by the addresses of its arrays. */
type Axis = readonly [first: number, count: number, weights: number, taps: number, out: number];

interface ResizeExports {
  readonly resampleRows: (
    pixels: number,
    rows: number,
    inputLength: number,
    ...rest: [...Axis, target: number]
  ) => void;
  readonly resampleColumns: (
    rows: number,
    stride: number,
    ...rest: [...Axis, target: number]
  ) => void;
}

/** Vectors are read and written up to this many bytes beyond an end. */
const SLACK = 16;
/** What a call left behind is given up beyond this: a worker lives as long as the page. */
const KEPT_BYTES = 2 ** 23;

/** On 128-bit vectors; null where WASM has none, or a host's policy keeps it out. */
export function createWasmResize(): Resize | null {
  const module = compileModule(RESIZE_MODULE);
  if (module === null) return null;
  let room = instantiate(module);
  /** Places the arrays one after another, runs, and hands out the target's bytes. */
  const run = (
    source: Uint8Array | Uint8ClampedArray,
    plan: Resampling,
    length: number,
    work: (exports: ResizeExports, source: number, axis: Axis, target: number) => void,
  ): Uint8Array => {
    const { first, count, weights, taps, outputLength } = plan;
    let end = 0;
    const place = (bytes: number) => {
      const address = end;
      end += Math.ceil((bytes + SLACK) / SLACK) * SLACK;
      return address;
    };
    const arrays = [first, count, weights].map((array) => ({
      array,
      address: place(array.byteLength),
    }));
    const [from, target] = [place(source.length), place(length)];
    if (room.memory.buffer.byteLength > Math.max(end, KEPT_BYTES)) room = instantiate(module);
    const { memory, exports } = room;
    growTo(memory, end);
    for (const { array, address } of arrays) new Int32Array(memory.buffer, address).set(array);
    const bytes = new Uint8Array(memory.buffer);
    bytes.set(source, from);
    const [a = 0, b = 0, c = 0] = arrays.map(({ address }) => address);
    work(exports, from, [a, b, c, taps, outputLength], target);
    return bytes.subarray(target, target + length);
  };
  return {
    name: 'wasm-simd',
    rows: (rgba, plan, rgb, row) => {
      const { inputLength, outputLength } = plan;
      const rows = rgba.length / (inputLength * 4);
      const length = rows * outputLength * 3;
      const narrowed = run(rgba, plan, length, (exports, source, axis, target) => {
        exports.resampleRows(source, rows, inputLength, ...axis, target);
      });
      rgb.set(narrowed, row * outputLength * 3);
    },
    columns: (rgb, widthPx, plan) => {
      const stride = widthPx * 3;
      const length = plan.outputLength * stride;
      const resized = run(rgb, plan, length, (exports, source, axis, target) => {
        exports.resampleColumns(source, stride, ...axis, target);
      });
      return resized.slice();
    },
  };
}

function instantiate(module: WebAssembly.Module) {
  const memory = new WebAssembly.Memory({ initial: 1 });
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  return { memory, exports: exports as unknown as ResizeExports };
}
