import type { Head } from '../../core/head.ts';

/** Bytes of a head's weights. */
export function headBytes(head: Head): number {
  return head.layers.reduce(
    (sum, layer) => sum + layer.kernel.byteLength + layer.bias.byteLength,
    0,
  );
}
