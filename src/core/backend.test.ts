import { describe, expect, test } from 'vitest';
import {
  chooseBackend,
  isSoftwareRenderer,
  type BackendFacts,
  type BackendName,
  type BackendReason,
} from './backend.ts';

const adapter = (vendor: string, architecture: string, description = '', isFallback = false) => ({
  isFallback,
  vendor,
  architecture,
  description,
});
const simd = { simd: true };

interface Machine {
  readonly name: string;
  readonly facts: BackendFacts;
  readonly order: readonly BackendName[];
  readonly reason: BackendReason;
}

const MACHINES: readonly Machine[] = [
  {
    name: 'desktop, NVIDIA, Chrome on Windows',
    facts: {
      webgpu: adapter('nvidia', 'ampere'),
      webgl: {
        renderer:
          'ANGLE (NVIDIA, NVIDIA GeForce RTX 3060 (0x00002504) Direct3D11 vs_5_0 ps_5_0, D3D11)',
      },
      wasm: simd,
    },
    order: ['webgpu', 'webgl', 'wasm', 'cpu'],
    reason: 'hardware-gpu',
  },
  {
    name: 'MacBook, Apple M2, Chrome',
    facts: {
      webgpu: adapter('apple', 'metal-3'),
      webgl: { renderer: 'ANGLE (Apple, ANGLE Metal Renderer: Apple M2, Unspecified Version)' },
      wasm: simd,
    },
    order: ['webgpu', 'webgl', 'wasm', 'cpu'],
    reason: 'hardware-gpu',
  },
  {
    name: 'iPhone, Safari without WebGPU',
    facts: { webgpu: null, webgl: { renderer: 'Apple GPU' }, wasm: simd },
    order: ['webgl', 'wasm', 'cpu'],
    reason: 'hardware-gpu',
  },
  {
    name: 'Linux laptop, integrated Intel, no WebGPU',
    facts: {
      webgpu: null,
      webgl: { renderer: 'ANGLE (Intel, Mesa Intel(R) UHD Graphics 620 (KBL GT2), OpenGL 4.6)' },
      wasm: simd,
    },
    order: ['webgl', 'wasm', 'cpu'],
    reason: 'hardware-gpu',
  },
  {
    name: 'Android, Adreno',
    facts: {
      webgpu: adapter('qualcomm', 'adreno-7xx'),
      webgl: { renderer: 'ANGLE (Qualcomm, Adreno (TM) 740, OpenGL ES 3.2)' },
      wasm: simd,
    },
    order: ['webgpu', 'webgl', 'wasm', 'cpu'],
    reason: 'hardware-gpu',
  },
  {
    name: 'older Android, Mali, no WebGPU',
    facts: { webgpu: null, webgl: { renderer: 'Mali-G52' }, wasm: simd },
    order: ['webgl', 'wasm', 'cpu'],
    reason: 'hardware-gpu',
  },
  {
    name: 'no GPU, Chromium with software WebGPU and WebGL allowed',
    facts: {
      webgpu: adapter('google', 'swiftshader', '', true),
      webgl: {
        renderer:
          'ANGLE (Google, Vulkan 1.3.0 (SwiftShader Device (Subzero) (0x0000C0DE)), SwiftShader driver)',
      },
      wasm: simd,
    },
    order: ['wasm', 'cpu'],
    reason: 'software-gpu-only',
  },
  {
    name: 'software WebGPU that does not own up to it',
    facts: { webgpu: adapter('google', 'swiftshader'), webgl: null, wasm: simd },
    order: ['wasm', 'cpu'],
    reason: 'software-gpu-only',
  },
  {
    name: 'headless, no flags',
    facts: { webgpu: null, webgl: null, wasm: simd },
    order: ['wasm', 'cpu'],
    reason: 'no-gpu-adapter',
  },
  {
    name: 'Linux virtual machine, Mesa llvmpipe',
    facts: {
      webgpu: null,
      webgl: { renderer: 'ANGLE (Mesa, llvmpipe (LLVM 15.0.7, 256 bits), OpenGL 4.5)' },
      wasm: simd,
    },
    order: ['wasm', 'cpu'],
    reason: 'software-gpu-only',
  },
  {
    name: 'Windows without a driver (WARP)',
    facts: {
      webgpu: adapter('microsoft', '', 'Microsoft Basic Render Driver', true),
      webgl: {
        renderer:
          'ANGLE (Microsoft, Microsoft Basic Render Driver Direct3D11 vs_5_0 ps_5_0, D3D11)',
      },
      wasm: simd,
    },
    order: ['wasm', 'cpu'],
    reason: 'software-gpu-only',
  },
  {
    name: 'macOS in a virtual machine',
    facts: { webgpu: null, webgl: { renderer: 'Apple Software Renderer' }, wasm: simd },
    order: ['wasm', 'cpu'],
    reason: 'software-gpu-only',
  },
  {
    name: 'Firefox that resists fingerprinting: the renderer is masked',
    facts: { webgpu: null, webgl: { renderer: 'Mozilla' }, wasm: simd },
    order: ['webgl', 'wasm', 'cpu'],
    reason: 'hardware-gpu',
  },
  {
    name: 'Firefox without a GPU',
    facts: { webgpu: null, webgl: { renderer: 'llvmpipe, or similar' }, wasm: simd },
    order: ['wasm', 'cpu'],
    reason: 'software-gpu-only',
  },
  {
    name: 'software WebGPU beside a real WebGL',
    facts: {
      webgpu: adapter('google', 'swiftshader', '', true),
      webgl: { renderer: 'AMD Radeon HD 7700 Series' },
      wasm: simd,
    },
    order: ['webgl', 'wasm', 'cpu'],
    reason: 'hardware-gpu',
  },
  {
    name: 'old processor: WASM without SIMD',
    facts: { webgpu: null, webgl: null, wasm: { simd: false } },
    order: ['wasm', 'cpu'],
    reason: 'no-gpu-adapter',
  },
  {
    name: 'WASM switched off (a hardened browser)',
    facts: { webgpu: null, webgl: null, wasm: null },
    order: ['cpu'],
    reason: 'no-gpu-adapter',
  },
  {
    name: 'WASM switched off, software graphics',
    facts: { webgpu: null, webgl: { renderer: 'Google SwiftShader' }, wasm: null },
    order: ['cpu'],
    reason: 'software-gpu-only',
  },
];

describe('what runs', () => {
  test.each(MACHINES)('$name', ({ facts, order, reason }) => {
    const chosen = chooseBackend(facts, null).order;
    expect(chosen.map(({ backend }) => backend)).toEqual(order);
    expect(chosen[0]?.reason).toBe(reason);
    expect(chosen.slice(1).every((candidate) => candidate.reason === 'preferred-failed')).toBe(
      true,
    );
  });

  test.each(MACHINES)('$name, asked for WebGL', ({ facts, order }) => {
    const chosen = chooseBackend(facts, 'webgl').order;
    expect(chosen[0]).toEqual({ backend: 'webgl', reason: 'asked-for' });
    const others = order.filter((backend) => backend !== 'webgl');
    expect(chosen.slice(1)).toEqual(
      others.map((backend) => ({ backend, reason: 'asked-for-but-failed' })),
    );
  });
});

test('hardware is not taken for software', () => {
  for (const renderer of [
    '',
    'Generic Renderer',
    'Swift 3D',
    'NVIDIA GeForce GTX 980, or similar',
    'Intel(R) HD Graphics, or similar',
  ]) {
    expect(isSoftwareRenderer(renderer)).toBe(false);
  }
});
