import { at } from './at.ts';
import { randomOf } from './random.ts';
import type { Sha256 } from './dataset.ts';

export interface SplitItem {
  readonly hash: Sha256;
  readonly classIndex: number;
}

/** Indices into the items that were split, each in order of hash (then of class). */
export interface Split {
  readonly training: Int32Array<ArrayBuffer>;
  readonly validation: Int32Array<ArrayBuffer>;
}

/**
 * Keeps a share of each class aside for judging.
 *
 * - The result depends on the pictures' contents and the seed, not on the
 *   order they came in; and each picture draws its own lot, so that adding one
 *   moves at most one other of its class across.
 * - Pictures with the same bytes always stay on one side: otherwise the head
 *   would be judged on what it has learned by heart.
 * - A picture that stands in two classes is trained on, never judged on: one
 *   of its labels is wrong, and no answer to it would say anything.
 * - Each class keeps at least one distinct picture for training; each with two
 *   or more gives at least one for judging, unless the share is 0.
 *
 * @param validationShare 0 to 1, of each class, rounded to the nearest picture.
 */
export function splitSamples(
  items: readonly SplitItem[],
  validationShare: number,
  seed: number,
): Split {
  const judging = validationShare > 0 ? hashesToJudge(items, validationShare, seed) : new Set();
  const ordered = items
    .map((_, index) => index)
    .sort((a, b) => byContent(at(items, a), at(items, b)));
  return {
    training: Int32Array.from(ordered.filter((index) => !judging.has(at(items, index).hash))),
    validation: Int32Array.from(ordered.filter((index) => judging.has(at(items, index).hash))),
  };
}

function hashesToJudge(items: readonly SplitItem[], share: number, seed: number): Set<Sha256> {
  const classesOf = new Map<Sha256, Set<number>>();
  const hashesOf = new Map<number, Set<Sha256>>();
  for (const { hash, classIndex } of items) {
    classesOf.set(hash, (classesOf.get(hash) ?? new Set()).add(classIndex));
    hashesOf.set(classIndex, (hashesOf.get(classIndex) ?? new Set()).add(hash));
  }
  const judging = new Set<Sha256>();
  for (const hashes of hashesOf.values()) {
    const wanted = Math.min(Math.max(Math.round(hashes.size * share), 1), hashes.size - 1);
    const lots = [...hashes]
      .filter((hash) => classesOf.get(hash)?.size === 1)
      .map((hash) => ({ hash, lot: randomOf(seed, hash) }))
      .sort((a, b) => a.lot - b.lot || compareText(a.hash, b.hash));
    for (const { hash } of lots.slice(0, wanted)) judging.add(hash);
  }
  return judging;
}

function byContent(a: SplitItem, b: SplitItem): number {
  return compareText(a.hash, b.hash) || a.classIndex - b.classIndex;
}

/** By code unit, the same in every locale. */
function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
