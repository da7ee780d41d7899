import type { ModelFile } from '../core/backbone.ts';
import type { ClassifierSource } from './contract.ts';
import { BACKBONE_FOLDER, describeClassifier, METADATA_FILE } from './metadata.ts';
import { describeExport } from './readme.ts';
import { labelsFile, textFile } from './text-file.ts';
import { writeHead } from './tfjs-layers.ts';

/**
 * The files of an export: the head as a TF.js layers model, the backbone as it
 * was fetched, what must be known to run both, and a page that does it.
 *
 * @param app what writes it, such as "Headstart 0.1.0".
 */
export function writeClassifier(source: ClassifierSource, app: string): readonly ModelFile[] {
  const metadata = describeClassifier(source, app);
  const files = [
    ...writeHead(source.head, app),
    textFile(METADATA_FILE, `${JSON.stringify(metadata, null, 2)}\n`),
    labelsFile(metadata.labels),
    textFile('README.txt', describeExport(metadata)),
    ...source.backboneFiles.map(({ name, bytes }) => ({ name: BACKBONE_FOLDER + name, bytes })),
    ...source.playerFiles,
  ];
  const names = new Set(files.map(({ name }) => name));
  if (names.size < files.length) throw new Error('two files of the export have one name');
  return files;
}
