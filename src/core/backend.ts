/** What tensors are computed on. `cpu` is plain JavaScript and only the last resort. */
export type BackendName = 'webgpu' | 'webgl' | 'wasm' | 'cpu';

/** What was found out about this machine, before any choice. */
export interface BackendFacts {
  /** `null`: no adapter. `isFallback`: software (SwiftShader, WARP). */
  readonly webgpu: {
    readonly isFallback: boolean;
    readonly vendor: string;
    readonly architecture: string;
    readonly description: string;
  } | null;
  /** `null`: no WebGL2 context. `renderer` is the unmasked renderer string where it may be read. */
  readonly webgl: { readonly renderer: string } | null;
  readonly wasm: { readonly simd: boolean } | null;
}

/** Why a backend runs; each is a sentence of the catalogue. */
export type BackendReason =
  | 'hardware-gpu'
  | 'no-gpu-adapter'
  | 'software-gpu-only'
  | 'asked-for'
  | 'asked-for-but-failed'
  | 'device-lost'
  | 'preferred-failed';

export interface BackendStatus {
  readonly backend: BackendName;
  readonly reason: BackendReason;
  /** The device in words, such as a GPU's name or "WASM, SIMD". Hostile text. */
  readonly device: string;
  readonly facts: BackendFacts;
}
