import type { Sha256 } from './dataset.ts';

/** What runs a backbone on the CPU: TF.js's own WASM backend, or the SIMD runtime, which is `network/wasm`. */
export type RuntimeName = 'simd' | 'tfjs';
export const RUNTIMES: readonly RuntimeName[] = ['simd', 'tfjs'];

/** By what an address, a setting or an argument says; the SIMD runtime was called `kernel` once. */
export function findRuntime(name: string | null): RuntimeName | null {
  return name === 'kernel' ? 'simd' : (RUNTIMES.find((one) => one === name) ?? null);
}

/** Why that one; each is a sentence of the catalogue. */
export type RuntimeReason =
  /** Both were measured on this machine. */
  | 'measured'
  /** As it was measured on an earlier visit. */
  | 'remembered'
  | 'asked-for'
  /** The other can't run it, or failed: see the problem. */
  | 'other-failed'
  /** Its answers were not those of TF.js. */
  | 'other-differed';

/** Which runtime embeds with a backbone, once that is decided; until then it is TF.js. */
export interface RuntimeStatus {
  /** Of the backbone. */
  readonly sha256: Sha256;
  readonly runtime: RuntimeName;
  readonly reason: RuntimeReason;
  /** Threads that it computes on. */
  readonly threads: number;
  /** Pictures a second in the measurement; null where there was none. */
  readonly rates: Readonly<Record<RuntimeName, number>> | null;
  /** Why the other failed, in technical words; null where it didn't. */
  readonly failure: string | null;
}
