import { describe, expect, test, vi } from 'vitest';
import { DEFAULT_PROJECT_OPTIONS } from '../../core/default-options.ts';
import { edit } from '../../core/history.ts';
import type { ProjectFile, ProjectSource } from '../contract.ts';
import { buildZip, type ZipPart } from '../testing/build-zip.ts';
import {
  CLASSIFIER,
  entriesOf,
  exampleOnOwnBackbone,
  exampleProject,
  writeToFile,
} from '../testing/example-project.ts';
import { packBackbone } from './backbone.ts';
import { BACKBONE_FOLDER, PROJECT_FILE } from './layout.ts';
import { openProjectFile } from './read.ts';

const MODEL = `${BACKBONE_FOLDER}model.json`;
const WEIGHTS = `${BACKBONE_FOLDER}weights-1.bin`;
const decode = (bytes?: Uint8Array) => new TextDecoder().decode(bytes);
const encode = (text: string) => new TextEncoder().encode(text);

async function open(file: File): Promise<ProjectFile> {
  const opened = await openProjectFile(file);
  if (!opened.ok) throw new Error(JSON.stringify(opened.problem));
  return opened.value;
}

type Change = (entries: Map<string, Uint8Array<ArrayBuffer>>) => void;

/** @param change of what lies in the file. @param claim of what an entry's header says of its size. */
async function changed(
  change: Change,
  source?: ProjectSource,
  claim: Partial<ZipPart> = {},
): Promise<ProjectFile> {
  const { file } = await writeToFile(source ?? (await exampleOnOwnBackbone()));
  const entries = await entriesOf(file);
  change(entries);
  const parts = Array.from(entries, ([name, bytes]): ZipPart => {
    return { name, bytes, ...(name === WEIGHTS ? claim : {}) };
  });
  return open(await buildZip('my.zip', parts));
}

function replacing(name: string, from: string | RegExp, to: string): Change {
  return (entries) => {
    const before = decode(entries.get(name));
    const after = before.replace(from, to);
    expect(after).not.toBe(before);
    entries.set(name, encode(after));
  };
}

/** Without the backbone everything else is there. */
function expectTheRest(back: ProjectFile, file: string, reason: RegExp): void {
  expect(back.backbone).toBeNull();
  expect(back.problems).toEqual([
    { code: 'project-backbone-invalid', file, reason: expect.stringMatching(reason) as string },
  ]);
  expect(back.classifier).not.toBeNull();
  expect(back.versioned.dataset.samples).toHaveLength(4);
  expect(back.versioned.history.done).not.toEqual([]);
  expect(back.contentCount).toBe(5);
}

describe('a backbone of the person’s own', () => {
  test('comes back byte for byte under the name it had, with the project that uses it', async () => {
    const source = await exampleOnOwnBackbone();
    const { file, problems } = await writeToFile(source);
    expect(problems).toEqual([]);
    const back = await open(file);
    expect(back.problems).toEqual([]);
    expect(back.versioned).toEqual(source.versioned);
    expect(back.classifier).toEqual(source.classifier);
    expect(back.backbone).toMatchObject({ id: source.backbone.id, inputRange: [0, 1] });
    const [weights, main] = source.backbone.files;
    const files = back.backbone?.files ?? [];
    expect(files.map(({ name }) => name)).toEqual(['<b>my model.JSON', weights?.name]);
    expect(await files[0]?.bytes()).toEqual(await main?.bytes());
    expect(await files[1]?.bytes()).toEqual(await weights?.bytes());
  });

  test('comes back without a classifier too', async () => {
    const source = await exampleOnOwnBackbone();
    const { file } = await writeToFile({ ...source, classifier: null });
    const back = await open(file);
    expect(back.backbone?.id).toBe(source.backbone.id);
    expect(back.problems).toEqual([]);
  });

  test('lies in a folder of its own, under no name that a stranger chose', async () => {
    const source = await exampleOnOwnBackbone();
    const entries = await entriesOf((await writeToFile(source)).file);
    const own = [...entries.keys()].filter((name) => name.startsWith(BACKBONE_FOLDER));
    expect(own).toEqual([MODEL, WEIGHTS]);
    const none = await entriesOf((await writeToFile(await exampleProject())).file);
    expect([...none.keys()].some((name) => name.startsWith(BACKBONE_FOLDER))).toBe(false);
  });

  test('whose files can’t be read any more is said, and the rest is written', async () => {
    const source = await exampleOnOwnBackbone();
    const [weights, main] = source.backbone.files;
    const gone = Object.assign(new File(['x'], 'weights.bin'), {
      arrayBuffer: () => Promise.reject(new Error('gone')),
    });
    Object.defineProperty(gone, 'size', { value: weights?.size });
    for (const [files, reason] of [
      [[main], /lacks/],
      [[main, new File(['x'], weights?.name ?? '')], /bytes of weights/],
      [[main, gone], /gone/],
    ] as const) {
      const backbone = { ...source.backbone, files: files.flatMap((file) => file ?? []) };
      const { file, problems } = await writeToFile({ ...source, backbone });
      expect(problems).toMatchObject([{ file: '<b>my model.JSON' }]);
      expect(JSON.stringify(problems)).toMatch(reason);
      const back = await open(file);
      expect(back.backbone).toBeNull();
      expect(back.problems).toEqual([]);
      expect(back.contentCount).toBe(5);
    }
  });
});

