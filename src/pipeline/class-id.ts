import type { ClassLabel } from '../core/dataset.ts';

/**
 * An id that begins with the class's place in the palette (`3-9f2c61ab`), so
 * that its colour outlives a reload and the removal of other classes without
 * a field of its own.
 */
export function newClassId(classes: readonly ClassLabel[]): string {
  return classIdMaker(classes)();
}

/** Ids of classes that are added one after another, as {@link newClassId} gives them. */
export function classIdMaker(classes: readonly ClassLabel[]): () => string {
  const taken = new Set(classes.map(({ id }) => colourOf(id)));
  let colour = 0;
  return () => {
    while (taken.has(colour)) colour += 1;
    return `${String(colour++)}-${randomHex(4)}`;
  };
}

/** The palette's index of a class, from 0; null for an id that was not made here. */
export function colourOf(classId: string): number | null {
  const digits = /^(\d{1,4})-/u.exec(classId)?.[1];
  return digits === undefined ? null : Number(digits);
}

/** `crypto.randomUUID` is missing where the page is not a secure context; this is not. */
export function randomHex(byteCount: number): string {
  const bytes = crypto.getRandomValues(new Uint8Array(byteCount));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
