import type { Problem, Result } from '../../core/problem.ts';
import type { Sample } from '../../core/sample.ts';
import type { KeptPicture } from '../library.svelte.ts';
import type { CollectedPicture } from './collect.ts';
import { randomHex } from '../class-id.ts';

/** Pictures of one transaction: a killed tab loses at most so many that were dropped. */
export const PICTURES_A_TRANSACTION = 64;

/** Each costs the browser a moment on the page's main thread: not all of a transaction in one task. */
const FILES_TOUCHED_AT_ONCE = 16;

/** A sample with the path it was dropped with, to name it by. */
export interface ArrivingPicture {
  readonly sample: Sample;
  readonly path: string;
}

export interface Kept {
  readonly arrived: readonly ArrivingPicture[];
  readonly problems: readonly Problem[];
}

/**
 * Stage 2: keeps a batch of at most {@link PICTURES_A_TRANSACTION} pictures
 * before anything is known of them.
 *
 * A file that can't be read (moved, on a drive that was pulled out) would take
 * its whole transaction down, so each is touched first; and where one fails
 * all the same, the batch goes in one by one.
 */
export async function keepPictures(
  pictures: readonly CollectedPicture[],
  nextArrivalMillis: () => number,
  add: (pictures: readonly KeptPicture[]) => Promise<Result<void>>,
): Promise<Kept> {
  const problems: Problem[] = [];
  const readable: { arriving: ArrivingPicture; kept: KeptPicture }[] = [];
  const touched = await touchAll(pictures);
  for (const picture of pictures) {
    if (touched.has(picture)) {
      const sample = arrivingSample(picture, nextArrivalMillis());
      readable.push({
        arriving: { sample, path: picture.path },
        kept: { sample, file: picture.file },
      });
    } else problems.push({ code: 'file-unreadable', file: picture.path });
  }
  if (readable.length === 0) return { arrived: [], problems };
  const outcome = await add(readable.map(({ kept }) => kept));
  if (outcome.ok) return { arrived: readable.map(({ arriving }) => arriving), problems };

  const arrived: ArrivingPicture[] = [];
  for (const { arriving, kept } of readable) {
    const single = await add([kept]);
    if (single.ok) arrived.push(arriving);
    else problems.push(withPath(single.problem, arriving.path));
  }
  return { arrived, problems };
}

function arrivingSample(picture: CollectedPicture, addedAtMillis: number): Sample {
  return {
    id: randomHex(12),
    classId: picture.classId,
    name: picture.file.name,
    purpose: picture.purpose,
    state: 'arriving',
    hash: null,
    widthPx: 0,
    heightPx: 0,
    addedAtMillis,
  };
}

/** @returns those that can be read. */
async function touchAll(
  pictures: readonly CollectedPicture[],
): Promise<ReadonlySet<CollectedPicture>> {
  const readable = new Set<CollectedPicture>();
  for (let from = 0; from < pictures.length; from += FILES_TOUCHED_AT_ONCE) {
    await Promise.all(
      pictures.slice(from, from + FILES_TOUCHED_AT_ONCE).map(async (picture) => {
        if (await canRead(picture.file)) readable.add(picture);
      }),
    );
  }
  return readable;
}

async function canRead(file: File): Promise<boolean> {
  try {
    await file.slice(0, 1).arrayBuffer();
    return true;
  } catch {
    return false;
  }
}

/** A problem that names a file by its name names it by the path it was dropped with instead. */
export function withPath(problem: Problem, path: string): Problem {
  return 'file' in problem ? { ...problem, file: path } : problem;
}
