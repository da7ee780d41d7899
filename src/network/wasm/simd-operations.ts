import { compileModule } from './compile-module.ts';
import { NETWORK_MODULES } from './network-modules.ts';
import type { Bounds } from './plan.ts';

/** The functions of assembly/network.ts; addresses and counts as they are told there. */
export interface SimdOperations {
  readonly pointwise: (
    pixels: number,
    count: number,
    inputs: number,
    weights: number,
    bias: number,
    outputs: number,
    out: number,
    ...bounds: Bounds
  ) => void;
  readonly depthwiseRow: (
    rows: number,
    windowRows: number,
    windowColumns: number,
    stride: number,
    channels: number,
    weights: number,
    bias: number,
    columns: number,
    out: number,
    ...bounds: Bounds
  ) => void;
  readonly add: (a: number, b: number, count: number, out: number, ...bounds: Bounds) => void;
  readonly average: (pixels: number, count: number, channels: number, out: number) => void;
  readonly patches: (
    image: number,
    rows: number,
    columns: number,
    channels: number,
    windowRows: number,
    windowColumns: number,
    top: number,
    left: number,
    stride: number,
    count: number,
    out: number,
  ) => void;
  readonly patchesOfBytes: (
    image: number,
    rows: number,
    columns: number,
    channels: number,
    levels: number,
    windowRows: number,
    windowColumns: number,
    top: number,
    left: number,
    stride: number,
    count: number,
    out: number,
  ) => void;
}

/** @returns null where there is no WebAssembly with SIMD. */
export function createSimdOperations(memory: WebAssembly.Memory): SimdOperations | null {
  const module = compileModule(NETWORK_MODULES);
  if (module === null) return null;
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  return exports as unknown as SimdOperations;
}
