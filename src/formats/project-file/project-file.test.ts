import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { hashOf } from '../../core/hash.ts';
import type { Classifier } from '../../core/classifier.ts';
import type { Sample, Sha256 } from '../../core/dataset.ts';
import { DEFAULT_PROJECT_OPTIONS } from '../../core/default-options.ts';
import { edit, NO_HISTORY, redo, undo, type Versioned } from '../../core/history.ts';
import { evaluateConfusion } from '../../core/evaluation.ts';
import { Cancelled } from '../../core/problem.ts';
import { editOf, editSeed, EMPTY_DATASET, madeSample } from '../../core/testing/random-edits.ts';
import type { PackedContent, ProjectFile, ProjectSource } from '../contract.ts';
import { buildZip, type ZipPart } from '../testing/build-zip.ts';
import { exampleHead, exampleSource } from '../testing/example-classifier.ts';
import { isProjectFile } from '../read-drop.ts';
import { CONTENTS_FILE, PROJECT_FILE, SAMPLES_FILE, WEIGHTS_FILE } from './layout.ts';
import { openProjectFile } from './read.ts';
import { writeProject } from './write.ts';

const EMPTY: Versioned = { dataset: EMPTY_DATASET, history: NO_HISTORY };
const encode = (text: string) => new TextEncoder().encode(text);
const pictureOf = (number: number) => encode(`picture ${String(number)}`);

/** A sample whose hash is that of its content. */
async function sample(number: number, classId: string | null, patch: Partial<Sample> = {}) {
  const hash = await hashOf(pictureOf(number));
  return { ...madeSample(number, classId, number), hash, ...patch };
}

/** What a store has: a picture for each hash. */
function contentsOf(pictures: ReadonlyMap<Sha256, Blob>): ProjectSource['readContents'] {
  return async function* (hashes) {
    for (const hash of hashes) {
      await Promise.resolve();
      const thumbnail = new Blob([`small ${hash}`], { type: 'image/jpeg' });
      yield { hash, file: pictures.get(hash) ?? null, thumbnail };
    }
  };
}

const CLASSIFIER: Classifier = {
  head: exampleHead(5, [4, 3]),
  classes: ['hat', '<img src=x onerror=alert(1)>', '__proto__'].map((label, index) => ({
    id: `${String(index)}-abcd`,
    label,
  })),
  backbone: exampleSource().backbone,
  crop: 'pad',
  history: [
    {
      epoch: 1,
      learningRate: null,
      l2: 1e-3,
      loss: 0.3,
      accuracy: 0.9,
      validationLoss: 0.4,
      validationAccuracy: null,
    },
  ],
  bestEpoch: 1,
  validation: null,
  test: evaluateConfusion([
    [2, 0, 0],
    [1, 1, 0],
    [0, 0, 0],
  ]),
  judged: [{ sampleId: 's1', actual: 0, predicted: 1, confidence: 0.75 }],
  options: DEFAULT_PROJECT_OPTIONS,
  fingerprint: '3.a.b.c',
  fittedAtMillis: 5,
};

/** Two classes, pictures of which one is converted, one only in the history; two edits, one undone. */
async function example(): Promise<ProjectSource> {
  const classes = ['hat', '../..', 'test'].map((label, index) => ({
    id: `${String(index)}-abcd`,
    label,
    index,
  }));
  const drawn = { hash: 'ef'.repeat(32), name: 'drawing.svg' };
  const samples = [
    await sample(1, '0-abcd', { name: '.htaccess' }),
    await sample(2, '0-abcd', { name: '.htaccess', purpose: 'judge' }),
    await sample(3, '1-abcd', { name: 'a/b\\c:d.png' }),
    await sample(4, '2-abcd', drawn),
    await sample(5, null),
  ];
  let versioned = edit(EMPTY, { kind: 'add-classes', classes }, 'a');
  versioned = edit(versioned, { kind: 'add-samples', samples }, 'a');
  versioned = edit(versioned, { kind: 'remove-samples', ids: ['s2'] }, 'b');
  versioned = edit(versioned, { kind: 'rename-project', name: 'Hats' }, 'c');
  versioned = undo(versioned) ?? versioned;
  const pictures = samples.map(
    ({ hash }, index) => [hash, new Blob([pictureOf(index + 1)], { type: 'image/png' })] as const,
  );
  const readContents = contentsOf(new Map(pictures));
  return { versioned, classifier: CLASSIFIER, createdAtMillis: 7, readContents };
}

async function write(source: ProjectSource): Promise<{ readonly file: File; lost: number }> {
  const stream = new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>();
  const bytes = new Response(stream.readable).arrayBuffer();
  const lost = await writeProject(source, stream.writable);
  return { file: new File([await bytes], 'my.zip'), lost };
}

async function open(file: File): Promise<ProjectFile> {
  const opened = await openProjectFile(file);
  if (!opened.ok) throw new Error(JSON.stringify(opened.problem));
  return opened.value;
}

