import { at } from '../at.ts';
import type { Random } from '../random.ts';

/** The choices of one drawing. */
export interface Pen {
  /** Uniform over [low, high). */
  between(low: number, high: number): number;
  /** A whole number, low to high. */
  whole(low: number, high: number): number;
  pick<T>(choices: readonly T[]): T;
  chance(probability: number): boolean;
}

export function createPen(random: Random): Pen {
  const whole = (low: number, high: number) => low + random.int(high - low + 1);
  return {
    between: (low, high) => low + random.next() * (high - low),
    whole,
    pick: (choices) => at(choices, random.int(choices.length)),
    chance: (probability) => random.next() < probability,
  };
}

/** A piece of SVG: numbers are written with at most one decimal, lists one after the other. */
export function svg(
  strings: TemplateStringsArray,
  ...values: readonly (string | number | readonly string[])[]
): string {
  return strings.reduce((text, string, index) => text + write(values[index - 1] ?? '') + string);
}

function write(value: string | number | readonly string[]): string {
  if (typeof value === 'number') return String(Math.round(value * 10) / 10);
  return typeof value === 'string' ? value : value.join('');
}

/** `draw` for each of 0 to count − 1. */
export function repeat(count: number, draw: (index: number) => string): string[] {
  return Array.from({ length: count }, (_, index) => draw(index));
}
