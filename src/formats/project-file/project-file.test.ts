import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { edit, NO_HISTORY, redo, undo } from '../../core/history.ts';
import { Cancelled } from '../../core/problem.ts';
import { editOf, editSeed } from '../../core/testing/random-edits.ts';
import type { PackedContent, ProjectFile, ProjectSource } from '../contract.ts';
import { buildZip, type ZipPart } from '../testing/build-zip.ts';
import {
  CLASSIFIER,
  contentsOf,
  EMPTY,
  entriesOf,
  exampleProject,
  pictureOf,
  writeToFile,
} from '../testing/example-project.ts';
import { hashOf } from '../../core/hash.ts';
import { isProjectFile } from '../read-drop.ts';
import { CONTENTS_FILE, PROJECT_FILE, SAMPLES_FILE, WEIGHTS_FILE } from './layout.ts';
import { openProjectFile } from './read.ts';
import { writeProject } from './write.ts';

const encode = (text: string) => new TextEncoder().encode(text);

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

async function changed(
  change: (entries: Map<string, Uint8Array<ArrayBuffer>>) => void,
): Promise<File> {
  const entries = await entriesOf((await writeToFile(await exampleProject())).file);
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
    const source = await exampleProject();
    const { file, problems } = await writeToFile(source);
    expect(problems).toEqual([]);
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
    const source = await exampleProject();
    const readContents: ProjectSource['readContents'] = async function* (hashes) {
      for await (const content of source.readContents(hashes))
        yield { ...content, thumbnail: null };
    };
    const { file, problems } = await writeToFile({ ...source, readContents });
    expect(problems).toEqual([]);
    const contents = await all(await open(file));
    expect(contents.map(({ thumbnail }) => thumbnail)).toEqual(Array(5).fill(null));
  });

  test('has its pictures in class folders that any program can unpack', async () => {
    const { file } = await writeToFile(await exampleProject());
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
        const { file } = await writeToFile({
          versioned,
          classifier: null,
          backbone: null,
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
    const source = await exampleProject();
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
    const source = await exampleProject();
    const readContents = contentsOf(new Map());
    const { file, problems } = await writeToFile({ ...source, readContents });
    expect(problems).toEqual([{ code: 'project-damaged', pictures: 5 }]);
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
    });
    expect((await open(file)).problems).toEqual([{ code: 'project-damaged', pictures: 1 }]);
    // Only a drawing has another hash than what is kept of it, and that is a PNG.
    const drawn = await changed((entries) => {
      entries.set('hat/_htaccess.png', bytes);
      replacing(CONTENTS_FILE, `"sha256":"${right}"`, `"sha256":"${sha256}"`)(entries);
      replacing(CONTENTS_FILE, /"type":"image\/png"/u, '"type":"image/jpeg"')(entries);
      replacing(CONTENTS_FILE, '"converted":false', '"converted":true')(entries);
    });
    expect((await open(drawn)).problems).toEqual([{ code: 'project-damaged', pictures: 1 }]);
  });

  test('gives up a drawing whose kept bytes are others', async () => {
    const file = await changed((entries) => {
      entries.set('test_/drawing.svg.png', encode('another'));
    });
    expect((await open(file)).problems).toEqual([{ code: 'project-damaged', pictures: 1 }]);
  });

  test('has an entry for each picture: one that several name is read once', async () => {
    const file = await changed(
      replacing(CONTENTS_FILE, '"file":"_._._/a_b_c_d.png"', '"file":"hat/_htaccess.png"'),
    );
    const back = await open(file);
    expect(back.problems).toEqual([{ code: 'project-damaged', pictures: 1 }]);
    expect(await all(back)).toHaveLength(4);
  });

  test('to unpack to many times its size is refused', async () => {
    const bytes = new Uint8Array(1000);
    const bomb = { bytes, deflate: true, claimedBytes: 60 * 2 ** 20 };
    const file = await buildZip('bomb.zip', [
      { ...bomb, name: PROJECT_FILE },
      { ...bomb, name: SAMPLES_FILE },
    ]);
    expect(await openProjectFile(file)).toEqual({
      ok: false,
      problem: {
        code: 'project-file-invalid',
        file: 'bomb.zip',
        reason: 'it would unpack to 126 MB',
      },
    });
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
    const { file } = await writeToFile(await exampleProject());
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
