import { describe, expect, test } from 'vitest';
import type { EditSummary } from '../core/edit-summary.ts';
import type { Problem } from '../core/problem.ts';
import { say, sayInParts } from './messages.ts';
import { leftOutSummary } from './notices/message-sentence.ts';
import { adviceSentence, editPhrase, problemSentence } from './problem-message.ts';

const HOSTILE = '<img src=x onerror=alert(1)> {{count}} $t(app.name)';
const file = 'IMG_1.jpg';

/** One of each: the type makes a new code fail here until it has its sentence. */
const problems: { readonly [Code in Problem['code']]: Extract<Problem, { code: Code }> } = {
  'file-empty': { code: 'file-empty', file },
  'file-not-an-image': { code: 'file-not-an-image', file },
  'file-damaged': { code: 'file-damaged', file },
  'file-crashes': { code: 'file-crashes', file },
  'file-unreadable': { code: 'file-unreadable', file },
  'image-too-large': {
    code: 'image-too-large',
    file,
    widthPx: 20_000,
    heightPx: 20_000,
    maxMegapixels: 100,
  },
  'drawing-too-large': { code: 'drawing-too-large', file, megapixels: 400, maxMegapixels: 100 },
  'duplicate-in-class': { code: 'duplicate-in-class', file, label: 'hat', other: 'b.jpg' },
  'duplicate-across-classes': {
    code: 'duplicate-across-classes',
    file,
    label: 'hat',
    otherLabel: 'shoes',
    other: 'b.jpg',
  },
  'zip-damaged': { code: 'zip-damaged', file },
  'zip-empty': { code: 'zip-empty', file },
  'zip-encrypted': { code: 'zip-encrypted', file, entry: 'a/b.jpg' },
  'project-of-other-kind': { code: 'project-of-other-kind', file, kind: 'audio' },
  'project-empty': { code: 'project-empty', file },
  'zip-nested': { code: 'zip-nested', file, entry: 'inner.zip' },
  'zip-too-large': { code: 'zip-too-large', file, megabytes: 9000, maxMegabytes: 2000 },
  'zip-too-many-entries': {
    code: 'zip-too-many-entries',
    file,
    entries: 70_000,
    maxEntries: 50_000,
  },
  'label-empty': { code: 'label-empty' },
  'label-too-long': { code: 'label-too-long', length: 500, maxLength: 100 },
  'label-taken': { code: 'label-taken', label: 'hat' },
  'backbone-unreachable': {
    code: 'backbone-unreachable',
    id: 'mobilenet_v2_1.0_224',
    tried: [{ url: 'models/', reason: '404' }],
  },
  'backbone-interrupted': {
    code: 'backbone-interrupted',
    id: 'mobilenet_v2_1.0_224',
    receivedBytes: 5_000_000,
    totalBytes: null,
  },
  'model-json-invalid': { code: 'model-json-invalid', file, reason: 'no topology' },
  'model-weights-missing': { code: 'model-weights-missing', file, missing: ['a.bin', 'b.bin'] },
  'model-weights-short': {
    code: 'model-weights-short',
    file,
    expectedBytes: 2000,
    foundBytes: 1000,
  },
  'model-input-unsupported': { code: 'model-input-unsupported', file, shape: '[null, 10]' },
  'model-no-features': { code: 'model-no-features', file },
  'model-not-translatable': {
    code: 'model-not-translatable',
    layer: 'block_3',
    operation: 'Lambda',
    reason: 'a layer that has no equal',
  },
  'model-format-closed': { code: 'model-format-closed', file },
  'nothing-to-calibrate': { code: 'nothing-to-calibrate' },
  'part-not-fetched': { code: 'part-not-fetched', part: 'h5wasm' },
  'model-not-to-try': { code: 'model-not-to-try', file },
  'model-range-unknown': { code: 'model-range-unknown', file },
  'too-few-classes': { code: 'too-few-classes', classes: 1 },
  'class-empty': { code: 'class-empty', label: 'hat' },
  'class-too-small': { code: 'class-too-small', label: 'hat', images: 1, minImages: 2 },
  'loss-not-finite': { code: 'loss-not-finite', epoch: 3, learningRate: 1e9 },
  'option-invalid': { code: 'option-invalid', option: 'epochs', value: '-1', min: 1, max: 10_000 },
  'backend-failed': { code: 'backend-failed', backend: 'webgpu', reason: 'no adapter' },
  'device-lost': { code: 'device-lost', backend: 'webgpu', next: 'wasm' },
  'engine-crashed': { code: 'engine-crashed', reason: 'out of memory.' },
  'engine-keeps-crashing': { code: 'engine-keeps-crashing', reason: 'out of memory.' },
  'export-crashed': { code: 'export-crashed', reason: 'out of memory' },
  'storage-refused': { code: 'storage-refused', reason: 'private window' },
  'storage-full': { code: 'storage-full', usedMegabytes: 900 },
  'project-missing': { code: 'project-missing' },
  'project-damaged': { code: 'project-damaged', pictures: 1 },
  'project-in-use': { code: 'project-in-use' },
  'file-not-written': { code: 'file-not-written', reason: 'no room' },
  'own-backbone-missing': { code: 'own-backbone-missing', id: 'own-0123456789ab' },
  'project-backbone-invalid': {
    code: 'project-backbone-invalid',
    file,
    reason: 'it is missing, damaged or too large',
  },
  'project-file-invalid': {
    code: 'project-file-invalid',
    file,
    reason: 'version must be one of 1',
  },
  'classifier-invalid': { code: 'classifier-invalid', file, reason: 'no labels' },
  'camera-refused': { code: 'camera-refused' },
  'camera-missing': { code: 'camera-missing' },
  'camera-busy': { code: 'camera-busy' },
  'camera-unsupported': { code: 'camera-unsupported' },
  unexpected: { code: 'unexpected', reason: 'undefined is not a function' },
};

