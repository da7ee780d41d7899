import fc from 'fast-check';
import { expect, test } from 'vitest';
import { HASH_BYTES, packHashes, pooledSpace, spaceKey, unpackHashes } from './embedding.ts';

const hash = fc.uint8Array({ minLength: HASH_BYTES, maxLength: HASH_BYTES }).map((bytes) => {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
});

test('packed hashes take 32 bytes each and come back as they were', () => {
  fc.assert(
    fc.property(fc.array(hash, { maxLength: 20 }), (hashes) => {
      const packed = packHashes(hashes);
      expect(packed).toHaveLength(hashes.length * HASH_BYTES);
      expect(unpackHashes(packed)).toEqual(hashes);
    }),
  );
});

test('spaces differ by backbone and view', () => {
  const keys = ['a', 'b'].flatMap((sha) =>
    (['centre', 'pad', 'stretch'] as const).map((crop) => spaceKey(pooledSpace(sha, crop))),
  );
  expect(new Set(keys).size).toBe(6);
});