async function all(file: ProjectFile): Promise<PackedContent[]> {
  const found: PackedContent[] = [];
  for await (const content of file.contents()) found.push(content);
  return found;
}

/** The entries of a file as they lie in it, unpacked, to be changed and packed anew. */
async function entriesOf(file: File): Promise<Map<string, Uint8Array<ArrayBuffer>>> {
  const { BlobReader, Uint8ArrayWriter, ZipReader } = await import('@zip.js/zip.js');
  const entries = new Map<string, Uint8Array<ArrayBuffer>>();
  for (const entry of await new ZipReader(new BlobReader(file)).getEntries())
    if (!entry.directory)
      entries.set(entry.filename, new Uint8Array(await entry.getData(new Uint8ArrayWriter())));
  return entries;
}

async function changed(
  change: (entries: Map<string, Uint8Array<ArrayBuffer>>) => void,
): Promise<File> {
  const entries = await entriesOf((await write(await example())).file);
  change(entries);
  return buildZip(
    'my.zip',
    Array.from(entries, ([name, bytes]): ZipPart => ({ name, bytes })),
  );
}

/** Replaces text in an entry. */
function replacing(name: string, from: string | RegExp, to: string) {
  return (entries: Map<string, Uint8Array<ArrayBuffer>>): void => {
    const before = new TextDecoder().decode(entries.get(name));
    const after = before.replace(from, to);
    expect(after).not.toBe(before);
    entries.set(name, encode(after));
  };
}

describe('a project that goes out', () => {
  test('comes back equal: dataset, history, classifier and pictures', async () => {
    const source = await example();
    const { file, lost } = await write(source);
    expect(lost).toBe(0);
    const back = await open(file);
    expect(back.problems).toEqual([]);
    expect(back.versioned).toEqual(source.versioned);
    expect(back.classifier).toEqual(CLASSIFIER);
    expect(back.createdAtMillis).toBe(7);
    const contents = await all(back);
    expect(contents).toHaveLength(5);
    expect(back.contentCount).toBe(5);
    const texts = contents.map((one) => new TextDecoder().decode(one.file.bytes));
    expect(texts.toSorted()).toEqual([1, 2, 3, 4, 5].map((number) => `picture ${String(number)}`));
    const [first] = contents;
    expect(first?.file.type).toBe('image/png');
    expect(first?.thumbnail?.type).toBe('image/jpeg');
    expect(new TextDecoder().decode(first?.thumbnail?.bytes)).toBe(`small ${String(first?.hash)}`);
  });

  test('has no thumbnail where a picture is its own', async () => {
    const source = await example();
    const readContents: ProjectSource['readContents'] = async function* (hashes) {
      for await (const content of source.readContents(hashes))
        yield { ...content, thumbnail: null };
    };
    const { file, lost } = await write({ ...source, readContents });
    expect(lost).toBe(0);
    const contents = await all(await open(file));
    expect(contents.map(({ thumbnail }) => thumbnail)).toEqual(Array(5).fill(null));
  });

  test('has its pictures in class folders that any program can unpack', async () => {
    const { file } = await write(await example());
    const names = [...(await entriesOf(file)).keys()];
    expect(names[0]).toBe(PROJECT_FILE);
    expect(names.at(-1)).toBe(CONTENTS_FILE);
    const shown = names.filter((name) => !name.startsWith('.headstart/'));
    expect(shown).toEqual([
      'hat/_htaccess.png',
      '_._._/a_b_c_d.png',
      'test_/drawing.svg.png',
      'No label/5.png',
    ]);
    expect(shown.some((name) => name.split('/').some((step) => /^\.*$/u.test(step)))).toBe(false);
    expect(await isProjectFile(file)).toBe(true);
  });

  test('comes back equal whatever was done, undone and done again', async () => {
    const acts = fc.array(
      fc.tuple(fc.constantFrom('edit', 'edit', 'edit', 'undo', 'redo'), editSeed),
      { maxLength: 25 },
    );
    await fc.assert(
      fc.asyncProperty(acts, async (done) => {
        let versioned = EMPTY;
        for (const [index, [act, seed]] of done.entries()) {
          if (act === 'undo') versioned = undo(versioned) ?? versioned;
          else if (act === 'redo') versioned = redo(versioned) ?? versioned;
          else
            versioned = edit(
              versioned,
              editOf(versioned.dataset, seed, index + 1),
              `g${String(index >> (seed.count % 3))}`,
            );
        }
        // These hashes are of no content: as if each picture had been converted.
        const readContents: ProjectSource['readContents'] = async function* (hashes) {
          for (const hash of hashes) {
            await Promise.resolve();
            const file = new Blob([hash], { type: 'image/png' });
            yield { hash, file, thumbnail: file };
          }
        };
        const { file } = await write({
          versioned,
          classifier: null,
          createdAtMillis: 1,
          readContents,
        });
        const back = await open(file);
        expect(back.problems).toEqual([]);
        expect(back.versioned).toEqual(versioned);
      }),
      { numRuns: 40 },
    );
  });

  test('is cancelled between two pictures, and its stream is aborted', async () => {
    const source = await example();
    const controller = new AbortController();
    let aborted: unknown = null;
    const sink = new WritableStream<Uint8Array>({
      abort: (reason) => {
        aborted = reason;
      },
    });
    const onReport = (): void => {
      controller.abort();
    };
    const writing = writeProject(source, sink, { signal: controller.signal, onReport });
    await expect(writing).rejects.toBeInstanceOf(Cancelled);
    expect(aborted).toBeInstanceOf(Cancelled);
  });

  test('says how many pictures had no content', async () => {
    const source = await example();
    const { file, lost } = await write({ ...source, readContents: contentsOf(new Map()) });
    expect(lost).toBe(5);
    expect((await open(file)).problems).toEqual([{ code: 'project-damaged', pictures: 4 }]);
  });
});

