import type { Sha256 } from './dataset.ts';

/** The one of a platform's own that this needs; pages, workers and Node all have it. */
declare const crypto: {
  readonly subtle: {
    digest(name: 'SHA-256', bytes: ArrayBuffer | Uint8Array<ArrayBuffer>): Promise<ArrayBuffer>;
  };
};

/** SHA-256 in lower-case hexadecimal. WebCrypto needs a secure context: https or loopback. */
export async function hashOf(bytes: ArrayBuffer | Uint8Array<ArrayBuffer>): Promise<Sha256> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
