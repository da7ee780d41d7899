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

/** A colour with its shade and its light, as flat illustrations use them. */
export interface Tone {
  readonly family: string;
  readonly main: string;
  readonly dark: string;
  readonly light: string;
}

/** What a drawing stands on. */
export interface Ground {
  /** Tones of these families would not stand out from it. */
  readonly families: readonly string[];
  readonly base: string;
  /** Of its pattern: near the base. */
  readonly second: string;
  readonly isDark: boolean;
}

function tone(family: string, main: string, dark: string, light: string): Tone {
  return { family, main, dark, light };
}

export const TONES: readonly Tone[] = [
  tone('coral', '#f2694b', '#c3442b', '#ffb79f'),
  tone('amber', '#f5a623', '#c27a10', '#ffdb94'),
  tone('teal', '#1fa79b', '#12726c', '#8fdfd5'),
  tone('blue', '#3b7ddd', '#2353a0', '#a9ccfb'),
  tone('violet', '#8a5bd6', '#5c379a', '#d1bdf6'),
  tone('rose', '#e5578f', '#a92e61', '#fbbcd5'),
  tone('green', '#58a648', '#35702a', '#b9e0aa'),
  tone('red', '#d9383a', '#991f22', '#f7a3a3'),
  tone('cream', '#f8e9ca', '#c49a5c', '#fffaf0'),
  tone('slate', '#53647c', '#323f52', '#b4c0cf'),
];

function ground(families: string, base: string, second: string, isDark = false): Ground {
  return { families: families.split(' '), base, second, isDark };
}

export const GROUNDS: readonly Ground[] = [
  ground('blue', '#bfe3f5', '#d6eefa'),
  ground('teal green', '#cdebd9', '#def3e6'),
  ground('cream amber', '#f6e3bc', '#fbeed3'),
  ground('rose coral', '#f9d5d3', '#fce4e2'),
  ground('violet', '#e2d8f5', '#eee7fa'),
  ground('cream', '#f4f1ea', '#e9e4d8'),
  ground('slate blue', '#22304a', '#2c3d5c', true),
  ground('teal slate', '#14505a', '#1b6370', true),
  ground('violet slate', '#47325f', '#573f73', true),
  ground('amber cream', '#ffd75e', '#ffe186'),
  ground('green', '#a9d18e', '#badca3'),
  ground('coral amber rose red', '#e39b7b', '#eaae93'),
  ground('slate', '#c9cdd2', '#d8dbdf'),
  ground('blue teal', '#6fb7d8', '#86c6e2'),
];

/** Different tones that all stand out from the ground, not in the families to avoid. */
export function pickTones(
  pen: Pen,
  ground: Ground,
  avoid: readonly string[] = [],
): readonly [Tone, Tone, Tone] {
  const taken = new Set([...ground.families, ...avoid]);
  const next = () => {
    const tone = pen.pick(TONES.filter(({ family }) => !taken.has(family)));
    taken.add(tone.family);
    return tone;
  };
  return [next(), next(), next()];
}