describe('a project file that was changed', () => {
  test('gives up pictures whose bytes are others, and the history with them', async () => {
    const file = await changed((entries) => {
      entries.set('hat/_htaccess.png', encode('another'));
    });
    const back = await open(file);
    expect(back.problems).toEqual([{ code: 'project-damaged', pictures: 1 }]);
    expect(back.versioned.dataset.samples.map(({ id }) => id)).toEqual(['s3', 's4', 's5']);
    expect(back.versioned.history).toEqual(NO_HISTORY);
    expect(await all(back)).toHaveLength(4);
  });

  test('cannot pass off one picture under the hash of another', async () => {
    const bytes = encode('another');
    const [sha256, right] = await Promise.all([hashOf(bytes), hashOf(pictureOf(1))]);
    const file = await changed((entries) => {
      entries.set('hat/_htaccess.png', bytes);
      replacing(CONTENTS_FILE, `"sha256":"${right}"`, `"sha256":"${sha256}"`)(entries);
      replacing(CONTENTS_FILE, /"type":"image\/png"/u, '"type":"image/jpeg"')(entries);
    });
    expect((await open(file)).problems).toEqual([{ code: 'project-damaged', pictures: 1 }]);
  });

  test('keeps its pictures where the classifier is no good', async () => {
    const file = await changed((entries) => {
      entries.set(WEIGHTS_FILE, new Uint8Array(8));
    });
    const back = await open(file);
    expect(back.classifier).toBeNull();
    expect(back.problems).toMatchObject([{ code: 'classifier-invalid', file: WEIGHTS_FILE }]);
    expect(back.versioned.dataset.samples).toHaveLength(4);
  });

  test.each([
    ['of a later version', PROJECT_FILE, '"version":1', '"version":2', 'version must be one of 1'],
    ['with a sample that is no line', PROJECT_FILE, '"samples":[0', '"samples":[99', 'samples[0]'],
    ['whose edits do not fit', PROJECT_FILE, '"ids":["s2"]', '"ids":["s9"]', "doesn't fit"],
    ['with a hostile id', SAMPLES_FILE, '"id":"s1"', '"id":"__proto__"', 'line 1: id has a form'],
    ['with a hash that is none', SAMPLES_FILE, /"hash":"../u, '"hash":"..', 'hash has a form'],
    ['with a type that runs', CONTENTS_FILE, 'image/png', 'image/svg+xml', 'type has a form'],
    ['that is no JSON', CONTENTS_FILE, '{', '{{', 'not valid JSON'],
  ])('%s is refused with the place', async (_, name, from, to, reason) => {
    const opened = await openProjectFile(await changed(replacing(name, from, to)));
    expect(opened).toMatchObject({
      ok: false,
      problem: { code: 'project-file-invalid', file: 'my.zip' },
    });
    expect(JSON.stringify(opened)).toContain(reason);
  });

  test('or is no zip, is refused', async () => {
    const opened = await openProjectFile(new File(['no zip'], 'x.zip'));
    expect(opened).toEqual({ ok: false, problem: { code: 'zip-damaged', file: 'x.zip' } });
    const other = await openProjectFile(
      await buildZip('y.zip', [{ name: 'a', bytes: encode('a') }]),
    );
    expect(other).toMatchObject({ problem: { code: 'project-file-invalid' } });
    expect(await isProjectFile(new File(['no zip'], 'x.zip'))).toBe(false);
  });

  test('in any byte gives a project or a problem', async () => {
    const { file } = await write(await example());
    const good = new Uint8Array(await file.arrayBuffer());
    const flips = fc.array(fc.tuple(fc.nat(good.length - 1), fc.nat(255)), {
      minLength: 1,
      maxLength: 5,
    });
    await fc.assert(
      fc.asyncProperty(flips, fc.nat(good.length), async (changes, cut) => {
        const bytes = good.slice();
        for (const [place, value] of changes) bytes[place] = value;
        const some = cut % 5 === 0 ? bytes.slice(0, cut) : bytes;
        const opened = await openProjectFile(new File([some], 'x.zip'));
        if (opened.ok) await all(opened.value);
        else expect(opened.problem.code).toMatch(/^(?:zip-damaged|project-file-invalid)$/u);
      }),
      { numRuns: 200 },
    );
  });
});
