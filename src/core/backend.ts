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

export interface BackendCandidate {
  readonly backend: BackendName;
  /** Why this one runs, should it be the first that comes up. */
  readonly reason: BackendReason;
}

/**
 * Parts of the names that software renderers give themselves, in lower case.
 * One of these computes on the CPU through a graphics API: 14 to 80 times
 * slower than WASM does.
 * - SwiftShader: Chromium's, "ANGLE (Google, Vulkan 1.3.0 (SwiftShader Device (Subzero) …"
 * - llvmpipe, softpipe, swrast, swr, lavapipe: Mesa's (docs.mesa3d.org/drivers/llvmpipe.html);
 *   "Software Rasterizer" is its oldest
 * - Microsoft Basic Render Driver: Windows' WARP, also what a machine without a driver shows
 * - Apple Software Renderer: macOS in a virtual machine
 * - "Generic Renderer" is what Firefox says of software and of unknown devices
 *   alike, so it is not in the list.
 */
const SOFTWARE_NAMES = [
  'swiftshader',
  'llvmpipe',
  'softpipe',
  'swrast',
  'lavapipe',
  'software rasterizer',
  'software renderer',
  'openswr',
  'microsoft basic render',
  'direct3d11 warp',
] as const;

/** Whether a renderer's or adapter's name is that of a software renderer. */
export function isSoftwareRenderer(name: string): boolean {
  const lower = name.toLowerCase();
  return SOFTWARE_NAMES.some((part) => lower.includes(part));
}

/**
 * The backends to try, best first, from what was found out about the machine.
 *
 * WebGPU and WebGL count only on real hardware, never because the API
 * answers. A renderer whose name is masked is taken at its word: browsers that
 * mask names run on real GPUs far more often than not. WASM runs anywhere,
 * with or without SIMD; plain JavaScript is the last resort.
 *
 * @param asked what a person asked for: tried first, whatever the facts say.
 */
export function chooseBackend(
  facts: BackendFacts,
  asked: BackendName | null,
): { order: readonly BackendCandidate[] } {
  const sensible = sensibleBackends(facts);
  const later: BackendReason = asked === null ? 'preferred-failed' : 'asked-for-but-failed';
  const first: BackendCandidate =
    asked === null
      ? { backend: sensible[0], reason: reasonOfFirst(sensible[0], facts) }
      : { backend: asked, reason: 'asked-for' };
  const others = sensible.filter((backend) => backend !== first.backend);
  return { order: [first, ...others.map((backend) => ({ backend, reason: later }))] };
}

function sensibleBackends(facts: BackendFacts): [BackendName, ...BackendName[]] {
  const found: BackendName[] = [];
  if (hasHardwareWebGpu(facts)) found.push('webgpu');
  if (facts.webgl !== null && !isSoftwareRenderer(facts.webgl.renderer)) found.push('webgl');
  if (facts.wasm !== null) found.push('wasm');
  const [first, ...rest] = found;
  return first === undefined ? ['cpu'] : [first, ...rest, 'cpu'];
}

function hasHardwareWebGpu({ webgpu }: BackendFacts): boolean {
  if (webgpu === null || webgpu.isFallback) return false;
  // Some browsers leave the flag out but still name the device.
  return !isSoftwareRenderer([webgpu.vendor, webgpu.architecture, webgpu.description].join(' '));
}

function reasonOfFirst(first: BackendName, facts: BackendFacts): BackendReason {
  if (first === 'webgpu' || first === 'webgl') return 'hardware-gpu';
  return facts.webgpu === null && facts.webgl === null ? 'no-gpu-adapter' : 'software-gpu-only';
}
