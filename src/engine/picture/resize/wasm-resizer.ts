import { planResampling, type Resampling } from '../../../core/resize.ts';
import { compileModule, growTo } from '../../../network/wasm/compile-module.ts';
import { RESIZE_MODULES } from './resize-modules.ts';
import { type ResizePlan, type Resizer, createJavascriptResizer } from './resizer.ts';

/** The fastest that this machine has: WASM with SIMD, else JavaScript. */
export function createResizer(): Resizer {
  return createWasmResizer() ?? createJavascriptResizer();
}

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
/** More than this isn't kept for the next picture: a worker lives as long as the page. */
const KEPT_BYTES = 2 ** 23;

/** Where a picture's parts lie in the module's memory. */
interface Layout extends ResizePlan {
  readonly across: Axis;
  readonly down: Axis;
  readonly strip: number;
  readonly narrowed: number;
  readonly resized: number;
}

/** On 128-bit vectors; null where WASM has none, or a host's policy keeps it out. */
export function createWasmResizer(): Resizer | null {
  const module = compileModule(RESIZE_MODULES);
  if (module === null) return null;
  let room = instantiate(module);
  let layout: Layout | null = null;

  const begun = (): Layout => {
    if (layout === null) throw new Error('begin() comes first');
    return layout;
  };

  return {
    name: 'wasm-simd',
    begin: (plan) => {
      const axes = [
        planResampling(plan.fromWidthPx, plan.toWidthPx),
        planResampling(plan.fromHeightPx, plan.toHeightPx),
      ] as const;
      let end = 0;
      const place = (bytes: number) => {
        const address = end;
        end += Math.ceil((bytes + SLACK) / SLACK) * SLACK;
        return address;
      };
      const [across, down] = axes.map((axis) => placeAxis(axis, place)) as [Axis, Axis];
      layout = {
        ...plan,
        across,
        down,
        strip: place(plan.stripRows * plan.fromWidthPx * 4),
        narrowed: place(plan.fromHeightPx * plan.toWidthPx * 3),
        resized: place(plan.toHeightPx * plan.toWidthPx * 3),
      };
      if (room.memory.buffer.byteLength > Math.max(end, KEPT_BYTES)) room = instantiate(module);
      growTo(room.memory, end);
      writeAxis(room.memory, axes[0], across);
      writeAxis(room.memory, axes[1], down);
    },
    strip: (rows) => {
      const { strip, fromWidthPx } = begun();
      return new Uint8Array(room.memory.buffer, strip, rows * fromWidthPx * 4);
    },
    take: (row, rows) => {
      const { strip, fromWidthPx, toWidthPx, across, narrowed } = begun();
      const target = narrowed + row * toWidthPx * 3;
      room.exports.resampleRows(strip, rows, fromWidthPx, ...across, target);
    },
    finish: () => {
      const { narrowed, toWidthPx, toHeightPx, down, resized } = begun();
      room.exports.resampleColumns(narrowed, toWidthPx * 3, ...down, resized);
      return new Uint8Array(room.memory.buffer, resized, toHeightPx * toWidthPx * 3);
    },
  };
}

function instantiate(module: WebAssembly.Module) {
  const memory = new WebAssembly.Memory({ initial: 1 });
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  return { memory, exports: exports as unknown as ResizeExports };
}

function placeAxis(axis: Resampling, place: (bytes: number) => number): Axis {
  const { first, count, weights, taps, outputLength } = axis;
  const [at, counts, factors] = [first, count, weights].map(({ byteLength }) => place(byteLength));
  return [at ?? 0, counts ?? 0, factors ?? 0, taps, outputLength];
}

function writeAxis(
  memory: WebAssembly.Memory,
  axis: Resampling,
  [first, count, weights]: Axis,
): void {
  const write = (address: number, values: Int32Array) => {
    new Int32Array(memory.buffer, address, values.length).set(values);
  };
  write(first, axis.first);
  write(count, axis.count);
  write(weights, axis.weights);
}
