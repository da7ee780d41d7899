/** The parsers that read files of strangers, each with good files to begin with. */
import type { Random } from '../../src/core/random.ts';
import { failed, ok, type Result } from '../../src/core/problem.ts';
import { refuseDrawing } from '../../src/engine/picture/drawing.ts';
import { readHeader } from '../../src/engine/picture/open.ts';
import { asFiles } from '../../src/engine/testing/parts.ts';
import { tinyLayersModel } from '../../src/engine/testing/tiny-layers-model.ts';
import { tinyMobilenet } from '../../src/engine/testing/tiny-mobilenet.ts';
import { readModelFiles } from '../../src/network/read/model-parts.ts';
import { readBackbone, readNetwork } from '../../src/network/read/read-backbone.ts';
import { cleanPath } from '../../src/formats/entry-path.ts';
import { readClassifier } from '../../src/formats/read-classifier.ts';
import { readDrop } from '../../src/formats/read-drop.ts';
import { readTeachable } from '../../src/formats/teachable/read-teachable.ts';
import { buildZip, type ZipPart } from '../../src/formats/testing/build-zip.ts';
import { exampleSource } from '../../src/formats/testing/example-classifier.ts';
import { teachableExport } from '../../src/formats/testing/teachable-export.ts';
import {
  entriesOf,
  exampleOnOwnBackbone,
  writeToFile,
} from '../../src/formats/testing/example-project.ts';
import { openProjectFile } from '../../src/formats/project-file/read.ts';
import { writeClassifier } from '../../src/formats/write-classifier.ts';
import { collectPictures, inFolderOrder } from '../../src/pipeline/collect.ts';
import { UNUSUAL } from '../../e2e/fixtures/bad-pictures.ts';
import { mutateBytes } from './mutate-bytes.ts';
import { mutateJson } from './mutate-json.ts';
import {
  deepClassifier,
  DRAWING,
  SLOW_DRAWINGS,
  SLOW_PATHS,
  SLOW_PROJECT_FILES,
  SLOW_PICTURES,
  weightOverAndOver,
} from './slow-inputs.ts';

/** Files by their names. */
export type Files = ReadonlyMap<string, Uint8Array<ArrayBuffer>>;

export interface Target {
  readonly name: string;
  /** Another input for each turn of the random numbers. */
  readonly make: (random: Random) => Promise<Files>;
  /** Inputs that are made to take long, tried before all others. */
  readonly slow?: readonly (() => Files | Promise<Files>)[];
  /** Never throws, whatever it is given: that is what is tested. */
  readonly read: (files: Files) => Promise<Result<unknown>>;
}

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
const encode = (value: string) => new TextEncoder().encode(value);
const bytesOf = async (file: Blob) => new Uint8Array(await file.arrayBuffer());
const fileOf = (name: string, bytes: Uint8Array<ArrayBuffer>) =>
  new File([bytes], name.slice(name.lastIndexOf('/') + 1));

/** Good files with one or two of them changed: JSON mostly in its tree, all others in their bytes. */
function mutateFiles(files: Files, random: Random): Files {
  const changed = new Map(files);
  const names = [...files.keys()];
  for (let times = 1 + random.int(2); times > 0; times--) {
    const name = names[random.int(names.length)] ?? '';
    const bytes = changed.get(name) ?? new Uint8Array();
    if (random.int(40) === 0) changed.delete(name);
    else if (name.endsWith('.json') && random.int(5) > 0)
      changed.set(name, encode(mutateJson(text(bytes), random)));
    else changed.set(name, mutateBytes(bytes, random));
  }
  return changed;
}

function changing(seeds: () => Promise<Files>): Target['make'] {
  let made: Promise<Files> | null = null;
  return async (random) => {
    made ??= seeds();
    return mutateFiles(await made, random);
  };
}

const asMap = (files: Files) =>
  new Map(Array.from(files, ([name, bytes]) => [name, fileOf(name, bytes)] as const));

async function readModel(files: Files): Promise<Result<unknown>> {
  const parts = await readModelFiles([...asMap(files).values()]);
  if (!parts.ok) return parts;
  const hints = { asked: null, hosting: null, isMobilenet: true };
  const reading = readBackbone('model.json', parts.value, hints);
  // No mutant's own side: a network of a thousand pixels a side takes long to read and tells no more.
  return reading.ok ? readNetwork(parts.value, { ...reading.value, inputSidePx: 64 }) : reading;
}

