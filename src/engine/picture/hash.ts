import type { Sha256 } from '../../core/dataset.ts';

/** SHA-256 in lower-case hexadecimal. WebCrypto needs a secure context: https or loopback. */
export async function hashOf(bytes: BufferSource): Promise<Sha256> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
