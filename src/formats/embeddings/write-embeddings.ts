import type { ModelFile } from '../../core/backbone.ts';
import type { EmbeddingsSource } from '../contract.ts';
import { describePicture } from '../metadata.ts';
import { heading, list, wrap } from '../plain-text.ts';
import { textFile } from '../text-file.ts';
import { csvLines } from './csv.ts';
import { npyHeader } from './npy.ts';

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
