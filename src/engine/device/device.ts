import type { Tensor } from '@tensorflow/tfjs-core';
import type { BackendName } from '../../core/backend.ts';

/** The device was lost under running work; whoever started the work runs it again on the next one. */
export class DeviceLost extends Error {
  override readonly name = 'DeviceLost';
}

/** What tensors are computed on, once it is up. */
export interface Device {
  readonly backend: BackendName;
  /** In words, such as a GPU's name. Hostile text. */
  readonly words: string;
  isLost(): boolean;
  /** Calls back once when the device is lost, at once if it is. Returns the way to stop listening. */
  onLost(listener: () => void): () => void;
  /** Loses it through its own API, as a driver's reset would; nothing where it can't be lost. */
  lose(): void;
}

/** One that notices its loss by `watch`, or earlier when `asked` directly. */
export function createDevice(
  backend: BackendName,
  words: string,
  api: { watch(tell: () => void): void; isLost(): boolean; lose(): void } | null,
): Device {
  let lost = false;
  const listeners = new Set<() => void>();
  api?.watch(() => {
    lost = true;
    for (const listener of listeners) listener();
    listeners.clear();
  });
  return {
    backend,
    words,
    isLost: () => lost || api?.isLost() === true,
    onLost: (listener) => {
      if (lost) listener();
      else listeners.add(listener);
      return () => listeners.delete(listener);
    },
    lose: () => api?.lose(),
  };
}

/**
 * Reads a tensor back without blocking. On a lost device WebGL's fence never
 * signals, so waiting alone would never end, and what does arrive may be zeros.
 *
 * @throws {DeviceLost}
 */
export async function readBack(device: Device, tensor: Tensor): Promise<Float32Array<ArrayBuffer>> {
  let stopListening: (() => void) | undefined;
  const loss = new Promise<never>((_, reject) => {
    stopListening = device.onLost(() => {
      reject(new DeviceLost());
    });
  });
  try {
    const values = await Promise.race([tensor.data<'float32'>(), loss]);
    if (device.isLost()) throw new DeviceLost();
    return Float32Array.from(values);
  } finally {
    stopListening?.();
  }
}