const HOSTILE_NAMES = [
  '../../etc/passwd.jpg',
  '/root.png',
  'C:\\windows\\x.png',
  '__proto__/1.jpg',
  'a/b/../../c.jpg',
  'a\u0000b.jpg',
  '\u202egpj.exe',
  'x'.repeat(5000),
  '-!-0.jpg',
  '-!--!-.jpg',
  'inner.zip',
  'manifest.json',
  'metadata.json',
  'model.json',
  '',
];
const SIZES = [0, 1, 2 ** 31, 2 ** 32 - 1];

/** Archives of hostile entries, then changed in their bytes, mostly where the directory lies. */
function makeArchive(name: string, good: readonly string[]): Target['make'] {
  return async (random) => {
    const count = random.int(100) === 0 ? 25_000 : 1 + random.int(8);
    const parts = Array.from({ length: count }, (_, index): ZipPart => {
      const names = random.int(3) === 0 ? HOSTILE_NAMES : good;
      return {
        name: names[(index + random.int(3)) % names.length] ?? '',
        bytes: count > 100 ? new Uint8Array() : new Uint8Array(random.int(2000)).fill(index),
        deflate: count < 100 && random.int(2) === 0,
        ...(random.int(8) === 0 ? { claimedBytes: SIZES[random.int(SIZES.length)] ?? 0 } : {}),
        ...(random.int(12) === 0 ? { claimedCrc: random.int(2 ** 32) } : {}),
        ...(random.int(20) === 0 ? { encrypted: true } : {}),
      };
    });
    const bytes = await bytesOf(await buildZip(name, parts));
    if (random.int(3) === 0) return new Map([[name, bytes]]);
    const from = random.int(2) === 0 ? 0 : Math.max(0, bytes.length - 60 * parts.length);
    const tail = mutateBytes(bytes.slice(from), random);
    return new Map([[name, new Uint8Array(await bytesOf(new Blob([bytes.slice(0, from), tail])))]]);
  };
}

async function readDropped(files: Files): Promise<Result<unknown>> {
  const dropped = Array.from(files, ([path, bytes]) => ({ path, file: fileOf(path, bytes) }));
  const found = await readDrop(dropped);
  if (!found.ok || found.value.kind !== 'pictures') return found;
  const [problem] = found.value.problems;
  return found.value.files.length === 0 && problem !== undefined ? failed(problem) : found;
}

/** What lies in a good project file: of its lines some are changed, and it is packed anew. */
const PROJECT_ENTRIES = exampleOnOwnBackbone()
  .then(writeToFile)
  .then(({ file }) => entriesOf(file));

async function makeProjectFile(random: Random): Promise<Files> {
  const entries = new Map(await PROJECT_ENTRIES);
  for (let times = random.int(3); times > 0; times--) {
    const names = [...entries.keys()];
    // Mostly what is read first: where it is no good, the rest doesn't count.
    const name = names[random.int(random.int(3) === 0 ? names.length : 2)] ?? '';
    const lines = text(entries.get(name) ?? new Uint8Array()).split('\n');
    const line = random.int(lines.length);
    lines[line] = mutateJson(lines[line] ?? '', random);
    if (random.int(8) === 0) lines.splice(line, 0, lines[random.int(lines.length)] ?? '');
    entries.set(name, encode(lines.join('\n')));
  }
  const parts = Array.from(mutateSometimes(entries, random), ([name, bytes]): ZipPart => ({
    name,
    bytes,
    deflate: random.int(2) === 0,
  }));
  const bytes = await bytesOf(await buildZip('my.zip', parts));
  return new Map([['my.zip', random.int(4) === 0 ? mutateBytes(bytes, random) : bytes]]);
}

function mutateSometimes(files: Files, random: Random): Files {
  return random.int(4) === 0 ? mutateFiles(files, random) : files;
}

async function readProjectFile(files: Files): Promise<Result<unknown>> {
  const [[name, bytes] = ['', new Uint8Array()]] = files;
  const opened = await openProjectFile(fileOf(name, bytes));
  if (!opened.ok) return opened;
  let count = 0;
  for await (const { file } of opened.value.contents()) count += file.bytes.length > 0 ? 1 : 0;
  return ok(count);
}

