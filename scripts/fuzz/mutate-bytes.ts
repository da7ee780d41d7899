import type { Random } from '../../src/core/random.ts';
import { join } from '../../src/formats/testing/build-zip.ts';

type Bytes = Uint8Array<ArrayBuffer>;

/** What numbers in files are tried as: ends of their ranges and what lies beside these. */
const TELLING_BYTES = [0, 1, 0x7f, 0x80, 0xff];

/** Flips, overwrites, cuts, doubles and moves bytes, once or a few times. */
export function mutateBytes(bytes: Bytes, random: Random): Bytes {
  let changed = bytes;
  for (let times = 1 + random.int(4); times > 0; times--) changed = mutateOnce(changed, random);
  return changed;
}

function mutateOnce(bytes: Bytes, random: Random): Bytes {
  const at = random.int(bytes.length + 1);
  const length = Math.min(bytes.length - at, 1 + random.int(64));
  const part = bytes.subarray(at, at + length);
  switch (random.int(7)) {
    case 0:
      return bytes.slice(0, at);
    case 1:
      return join(bytes.subarray(0, at), bytes.subarray(at + length));
    case 2:
      return join(bytes.subarray(0, at), part, bytes.subarray(at));
    case 3: {
      const random8 = Uint8Array.from({ length: 1 + random.int(16) }, () => random.int(256));
      return join(bytes.subarray(0, at), random8, bytes.subarray(at));
    }
    case 4: {
      const copy = bytes.slice();
      copy.copyWithin(random.int(bytes.length + 1), at, at + length);
      return copy;
    }
    case 5: {
      const copy = bytes.slice();
      copy.fill(TELLING_BYTES[random.int(TELLING_BYTES.length)] ?? 0, at, at + 1 + random.int(8));
      return copy;
    }
    default: {
      const copy = bytes.slice();
      if (at < copy.length) copy[at] = (copy[at] ?? 0) ^ (1 << random.int(8));
      return copy;
    }
  }
}
