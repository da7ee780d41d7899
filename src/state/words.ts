import type { ClassLabel } from '../core/dataset.ts';

/**
 * The few words that become part of what a person keeps. The composition root
 * brings them from the message catalogue; these stand in where there is none.
 */
export interface Words {
  /** What a class is called until it is named; `number` from 1. */
  readonly className: (number: number) => string;
  /** What a copy of a project is called. */
  readonly copyName: (name: string) => string;
}

export const PLAIN_WORDS: Words = {
  className: (number) => `Class ${String(number)}`,
  copyName: (name) => `Copy of ${name}`,
};

/** The first "Class 3" that no class is called yet. */
export function freeLabel(classes: readonly ClassLabel[], words: Words): string {
  const taken = new Set(classes.map(({ label }) => label));
  let number = classes.length + 1;
  while (taken.has(words.className(number))) number += 1;
  return words.className(number);
}