function tell(problem: Problem): string {
  const { key, values } = problemSentence(problem);
  return say(key, values);
}

describe('every problem has its sentence', () => {
  for (const problem of Object.values<Problem>(problems)) {
    test(problem.code, () => {
      const sentence = tell(problem);
      expect(sentence).not.toContain('problems.');
      expect(sentence).not.toMatch(/\{\{|NaN|\.\./u);
      expect(sentence).toMatch(/[.?!]$/u);
      if ('file' in problem) expect(sentence).toContain(file);
      if ('label' in problem) expect(sentence).toContain('hat');
    });
  }
});

describe('what a file or a person calls things stays text', () => {
  test('names are stretches of their own, whole and unread', () => {
    const parts = sayInParts('problems.file-empty', { file: HOSTILE });
    expect(parts.filter(({ isName }) => isName)).toEqual([{ text: HOSTILE, isName: true }]);
  });

  test('the marks between stretches can not be forged', () => {
    const parts = sayInParts('problems.label-taken', { label: '\uE001not a name\uE000' });
    expect(parts.filter(({ isName }) => isName)).toEqual([{ text: 'not a name', isName: true }]);
  });

  test('a name that turns text around is isolated in attributes, others are left alone', () => {
    expect(say('problems.label-taken', { label: 'قميص' })).toContain('\u2068قميص\u2069');
    expect(say('problems.label-taken', { label: 'hat' })).toContain('called hat already');
  });
});

/** One of each: the type makes a new kind fail here until it has its words. */
const edits: Readonly<Record<EditSummary['kind'], EditSummary>> = {
  'add-pictures': { kind: 'add-pictures', count: 3 },
  'remove-pictures': { kind: 'remove-pictures', count: 3 },
  'move-pictures': { kind: 'move-pictures', count: 3, label: 'hat' },
  'unlabel-pictures': { kind: 'unlabel-pictures', count: 3 },
  'judge-by-pictures': { kind: 'judge-by-pictures', count: 3 },
  'learn-from-pictures': { kind: 'learn-from-pictures', count: 3 },
  'add-class': { kind: 'add-class', label: 'hat' },
  'add-classes': { kind: 'add-classes', count: 3 },
  'remove-class': { kind: 'remove-class', label: 'hat' },
  'rename-class': { kind: 'rename-class', label: 'hat', to: 'cap' },
  'merge-classes': { kind: 'merge-classes', label: 'hat', into: 'cap' },
  'remove-all': { kind: 'remove-all' },
  'reorder-classes': { kind: 'reorder-classes' },
  'set-options': { kind: 'set-options' },
  'rename-project': { kind: 'rename-project' },
};

test('every edit has words that stand after "Undo"', () => {
  for (const summary of Object.values(edits)) {
    const phrase = editPhrase(summary);
    expect(phrase).toMatch(/^[a-z]+ing /u);
    expect(phrase).not.toMatch(/\{\{|edits\./u);
    if ('count' in summary) expect(phrase).toContain('3');
    if ('label' in summary) expect(phrase).toContain('hat');
  }
});

describe('counts', () => {
  test('a left-out list is summed up, the commonest reason first', () => {
    const list = [
      problems['file-damaged'],
      ...Array.from({ length: 9 }, () => problems['file-not-an-image']),
      problems['zip-encrypted'],
      problems['zip-nested'],
    ];
    expect(leftOutSummary(list, 480)).toBe(
      "12 of 480 files were left out: 9 aren't pictures, 2 archives can't be opened and 1 is damaged.",
    );
    expect(leftOutSummary(list.slice(0, 1), undefined)).toBe('1 file was left out: 1 is damaged.');
  });

  test('one and many read well', () => {
    expect(say('pictures.count', { count: 1 })).toBe('1 picture');
    expect(say('pictures.count', { count: 1200 })).toBe('1,200 pictures');
    expect(tell({ code: 'too-few-classes', classes: 0 })).toMatch(/^Add pictures/u);
    expect(tell({ code: 'too-few-classes', classes: 1 })).toMatch(/^One class/u);
  });

  test('advice', () => {
    const { key, values } = adviceSentence({
      code: 'few-images',
      label: 'hat',
      images: 3,
      recommended: 10,
    });
    expect(say(key, values)).toBe('hat has 3 pictures. It works better with 10 or more.');
  });

  test('a result never claims certainty that the figures lack', () => {
    expect(say('result.right', { accuracy: 0.998 })).toBe('99\u202F% right');
    expect(say('result.right', { accuracy: 1 })).toBe('100\u202F% right');
  });
});
