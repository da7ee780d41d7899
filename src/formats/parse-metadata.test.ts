import { expect, test } from 'vitest';
import { ShapeError } from './field.ts';
import { describeClassifier } from './metadata.ts';
import { isClassifierMetadata, parseMetadata } from './parse-metadata.ts';
import { exampleSource } from './testing/example-classifier.ts';

const written = describeClassifier(exampleSource(), 'Headstart 1.2.3');

/** The written metadata with one place changed, as text. */
function changed(path: readonly string[], value: unknown): string {
  const copy = JSON.parse(JSON.stringify(written)) as Record<string, unknown>;
  let place = copy;
  for (const step of path.slice(0, -1)) place = place[step] as Record<string, unknown>;
  place[path.at(-1) ?? ''] = value;
  return JSON.stringify(copy);
}

function refusal(text: string): string {
  try {
    parseMetadata(text);
  } catch (error) {
    if (error instanceof ShapeError) return error.message;
    throw error;
  }
  return 'taken';
}

test('what is written is read back the same', () => {
  const text = JSON.stringify(written);
  expect(isClassifierMetadata(text)).toBe(true);
  expect(parseMetadata(text)).toEqual(written);
});

test('labels stay exactly as they are, however hostile', () => {
  expect(parseMetadata(JSON.stringify(written)).labels).toEqual([
    'hat',
    '<img src=x onerror=alert(1)>',
    '__proto__',
  ]);
});

test('metrics are computed from the counts, not believed', () => {
  const text = changed(['validation', 'accuracy'], 1);
  expect(parseMetadata(text).validation?.accuracy).toBe(0.75);
});

test.each<[string, readonly string[], unknown, RegExp]>([
  ['another format', ['format'], 'other', /^format must be one of headstart-classifier$/u],
  ['a later version', ['version'], 2, /^version must be one of 1$/u],
  ['no labels', ['labels'], null, /^labels must be a list$/u],
  ['one label', ['labels'], ['hat'], /^labels must have 2 to/u],
  [
    'a label twice',
    ['labels'],
    ['hat', 'hat', 'x'],
    /^labels\[1\] can't be a label \(label-taken\)$/u,
  ],
  ['an invisible label', ['labels'], ['hat', '\u202E', 'x'], /^labels\[1\] .*label-empty/u],
  ['a label that is no text', ['labels'], ['hat', {}, 'x'], /^labels\[1\] must be text$/u],
  [
    'a very long label',
    ['labels'],
    ['hat', 'x'.repeat(5000), 'y'],
    /^labels\[1\] must have at most/u,
  ],
  ['too few ids', ['classIds'], ['a', 'b'], /^classIds must have 3 to 3 items, not 2$/u],
  ['an id twice', ['classIds'], ['a', 'a', 'b'], /^classIds must all be different$/u],
  ['an id of an object', ['classIds'], ['__proto__', 'a', 'b'], /^classIds\[0\] has a form/u],
  ['no backbone', ['backbone'], 7, /^backbone must be an object$/u],
  ['a wrong hash', ['backbone', 'sha256'], 'xyz', /^backbone\.sha256 has a form/u],
  [
    'a path as a file',
    ['backbone', 'files'],
    ['../../etc/passwd'],
    /^backbone\.files\[0\] has a form/u,
  ],
  [
    'the folder above as a file',
    ['backbone', 'files'],
    ['..'],
    /^backbone\.files\[0\] has a form/u,
  ],
  [
    'a side of 0',
    ['backbone', 'inputSidePx'],
    0,
    /^backbone\.inputSidePx must be a number from 1/u,
  ],
  ['half a pixel', ['backbone', 'inputSidePx'], 224.5, /must be a whole number$/u],
  ['a range that falls', ['backbone', 'inputRange'], [1, -1], /^backbone\.inputRange must rise$/u],
  ['a huge embedding', ['backbone', 'embeddingLength'], 1e12, /^backbone\.embeddingLength/u],
  ['an unknown crop', ['preprocessing', 'crop'], 'circle', /^preprocessing\.crop must be one of/u],
  ['a broken date', ['createdAt'], 'yesterday', /^createdAt must be a date$/u],
  [
    'counts of another size',
    ['validation', 'confusion'],
    [[1]],
    /^validation\.confusion must have 3/u,
  ],
  [
    'a negative count',
    ['test'],
    {
      confusion: [
        [-1, 0, 0],
        [0, 0, 0],
        [0, 0, 0],
      ],
    },
    /^test\.confusion\[0\]\[0\]/u,
  ],
])('%s is refused by name', (_, path, value, reason) => {
  expect(refusal(changed(path, value))).toMatch(reason);
});

test.each([
  '',
  'null',
  '[]',
  '"text"',
  '{',
  '[1,2',
  '{"__proto__": {"format": "headstart-classifier"}}',
])('%j is not ours, and refused without harm', (text) => {
  expect(isClassifierMetadata(text)).toBe(false);
  expect(refusal(text)).not.toBe('taken');
  expect(Object.prototype).not.toHaveProperty('format');
});

test('JSON nested too deep to read is refused', () => {
  const text = '['.repeat(200_000);
  expect(refusal(text)).toBe('it is not valid JSON');
});
