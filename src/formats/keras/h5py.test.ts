/** What others' HDF5, h5py's, makes of the files. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { classifierLayers } from './testing/classifier-layers.ts';
import { writeKeras } from './write-keras.ts';
import { writeKerasH5 } from './write-keras-h5.ts';

const OPTIONS = { app: 'Headstart 1.2.3' };
const classifier = classifierLayers();

const PYTHON = '/usr/bin/python3';

function hasH5py(): boolean {
  try {
    execFileSync(PYTHON, ['-c', 'import h5py'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** Walks over both files as Keras's loaders do and prints what it meets. */
const WALK = `
import hashlib, io, json, sys, zipfile, h5py, numpy
def weight(d):
    return [list(d.shape), hashlib.sha256(numpy.asarray(d, '<f4').tobytes()).hexdigest()]
def names(group, name):
    return [n.decode() for n in group.attrs[name]]
with h5py.File(sys.argv[1], 'r') as f:
    group = f['model_weights']
    old = [[n, [weight(group[n][w]) for w in names(group[n], 'weight_names')]] for n in names(group, 'layer_names')]
    model = json.loads(f.attrs['model_config'])['class_name']
with zipfile.ZipFile(sys.argv[2]) as z:
    bad = z.testzip()
    stored = all(i.compress_type == zipfile.ZIP_STORED for i in z.infolist())
    with h5py.File(io.BytesIO(z.open('model.weights.h5').read()), 'r') as f:
        new = [[v['vars'].attrs['name'], [weight(v['vars'][str(i)]) for i in range(len(v['vars']))]] for v in f['layers'].values() if len(v['vars'])]
print(json.dumps({'old': old, 'new': new, 'model': model, 'bad': bad, 'stored': stored}))
`;

const found = hasH5py();
describe.skipIf(!found)(`h5py${found ? '' : ` (skipped: ${PYTHON} has none)`}`, () => {
  it('reads what was written', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'keras-'));
    try {
      const [old, zipped] = [join(folder, 'model.h5'), join(folder, 'model.keras')];
      writeFileSync(old, await writeKerasH5(classifier, OPTIONS));
      writeFileSync(zipped, await writeKeras(classifier, OPTIONS));
      const text = execFileSync(PYTHON, ['-c', WALK, old, zipped], { encoding: 'utf8' });
      const read = JSON.parse(text) as Record<'old' | 'new', [string, unknown][]>;
      const wanted = classifier
        .filter(({ weights }) => weights.length > 0)
        .map(({ name, weights }) => [
          name,
          weights.map(({ shape, values }) => [
            shape,
            createHash('sha256').update(Float32Array.from(values)).digest('hex'),
          ]),
        ]);
      expect(read).toMatchObject({ old: wanted, model: 'Model', bad: null, stored: true });
      // Groups come in the order of their names.
      const sorted = (rows: readonly unknown[][]) =>
        rows.toSorted(([a], [b]) => String(a).localeCompare(String(b)));
      expect(sorted(read.new)).toEqual(sorted(wanted));
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
