import type { ProjectOptions } from '../core/options.ts';
import type { ClassLabel, Sample } from '../core/dataset.ts';

/** Tells a picture to judge by from the same one to learn from. */
const JUDGE_SALT = 0x5bd1e995;

/**
 * Says in a few characters what a classifier is fitted to: which pictures in
 * which classes, and with which options. Equal where training would give the
 * same classifier; labels are not part of it, so that renaming costs nothing.
 *
 * A sum over pictures, each mixed by itself, so that their order plays no
 * part and 10,000 take a few milliseconds.
 */
export function fingerprintOf(...of: Fingerprinted): string {
  if (!last?.of.every((value, index) => value === of[index]))
    last = { of, fingerprint: calculate(...of) };
  return last.fingerprint;
}

type Fingerprinted = readonly [
  classes: readonly ClassLabel[],
  samples: readonly Sample[],
  backboneSha256: string,
  options: ProjectOptions,
];

/** It is asked for more often than anything changes. */
let last: { readonly of: Fingerprinted; readonly fingerprint: string } | null = null;

function calculate(...[classes, samples, backboneSha256, options]: Fingerprinted): string {
  const salts = new Map(classes.map(({ id }) => [id, hashText(id)]));
  let [low, high, count] = [0, 0, 0];
  for (const { hash, classId, purpose } of samples) {
    const salt = classId === null ? undefined : salts.get(classId);
    if (salt === undefined) continue;
    const own = mix(hashText(hash, 0, 16) ^ salt ^ (purpose === 'judge' ? JUDGE_SALT : 0));
    low = (low + own) >>> 0;
    high = (high + mix(own ^ hashText(hash, 16, 32))) >>> 0;
    count += 1;
  }
  const rest = hashText(
    [...salts.keys()].sort().join(' ') +
      backboneSha256 +
      JSON.stringify([options.crop, options.training]),
  );
  return [count, low, high, rest].map((part) => part.toString(36)).join('.');
}

/** The 32-bit finaliser of MurmurHash3. */
function mix(value: number): number {
  let mixed = value;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}

/** FNV-1a over UTF-16 code units. */
function hashText(text: string, from = 0, to = text.length): number {
  let hash = 0x811c9dc5;
  for (let index = from; index < to; index++)
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  return hash >>> 0;
}
