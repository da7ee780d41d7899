import type { Problem, Result } from '../../core/problem.ts';
import { Cancelled } from '../../core/problem.ts';
import type { Engine, Inspection } from '../../engine/contract.ts';
import type { Store } from '../../storage/contract.ts';
import type { ArrivingPicture } from './keep.ts';

/** Files looked at side by side: enough to keep a worker busy while others are read. */
const FILES_AT_ONCE = 3;

export interface Inspected {
  readonly picture: ArrivingPicture;
  readonly outcome: Result<Inspection>;
}

/**
 * Stage 3: looks at kept pictures, and tells of each in the order they came,
 * so that of two equal ones it is always the later that is left out.
 *
 * The stored copy is read, not the dropped file: that one may be gone by now.
 *
 * @throws Cancelled where `signal` aborts.
 */
export async function inspectPictures(
  pictures: readonly ArrivingPicture[],
  engine: Pick<Engine, 'inspect'>,
  store: Pick<Store, 'readFile'>,
  onInspected: (inspected: Inspected) => void,
  signal: AbortSignal,
): Promise<void> {
  const pending: Promise<Inspected>[] = [];
  for (const picture of pictures) {
    if (signal.aborted) break;
    if (pending.length >= FILES_AT_ONCE) await tellFirst(pending, onInspected, signal);
    pending.push(inspectPicture(picture, engine, store));
  }
  while (pending.length > 0 && !signal.aborted) await tellFirst(pending, onInspected, signal);
  await Promise.allSettled(pending);
  if (signal.aborted) throw new Cancelled();
}

async function tellFirst(
  pending: Promise<Inspected>[],
  onInspected: (inspected: Inspected) => void,
  signal: AbortSignal,
): Promise<void> {
  const inspected = await pending.shift();
  if (inspected && !signal.aborted) onInspected(inspected);
}

async function inspectPicture(
  picture: ArrivingPicture,
  engine: Pick<Engine, 'inspect'>,
  store: Pick<Store, 'readFile'>,
): Promise<Inspected> {
  const blob = await store.readFile(picture.sample.id);
  if (!blob) return { picture, outcome: { ok: false, problem: unreadable(picture) } };
  const file = blob instanceof File ? blob : new File([blob], picture.path, { type: blob.type });
  return { picture, outcome: await engine.inspect(file) };
}

function unreadable(picture: ArrivingPicture): Problem {
  return { code: 'file-unreadable', file: picture.path };
}
