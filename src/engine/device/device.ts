import { memory, type Tensor } from '@tensorflow/tfjs-core';
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
  readonly canBeLost: boolean;
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
    canBeLost: api !== null,
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

/** Work may fail before the device tells that it is lost, but not long before. */
const TELLING_MILLIS = 500;

/** Whether an error is to be laid to the loss of the device. */
export async function isLoss(device: Device, error: unknown): Promise<boolean> {
  if (error instanceof DeviceLost || device.isLost()) return true;
  if (!device.canBeLost || (error instanceof Error && error.name === 'Cancelled')) return false;
  return new Promise((resolve) => {
    const timer = setTimeout(() => {
      stopListening();
      resolve(device.isLost());
    }, TELLING_MILLIS);
    const stopListening = device.onLost(() => {
      clearTimeout(timer);
      resolve(true);
    });
  });
}

/** What there is of tensors, on whatever device. */
export function deviceMemory(): { readonly numTensors: number; readonly numBytes: number } {
  const { numTensors, numBytes } = memory();
  return { numTensors, numBytes };
}
