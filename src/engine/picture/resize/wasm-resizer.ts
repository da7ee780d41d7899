import { planResampling, type Resampling } from '../../../core/resize.ts';
import { compileModule, growTo } from '../../../network/wasm/compile-module.ts';
import { RESIZE_MODULES } from './resize-modules.ts';
import { type ResizePlan, type Resizer, createJavascriptResizer } from './resizer.ts';

/** The fastest that this machine has: WASM with SIMD, else JavaScript. */
export function createResizer(): Resizer {
  return createWasmResizer() ?? createJavascriptResizer();
}

/** An axis, by the addresses of its arrays: see assembly/resize.ts. */
type Across = readonly [first: number, weights: number, groups: number, out: number];
type Down = readonly [first: number, count: number, weights: number, taps: number, out: number];

interface ResizeExports {
  readonly resampleRows: (
    pixels: number,
    rows: number,
    inputLength: number,
    ...rest: [...Across, target: number]
  ) => void;
  readonly resampleColumns: (
    rows: number,
    stride: number,
    ...rest: [...Down, target: number]
  ) => void;
}

/** Vectors are read and written up to this many bytes beyond an end. */
const SLACK = 16;
/** More than this isn't kept for the next picture: a worker lives as long as the page. */
const KEPT_BYTES = 2 ** 23;

/** Where a picture's parts lie in the module's memory. */
interface Layout extends ResizePlan {
  readonly across: Across;
  readonly down: Down;
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
      const across = planResampling(plan.fromWidthPx, plan.toWidthPx);
      const down = planResampling(plan.fromHeightPx, plan.toHeightPx);
      const { pairs, groups } = pairWeights(across);
      let end = 0;
      const place = (bytes: number) => {
        const address = end;
        end += Math.ceil((bytes + SLACK) / SLACK) * SLACK;
        return address;
      };
      const arrays = [across.first, pairs, down.first, down.count, down.weights] as const;
      const [acrossFirst, acrossPairs, downFirst, downCount, downWeights] = arrays.map(
        ({ byteLength }) => place(byteLength),
      ) as [number, number, number, number, number];
      layout = {
        ...plan,
        across: [acrossFirst, acrossPairs, groups, across.outputLength],
        down: [downFirst, downCount, downWeights, down.taps, down.outputLength],
        // The last pixels of its last row are read with those that would follow.
        strip: place((plan.stripRows * plan.fromWidthPx + groups * PIXELS_A_GROUP) * 4),
        narrowed: place(plan.fromHeightPx * plan.toWidthPx * 3),
        resized: place(plan.toHeightPx * plan.toWidthPx * 3),
      };
      if (room.memory.buffer.byteLength > Math.max(end, KEPT_BYTES)) room = instantiate(module);
      growTo(room.memory, end);
      const bytes = new Uint8Array(room.memory.buffer);
      const addresses = [acrossFirst, acrossPairs, downFirst, downCount, downWeights] as const;
      for (const [index, { buffer }] of arrays.entries())
        bytes.set(new Uint8Array(buffer), addresses[index]);
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

/** Pixels that are read at once. */
const PIXELS_A_GROUP = 4;
/** Of each of a weight's two parts. */
const PART_BITS = 11;

/** Weights as `resampleRows` wants them: for four pixels their upper parts, then their lower ones. */
function pairWeights({ count, weights, taps, outputLength }: Resampling) {
  const groups = Math.ceil(Math.max(...count) / PIXELS_A_GROUP);
  const pairs = new Int16Array(outputLength * groups * PIXELS_A_GROUP * 2);
  for (let out = 0; out < outputLength; out++) {
    for (let tap = 0; tap < (count[out] ?? 0); tap++) {
      const weight = weights[out * taps + tap] ?? 0;
      const group = out * groups + Math.floor(tap / PIXELS_A_GROUP);
      const at = group * PIXELS_A_GROUP * 2 + (tap % PIXELS_A_GROUP);
      pairs[at] = weight >> PART_BITS;
      pairs[at + PIXELS_A_GROUP] = weight & ((1 << PART_BITS) - 1);
    }
  }
  return { pairs, groups };
}