test('a backbone that is too large to be read back is not written', async () => {
  const weights = [{ name: 'a', shape: [2 ** 26], dtype: 'float32' }];
  const model = { modelTopology: { node: [] }, weightsManifest: [{ paths: ['w.bin'], weights }] };
  const large = Object.assign(new File([], 'w.bin'), {
    arrayBuffer: () => Promise.resolve(new ArrayBuffer(2 ** 28)),
  });
  Object.defineProperty(large, 'size', { value: 2 ** 28 });
  const files = [new File([JSON.stringify(model)], 'model.json'), large];
  expect(await packBackbone({ id: 'own-0123456789ab', files, inputRange: [0, 1] })).toEqual({
    ok: false,
    problem: { code: 'project-backbone-invalid', file: 'model.json', reason: 'it is too large' },
  });
});

describe('a project file with a backbone that is not what it says: the rest opens, and it says which file', () => {
  test.each<[string, Change, string, RegExp]>([
    ['no model.json', (all) => all.delete(MODEL), MODEL, /missing/],
    ['no weights', (all) => all.delete(WEIGHTS), WEIGHTS, /missing/],
    [
      'weights cut off',
      (all) => all.set(WEIGHTS, cut(all.get(WEIGHTS))),
      MODEL,
      /bytes of weights/,
    ],
    [
      'a model.json cut off',
      (all) => all.set(MODEL, cut(all.get(MODEL))),
      MODEL,
      /JSON|Unterminated/,
    ],
    ['other weights', (all) => all.get(WEIGHTS)?.fill(1), MODEL, /another model/],
    ['another model', replacing(MODEL, '"name":"', '"name":"x'), MODEL, /another model/],
    ['an input that is no picture', replacing(MODEL, '64,64,3', '64,64,4'), MODEL, /shape/],
    [
      'a manifest of more files',
      replacing(MODEL, '"paths":[', '"paths":["../../x",'),
      `${BACKBONE_FOLDER}weights-2.bin`,
      /missing/,
    ],
    [
      'a hostile range',
      replacing(PROJECT_FILE, '"inputRange":[0,1]}', '"inputRange":[1,0]}'),
      PROJECT_FILE,
      /rise/,
    ],
    [
      'a name that is no model’s',
      replacing(PROJECT_FILE, 'my model.JSON', '../x'),
      PROJECT_FILE,
      /name/,
    ],
    [
      'a backbone that is none',
      replacing(PROJECT_FILE, /"backbone":\{"name":.*\}/u, '"backbone":7}'),
      PROJECT_FILE,
      /object/,
    ],
  ])('%s', async (_, change, file, reason) => {
    expectTheRest(await changed(change), file, reason);
  });

  test('weights that would unpack to gigabytes', async () => {
    const claim = { deflate: true, claimedBytes: 2 ** 28 };
    const large = (all: Map<string, Uint8Array<ArrayBuffer>>) =>
      // The archive as a whole may unpack to so much: only this entry is too large.
      all.set('ballast', new Uint8Array(2 ** 23));
    const inflate = vi.spyOn(globalThis, 'DecompressionStream');
    expectTheRest(await changed(large, undefined, claim), WEIGHTS, /too large/);
    expect(inflate).not.toHaveBeenCalled();
    inflate.mockRestore();
  });

  test('an id that its bytes don’t give', async () => {
    const source = await exampleOnOwnBackbone();
    const options = { ...DEFAULT_PROJECT_OPTIONS, backboneId: 'own-0123456789ab' };
    const versioned = edit(source.versioned, { kind: 'set-options', options }, 'e');
    const back = await changed(() => undefined, { ...source, versioned });
    expectTheRest(back, MODEL, /another model/);
  });

  test('an id that only the first digits of its hash give', async () => {
    const source = await exampleOnOwnBackbone();
    const { sha256 } = source.classifier.backbone;
    const other = sha256.slice(0, 63) + (sha256.endsWith('0') ? '1' : '0');
    const backbone = { ...source.classifier.backbone, sha256: other };
    const classifier = { ...source.classifier, backbone };
    const back = await changed(() => undefined, { ...source, classifier });
    expectTheRest(back, MODEL, /another model/);
  });

  test('one in place of a public one', async () => {
    const { backbone } = await exampleOnOwnBackbone();
    const source = await exampleProject();
    const { file } = await writeToFile({ ...source, classifier: CLASSIFIER, backbone });
    expectTheRest(await open(file), MODEL, /another model/);
  });
});

test('a project file of before, without a word of a backbone, opens as it did', async () => {
  const back = await changed(
    replacing(PROJECT_FILE, ',"backbone":null}', '}'),
    await exampleProject(),
  );
  expect(back.backbone).toBeNull();
  expect(back.problems).toEqual([]);
});

function cut(bytes: Uint8Array<ArrayBuffer> = new Uint8Array()): Uint8Array<ArrayBuffer> {
  return bytes.slice(0, bytes.length - 4);
}