/** Pictures of every format, one of them changed in its first bytes, where its header is. */
async function makePicture(random: Random): Promise<Files> {
  const pictures = Object.values(UNUSUAL);
  const { name, buffer } = pictures[random.int(pictures.length)] ?? UNUSUAL.svg;
  const [head, tail] = [buffer.subarray(0, 400), buffer.subarray(400)];
  const bytes = await bytesOf(
    new Blob([mutateBytes(new Uint8Array(head), random), Uint8Array.from(tail)]),
  );
  return new Map([[name, bytes]]);
}

const STEPS = [
  'hat',
  'Train',
  'test',
  '..',
  ' ',
  '𝔥',
  'e\u0301\u0323',
  '\u200b',
  '007',
  'x'.repeat(300),
];
const BETWEEN = ['/', '\\', '//', '/./', ''];

/** Paths of steps that mean something, and hostile ones. */
function makePaths(random: Random): Promise<Files> {
  const pick = (list: readonly string[]) => list[random.int(list.length)] ?? '';
  const path = () =>
    Array.from({ length: random.int(6) }, () => pick(STEPS) + pick(BETWEEN)).join('') +
    pick([...HOSTILE_NAMES, '1.jpg', '2.png']);
  const bytes = encode('x');
  return Promise.resolve(
    new Map(Array.from({ length: 1 + random.int(30) }, () => [path(), bytes] as const)),
  );
}

export const TARGETS: readonly Target[] = [
  {
    name: 'zip',
    make: makeArchive('my.zip', ['hat/1.jpg', 'hat/2.png', 'shoe/1.jpg', 'readme.txt']),
    read: readDropped,
  },
  {
    name: 'project',
    make: makeArchive('my.tm', ['hat-!-0.jpg', 'hat-!-1.jpg', 'shoe-!-0.jpg', 'manifest.json']),
    read: readDropped,
  },
  {
    name: 'project-file',
    make: makeProjectFile,
    slow: SLOW_PROJECT_FILES,
    read: readProjectFile,
  },
  {
    name: 'classifier',
    make: changing(() =>
      Promise.resolve(
        new Map(writeClassifier(exampleSource(), 'fuzz').map((one) => [one.name, one.bytes])),
      ),
    ),
    read: (files) => readClassifier(asMap(files)),
  },
  {
    name: 'teachable',
    make: changing(async () => {
      const files = Array.from(teachableExport(), async ([name, file]) => {
        return [name, await bytesOf(file)] as const;
      });
      return new Map(await Promise.all(files));
    }),
    slow: [deepClassifier],
    read: (files) => readTeachable(asMap(files)),
  },
  {
    name: 'layers-model',
    make: changing(() => filesOf(asFiles(tinyLayersModel({ top: true })))),
    read: readModel,
  },
  {
    name: 'graph-model',
    make: changing(() => filesOf(asFiles(tinyMobilenet({ sidePx: 64, fromHub: true })))),
    slow: [weightOverAndOver],
    read: readModel,
  },
  {
    name: 'picture',
    make: makePicture,
    slow: SLOW_PICTURES,
    read: async (files) => {
      const [[name, bytes]] = [...files] as [[string, Uint8Array<ArrayBuffer>]];
      return readHeader(fileOf(name, bytes), name);
    },
  },
  {
    name: 'drawing',
    make: changing(() => Promise.resolve(new Map([['drawing.svg', encode(DRAWING)]]))),
    slow: SLOW_DRAWINGS,
    read: (files) => {
      const [[name, bytes] = ['', new Uint8Array()]] = files;
      return Promise.resolve(refuseDrawing(bytes, name) ?? ok(null));
    },
  },
  {
    name: 'path',
    make: makePaths,
    slow: SLOW_PATHS,
    read: (files) => {
      const dropped = Array.from(files, ([path, bytes]) => ({
        path: cleanPath(path),
        file: fileOf(path, bytes),
      }));
      const { pictures } = collectPictures(inFolderOrder(dropped), [], new Map(), null, 'Class 1');
      return Promise.resolve(
        pictures.length > 0 ? ok(pictures) : failed({ code: 'file-not-an-image', file: '' }),
      );
    },
  },
];

async function filesOf(files: readonly File[]): Promise<Files> {
  return new Map(
    await Promise.all(files.map(async (file) => [file.name, await bytesOf(file)] as const)),
  );
}
