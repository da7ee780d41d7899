/** What others' HDF5, h5py's, makes of the files. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { classifierLayers } from './testing/classifier-layers.ts';
import { readWalk, walkOf } from './testing/walk.ts';
import walkScript from './testing/walk.py?raw';
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

const found = hasH5py();
describe.skipIf(!found)(`h5py${found ? '' : ` (skipped: ${PYTHON} has none)`}`, () => {
  it('reads what was written', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'keras-'));
    try {
      const [old, zipped] = [join(folder, 'model.h5'), join(folder, 'model.keras')];
      writeFileSync(old, await writeKerasH5(classifier, OPTIONS));
      writeFileSync(zipped, await writeKeras(classifier, OPTIONS));
      const text = execFileSync(PYTHON, ['-c', walkScript, old, zipped], { encoding: 'utf8' });
      expect(readWalk(text)).toEqual(await walkOf(classifier));
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
