import { describe, expect, test } from 'vitest';
import { cleanLabel, compareLabels, isClutter, folderLabelOf } from './labels.ts';

const clean = (text: string, taken: readonly string[] = []) => {
  const result = cleanLabel(text, taken);
  return result.ok ? result.value : result.problem.code;
};

describe('cleanLabel', () => {
  test.each([
    ['  hat ', 'hat'],
    ['two\n\t words', 'two words'],
    ['cafe\u0301', 'café'],
    ['a\u0000b\u0007c', 'abc'],
    ['photo\u202Egnp.exe', 'photognp.exe'],
    ['\u2066x\u2069', 'x'],
    ['half \uD83D', 'half'],
    ['👩‍🔬 science', '👩‍🔬 science'],
    ['قبعة', 'قبعة'],
    ['__proto__', '__proto__'],
    ['<img src=x onerror=alert(1)>', '<img src=x onerror=alert(1)>'],
    ['../../x', '../../x'],
  ])('%j becomes %j', (text, label) => {
    expect(clean(text)).toBe(label);
  });

  test.each(['', '   ', '\u200B\u200D', '\u202E', '\u3164', '\u0000'])(
    '%j is empty to the eye',
    (text) => {
      expect(clean(text)).toBe('label-empty');
    },
  );

  test('a label is at most 100 characters long', () => {
    expect(clean('x'.repeat(100))).toHaveLength(100);
    expect(cleanLabel('x'.repeat(500), [])).toEqual({
      ok: false,
      problem: { code: 'label-too-long', length: 500, maxLength: 100 },
    });
  });

  test('a label is taken once it is the same after cleaning', () => {
    expect(clean(' hat ', ['hat'])).toBe('label-taken');
    expect(clean('Hat', ['hat'])).toBe('Hat');
    expect(clean('constructor', [])).toBe('constructor');
  });
});

describe('folderLabelOf', () => {
  test.each([
    ['1.jpg', null, 'learn'],
    ['hat/1.jpg', 'hat', 'learn'],
    ['clothing/hat/1.jpg', 'hat', 'learn'],
    ['clothing/train/hat/1.jpg', 'hat', 'learn'],
    ['clothing/train/hat/summer/1.jpg', 'hat', 'learn'],
    ['test/hat/x.jpg', 'hat', 'judge'],
    ['clothing/Test/hat/x.jpg', 'hat', 'judge'],
    ['val/hat/x.jpg', 'hat', 'learn'],
    ['validation/hat/x.jpg', 'hat', 'learn'],
    ['train/x.jpg', null, 'learn'],
    ['test/x.jpg', null, 'judge'],
    ['hat/test/x.jpg', 'hat', 'judge'],
    ['clothing\\train\\hat\\1.jpg', 'hat', 'learn'],
    ['/hat/1.jpg', 'hat', 'learn'],
    ['../../x/1.jpg', 'x', 'learn'],
    ['__proto__/1.jpg', '__proto__', 'learn'],
    ['protest/1.jpg', 'protest', 'learn'],
    ['', null, 'learn'],
  ])('%j: label %j, %s', (path, label, purpose) => {
    expect(folderLabelOf(path)).toEqual({ label, purpose });
  });
});

test.each([
  ['__MACOSX/hat/._1.jpg', true],
  ['hat/.DS_Store', true],
  ['hat/Thumbs.db', true],
  ['.git/objects/1', true],
  ['hat/desktop.ini', true],
  ['hat/1.jpg', false],
  ['../hat/1.jpg', false],
])('%j is clutter: %s', (path, clutter) => {
  expect(isClutter(path)).toBe(clutter);
});

test('labels are ordered as a person would, the same in every locale', () => {
  const ordered = [
    'Apple',
    'apple',
    'img2',
    'img10',
    'img0010b',
    'öl',
    '10',
    '9',
    'zebra',
    'item 007',
    'item 7',
  ];
  expect(ordered.toSorted(compareLabels)).toEqual([
    '9',
    '10',
    'Apple',
    'apple',
    'img2',
    'img10',
    'img0010b',
    'item 007',
    'item 7',
    'zebra',
    'öl',
  ]);
  const huge = ['9'.repeat(40), `1${'0'.repeat(40)}`];
  expect(huge.toReversed().sort(compareLabels)).toEqual(huge);
  expect(compareLabels('hat', 'hat')).toBe(0);
});
