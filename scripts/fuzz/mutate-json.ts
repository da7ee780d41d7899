import type { Random } from '../../src/core/random.ts';

/** Stands in the tree for text that no tree can hold. */
const DEEP = '\u0000deep';
const DEEP_TEXT = '['.repeat(50_000);

/** What a value is replaced by. */
const VALUES: readonly unknown[] = [
  null,
  true,
  0,
  -1,
  0.5,
  1e308,
  2 ** 31,
  2 ** 32,
  2 ** 53,
  1e9,
  '',
  '__proto__',
  'constructor',
  '../../x',
  '<img src=x onerror=alert(1)>',
  'NaN',
  '\ud800',
  'x'.repeat(100_000),
  [],
  [[[]]],
  {},
  DEEP,
];
const KEYS = ['__proto__', 'constructor', 'prototype', 'toString', 'length', '', 'name'];

type Holder = Record<string, unknown> | unknown[];

/** Changes the tree of a JSON text in a place or a few; text that is no JSON stays. */
export function mutateJson(text: string, random: Random): string {
  let root: unknown;
  try {
    root = JSON.parse(text);
  } catch {
    return text;
  }
  const holder: Holder = [root];
  for (let times = 1 + random.int(3); times > 0; times--) mutateSomewhere(holder, random);
  return JSON.stringify(holder[0] ?? null).replaceAll(JSON.stringify(DEEP), DEEP_TEXT);
}

function mutateSomewhere(root: Holder, random: Random): void {
  // Down a few steps, more often to the upper parts, where a change tells most.
  let holder = root;
  for (let depth = random.int(12); depth > 0; depth--) {
    const inner = Object.values(holder).filter(isHolder);
    const next = inner[random.int(inner.length || 1)];
    if (next === undefined) break;
    holder = next;
  }
  const keys = Object.keys(holder);
  const key = keys[random.int(keys.length || 1)] ?? '0';
  const value: unknown = Reflect.get(holder, key);
  switch (random.int(6)) {
    case 0:
      if (Array.isArray(holder)) holder.splice(Number(key), 1);
      else Reflect.deleteProperty(holder, key);
      break;
    case 1:
      put(holder, KEYS[random.int(KEYS.length)] ?? '', { polluted: true });
      break;
    case 2:
      if (Array.isArray(holder))
        holder.push(...Array.from({ length: random.int(40) }, () => value));
      else put(holder, KEYS[random.int(KEYS.length)] ?? '', value);
      break;
    case 3:
      if (typeof value === 'number') put(holder, key, value + random.int(5) - 2);
      else if (typeof value === 'string') put(holder, key, `${value}x`);
      else if (Array.isArray(value)) value.reverse();
      break;
    default:
      // A copy: what is put in is changed later.
      put(holder, key, structuredClone(VALUES[random.int(VALUES.length)]));
  }
}

/** As JSON.parse would: `__proto__` becomes a property like any other. */
function put(holder: Holder, key: string, value: unknown): void {
  if (Array.isArray(holder)) holder[Number(key) || 0] = value;
  else
    Object.defineProperty(holder, key, {
      value,
      enumerable: true,
      configurable: true,
      writable: true,
    });
}

function isHolder(value: unknown): value is Holder {
  return typeof value === 'object' && value !== null;
}
