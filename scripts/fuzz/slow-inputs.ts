/** Inputs that would take a careless reader hours: each is large and repeats what one might look back over. */
import { createLayersWriter } from '../../src/engine/testing/layers-writer.ts';
import type { Sample } from '../../src/core/dataset.ts';
import {
  BACKBONE_FOLDER,
  CONTENTS_FILE,
  PROJECT_FILE,
  SAMPLES_FILE,
} from '../../src/formats/project-file/layout.ts';
import { buildZip, join } from '../../src/formats/testing/build-zip.ts';
import {
  entriesOf,
  exampleOnOwnBackbone,
  writeToFile,
} from '../../src/formats/testing/example-project.ts';
import { LABELS, teachableExport } from '../../src/formats/testing/teachable-export.ts';
import type { Files } from './targets.ts';

type Bytes = Uint8Array<ArrayBuffer>;

const encode = (text: string): Bytes => new TextEncoder().encode(text);
/** One character a byte. */
const binary = (text: string): Bytes => Uint8Array.from(text, (byte) => byte.charCodeAt(0));
const decode = (bytes: Bytes | undefined) => new TextDecoder().decode(bytes);
const bytesOf = async (file: Blob) => new Uint8Array(await file.arrayBuffer());

const SVG_STARTS = [
  '<!---->'.repeat(30_000) + 'x',
  '<?x?>'.repeat(40_000) + '<sv',
  '<!DOCTYPE svg>'.repeat(15_000),
  '<!DOCTYPE svg [' + '] '.repeat(100_000),
  '<!DOCTYPE ' + '[]'.repeat(100_000),
  '<!DOCTYPE svg ' + 'x'.repeat(200_000) + '[',
  '<!--'.repeat(50_000),
  '<!DOCTYPE svg [' + `]${' '.repeat(400)}`.repeat(500),
  ' \n'.repeat(100_000),
];

const JPEG_STARTS: readonly Bytes[] = [
  join(binary('\xff\xd8'), new Uint8Array(2_000_000).fill(0xff)),
  join(binary('\xff\xd8'), binary('\xff\xe1\0\x08Exif\0\0'.repeat(200_000))),
  join(binary('\xff\xd8\xff\xe0\0\x02'), new Uint8Array(2_000_000).fill(0xfe)),
  join(binary('\xff\xd8\xff\xe0\0\x02'), binary('\xff\0\0\0Exif\0\0MM'.repeat(100_000))),
];

/** A box of an ISO base media file (ISO/IEC 14496-12). */
function box(type: string, content: Bytes): Bytes {
  const header = new DataView(new ArrayBuffer(8));
  header.setUint32(0, 8 + content.length);
  return join(new Uint8Array(header.buffer, 0, 4), binary(type), content);
}

/** Many pictures' sizes, of which the last one is cut short, and none that says what is shown of them. */
function manyExtents(brand: string): Bytes {
  const extent = box('ispe', new Uint8Array(12));
  const extents = new Uint8Array(extent.length * 200_000);
  for (let at = 0; at < extents.length; at += extent.length) extents.set(extent, at);
  const properties = box('iprp', box('ipco', join(extents, box('ispe', new Uint8Array()))));
  return join(box('ftyp', binary(brand)), box('meta', join(new Uint8Array(4), properties)));
}

const OTHER_PICTURES: readonly (() => Bytes)[] = [
  () => manyExtents('avif'),
  () => manyExtents('mif1'),
  () => join(binary('\0\0\x01\0ftypmif1'), manyExtents('mif1')),
  () => join(binary('\0\0\0\x0cJXL \r\n\x87\n'), binary('\0\0\0\x0cjxlp\0\0\0\0'.repeat(200_000))),
  () => join(binary('II*\0\x08\0\0\0'), new Uint8Array(2_000_000).fill(1)),
  () => join(binary('\0\0\x01\0\xff\xff'), new Uint8Array(1_100_000)),
  () => join(binary('RIFF\0\0\0\0WEBPVP8X'), binary('<svg '.repeat(200_000))),
];

