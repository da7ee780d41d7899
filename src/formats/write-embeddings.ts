import type { ModelFile } from '../core/backbone.ts';
import type { EmbeddingsSource } from './contract.ts';
import { describePicture } from './metadata.ts';
import { heading, list, textFile, wrap } from './text-file.ts';

/**
 * Embeddings for a notebook: `embeddings.npy`, float32 [samples, embeddingLength], and
 * `samples.csv` with a line for each row.
 *
 * @param breathe awaited between rows, to let others have the thread.
 */
export async function writeEmbeddings(
  source: EmbeddingsSource,
  app: string,
  breathe: () => Promise<void>,
): Promise<readonly ModelFile[]> {
  const { samples, backbone } = source;
  const { embeddingLength } = backbone;
  const header = npyHeader([samples.length, embeddingLength]);
  const bytes = new Uint8Array(header.length + samples.length * embeddingLength * 4);
  bytes.set(header);
  const values = new Float32Array(bytes.buffer, header.length);
  for (const [row, { embedding }] of samples.entries()) {
    values.set(embedding, row * embeddingLength);
    await breathe();
  }
  const lines = samples.map(({ name, label, purpose }, row) => [row, label, purpose, name]);
  return [
    { name: 'embeddings.npy', bytes },
    textFile('samples.csv', csvLines([['row', 'label', 'purpose', 'file'], ...lines])),
    textFile('README.txt', describe(source, app)),
  ];
}

function describe(source: EmbeddingsSource, app: string): string {
  const { samples, backbone } = source;
  const length = String(backbone.embeddingLength);
  return [
    heading(`Embeddings of ${String(samples.length)} pictures`, '='),
    wrap(
      `Made with ${app}. Each row has the ${length} numbers that ${backbone.name} turns a picture into: the values of "${backbone.featureLayer}", averaged over height and width where it still has them. Nothing was standardised.`,
    ),
    list([
      ['embeddings.npy', `float32, [${String(samples.length)}, ${length}], for numpy.load`],
      ['samples.csv', 'row, label, purpose (train or test) and file name of each'],
    ]),
    wrap('How a picture was prepared:'),
    describePicture(source)
      .map((step, index) => wrap(step, `${String(index + 1)}. `))
      .join('\n'),
    wrap('In Python (pip install numpy pandas scikit-learn):'),
    SNIPPET,
    '',
  ].join('\n\n');
}

const SNIPPET = `    import numpy as np, pandas as pd
    from sklearn.linear_model import LogisticRegression

    x = np.load("embeddings.npy")
    samples = pd.read_csv("samples.csv")
    train = (samples.purpose == "train").to_numpy()
    head = LogisticRegression(max_iter=1000).fit(x[train], samples.label[train])`;

/** A dictionary's end and the data's begin are on multiples of this. */
const ALIGNMENT = 64;
/** `\x93NUMPY`, version 1.0, then the header's length in two bytes. */
const PREAMBLE_BYTES = 10;

/**
 * The start of a NumPy file (.npy, format 1.0: numpy/lib/format.py) of little-endian float32 in
 * C order; the values follow it.
 */
export function npyHeader(shape: readonly number[]): Uint8Array<ArrayBuffer> {
  const sides = shape.length === 1 ? `${String(shape[0])},` : shape.join(', ');
  const text = `{'descr': '<f4', 'fortran_order': False, 'shape': (${sides}), }`;
  const bytes = Math.ceil((PREAMBLE_BYTES + text.length + 1) / ALIGNMENT) * ALIGNMENT;
  const header = new Uint8Array(bytes);
  header.set([0x93, ...new TextEncoder().encode('NUMPY'), 1, 0]);
  new DataView(header.buffer).setUint16(8, bytes - PREAMBLE_BYTES, true);
  header.set(
    new TextEncoder().encode(`${text.padEnd(bytes - PREAMBLE_BYTES - 1)}\n`),
    PREAMBLE_BYTES,
  );
  return header;
}

/** Lines of comma-separated values (RFC 4180): every text in quotes, quotes doubled. */
export function csvLines(rows: readonly (readonly (string | number)[])[]): string {
  const cell = (value: string | number) =>
    typeof value === 'number' ? String(value) : `"${value.replaceAll('"', '""')}"`;
  return rows.map((row) => `${row.map(cell).join(',')}\r\n`).join('');
}
