import type { Sample } from '../../core/dataset.ts';

let next = 0;

/** A sample that is ready, for tests; later ones arrived later. */
export function makeSample(patch: Partial<Sample> = {}): Sample {
  next += 1;
  return {
    id: `s${String(next)}`,
    classId: 'c1',
    name: `${String(next)}.png`,
    purpose: 'train',
    state: 'ready',
    hash: String(next).padStart(64, '0'),
    widthPx: 4,
    heightPx: 3,
    addedAtMillis: next,
    ...patch,
  };
}

/** A file of so many bytes; none of the store's business that it is no picture. */
export function makeFile(text: string, name = 'picture.png'): File {
  return new File([text], name, { type: 'image/png' });
}