export const SLOW_PICTURES: readonly (() => Files)[] = [
  ...SVG_STARTS.map((text) => () => new Map([['slow.svg', encode(text)]])),
  ...JPEG_STARTS.map((bytes) => () => new Map([['slow.jpg', bytes]])),
  ...OTHER_PICTURES.map((make) => () => new Map([['slow.bin', make()]])),
];

/** With a picture and a drawing inside of it. */
export const DRAWING = `<svg xmlns="http://www.w3.org/2000/svg"><image href="data:image/gif;base64,${btoa('GIF89a\x05\0\x07\0')}"/><image href="data:image/svg+xml,%3csvg%20xmlns='&#104;'/%3e"/></svg>`;

export const SLOW_DRAWINGS: readonly (() => Files)[] = [
  'data:'.repeat(100_000),
  'data:image/png,'.repeat(50_000),
  'data:;base64,'.repeat(50_000),
  `data:;base64,${btoa('data:;base64,'.repeat(50_000))}`,
  `data:;base64,${'A '.repeat(200_000)}`,
  '%2525'.repeat(100_000),
  '&#38;'.repeat(100_000),
  `${'\\'.repeat(200_000)}5c `,
].map((text) => () => new Map([['slow.svg', encode(text)]]));

const LONG_NAMES = [
  '/'.repeat(200_000),
  '\\/'.repeat(100_000),
  '../'.repeat(70_000),
  'a/'.repeat(100_000),
  '.'.repeat(200_000),
  `${'train/'.repeat(40_000)}hat/1.jpg`,
  `${' '.repeat(200_000)}x/1.jpg`,
  `${' \u200b'.repeat(100_000)}/1.jpg`,
  // Accents that normalising has to put in order: those below a letter come before those above.
  `a${'\u0301\u0323'.repeat(400_000)}/1.jpg`,
  `${'0'.repeat(200_000)}1/1.jpg`,
  `${'1a'.repeat(100_000)}/1.jpg`,
  `${'👩‍🚀'.repeat(40_000)}/1.jpg`,
];

export const SLOW_PATHS: readonly (() => Files)[] = [
  ...LONG_NAMES.map((name) => () => new Map([[name, encode('x')]])),
  () => new Map(LONG_NAMES.map((name, index) => [`${name}${String(index)}`, encode('x')])),
  () => new Map(Array.from({ length: 50_000 }, (_, i) => [`${String(i)}/1.jpg`, encode('x')])),
];

/** A project file with other texts in place of a good one's. */
async function projectFile(texts: (entries: Files) => Readonly<Record<string, string>>) {
  const { file } = await writeToFile(await exampleOnOwnBackbone());
  const entries = await entriesOf(file);
  const changed = Object.entries(texts(entries)).map(
    ([name, text]) => [name, encode(text)] as const,
  );
  const parts = Array.from(new Map([...entries, ...changed]), ([name, bytes]) => ({
    name,
    bytes,
    deflate: true,
  }));
  return new Map([['slow.zip', await bytesOf(await buildZip('slow.zip', parts))]]);
}

/** A good project with so many pictures, and all edits of one kind. */
function withEdits(pictures: number, edits: string): (entries: Files) => Record<string, string> {
  return (entries) => {
    const [line = ''] = decode(entries.get(SAMPLES_FILE)).split('\n');
    const sample = JSON.parse(line) as Sample;
    const lines = Array.from({ length: pictures }, (_, index) =>
      JSON.stringify({ ...sample, id: `s${String(index)}`, classId: null }),
    );
    const project = JSON.parse(decode(entries.get(PROJECT_FILE))) as Record<string, object>;
    const samples = Array.from({ length: pictures }, (_, index) => index);
    const text = JSON.stringify({
      ...project,
      base: { ...project['base'], samples },
      done: '',
      undone: [],
      classifier: null,
    }).replace('"done":""', `"done":[${edits}]`);
    return { [PROJECT_FILE]: text, [SAMPLES_FILE]: lines.join('\n') };
  };
}

const MODEL = `${BACKBONE_FOLDER}model.json`;

/** A good project on a backbone that names so many files of weights. */
function withWeightFiles(count: number): (entries: Files) => Record<string, string> {
  const paths = Array.from({ length: count }, (_, index) => `"${String(index)}"`).join();
  return (entries) => ({
    [MODEL]: decode(entries.get(MODEL)).replace('"paths":[', `"paths":[${paths},`),
  });
}

const MARK = '{"kind":"mark-samples","marks":[{"id":"s1","purpose":"judge"}]}';
const STEP = `{"group":"a","edit":${MARK}}`;
const TOGETHER = (edits: string) => `{"kind":"together","edits":[${edits}]}`;
const many = (text: string, count: number) => Array<string>(count).fill(text).join();

export const SLOW_PROJECT_FILES: readonly (() => Promise<Files>)[] = [
  () => projectFile(withEdits(20_000, many(STEP, 100_000))),
  () => projectFile(withEdits(20_000, `{"group":"a","edit":${TOGETHER(many(MARK, 100_000))}}`)),
  () => projectFile(withEdits(1, `{"group":"a","edit":${many('[', 50_000)}}`)),
  () => projectFile(() => ({ [SAMPLES_FILE]: '\n'.repeat(20_000_000) })),
  () =>
    projectFile((entries) => ({
      [CONTENTS_FILE]: decode(entries.get(CONTENTS_FILE)).repeat(20_000),
    })),
  () => projectFile(() => ({ [CONTENTS_FILE]: '{'.repeat(1_000_000) })),
  () => projectFile(withWeightFiles(1_000_000)),
  () => projectFile(() => ({ [PROJECT_FILE]: `{"format":"${'x'.repeat(20_000_000)}"}` })),
];

const DEEP = 20_000;

/** A classifier of very many dense layers. */
export async function deepClassifier(): Promise<Files> {
  const net = createLayersWriter(1);
  let last = net.layer('GlobalAveragePooling2D', 'pool', [net.input(64)], {});
  last = net.dense('first', last, 3, 1);
  for (let index = 0; index < DEEP; index++) last = net.dense(`layer ${index}`, last, 1, 1);
  const [model, weights] = net.write('deep', net.dense('last', last, 1, LABELS.length));
  // Only the last one's activation is the softmax that the writer gives to all.
  const [hidden, answer] = cutAtLast(decode(model?.bytes), 'softmax');
  const metadata = await bytesOf(teachableExport().get('metadata.json') ?? new Blob());
  return new Map([
    ['model.json', encode(hidden.replaceAll('"softmax"', '"relu"') + answer)],
    ['weights.bin', weights?.bytes ?? new Uint8Array()],
    ['metadata.json', metadata],
  ]);
}

function cutAtLast(text: string, what: string): readonly [string, string] {
  const at = text.lastIndexOf(what) - 1;
  return [text.slice(0, at), text.slice(at)];
}

/** A graph that takes one weight over and over: each time it would be another copy. */
export function weightOverAndOver(): Files {
  const side = 1000;
  const constant = (name: string) => ({ name, op: 'Const', input: [], attr: {} });
  const product = (index: number) => ({
    name: `product${index}`,
    op: 'MatMul',
    input: [index === 0 ? 'rows' : `product${index - 1}`, 'matrix'],
    attr: {},
  });
  const json = {
    modelTopology: {
      node: [
        { name: 'image', op: 'Placeholder', input: [], attr: {} },
        { name: 'mean', op: 'Mean', input: ['image', 'axes'], attr: {} },
        { name: 'rows', op: 'MatMul', input: ['mean', 'wide'], attr: {} },
        ...['axes', 'wide', 'matrix'].map(constant),
        ...Array.from({ length: 20_000 }, (_, index) => product(index)),
      ],
    },
    weightsManifest: [
      {
        paths: ['weights.bin'],
        weights: [
          { name: 'axes', shape: [2], dtype: 'int32' },
          { name: 'wide', shape: [3, side], dtype: 'float32' },
          { name: 'matrix', shape: [side, side], dtype: 'uint8' },
        ],
      },
    ],
  };
  const weights = new Uint8Array(8 + 12 * side + side * side);
  weights.set([1, 0, 0, 0, 2, 0, 0, 0]);
  return new Map([
    ['model.json', encode(JSON.stringify(json))],
    ['weights.bin', weights],
  ]);
}
