import {
  BlobReader,
  BlobWriter,
  configure,
  ZipWriter,
} from '@zip.js/zip.js/lib/zip-core-custom.js';
import type { ModelFile } from '../../core/backbone.ts';
import { elementsOf, type Network } from '../../network/network.ts';
import { labelsFile } from '../text-file.ts';
import { writeModelMetadata } from './model-metadata.ts';
import { writeTflite, type TfliteOptions } from './write-tflite.ts';

/** What a classifier's file says of it. */
export interface TfliteClassifier {
  readonly name: string;
  readonly description: string;
  /** In the order of the outputs. A label's own line breaks become spaces. */
  readonly labels: readonly string[];
}

/** The same classifier gives the same bytes, whenever it is written. A zip's first day. */
const NO_DATE = new Date(1980, 0, 1);

/**
 * A whole classifier as a TensorFlow Lite file that knows its classes: with metadata in it and the
 * labels in a zip behind it, where MediaPipe's and the Task Library's image classifiers and every
 * zip program find them. Runtimes that don't look for them see the file of {@link writeTflite}.
 *
 * @param network levels from 0 to 255 [height, width, 3] in, probabilities [classes] out.
 * @throws RangeError where there is not one label for each output.
 */
export async function writeTfliteClassifier(
  network: Network,
  { name, description, labels }: TfliteClassifier,
  options: TfliteOptions,
): Promise<Uint8Array<ArrayBuffer>> {
  const outputs = elementsOf(network.steps.at(-1)?.shape ?? []);
  if (outputs !== labels.length) {
    throw new RangeError(`${String(labels.length)} labels for ${String(outputs)} outputs`);
  }
  const file = labelsFile(labels);
  const metadata = writeModelMetadata({ name, description, labelsFile: file.name });
  return await appendStored(writeTflite(network, { ...options, metadata }), file);
}

/** Offsets in the zip count from the start of the whole: its readers open the model's file itself. */
async function appendStored(
  model: Uint8Array<ArrayBuffer>,
  { name, bytes }: ModelFile,
): Promise<Uint8Array<ArrayBuffer>> {
  configure({ useWebWorkers: false });
  const writer = new ZipWriter(new BlobWriter(), { offset: model.length });
  // Stored and without a descriptor behind it: MediaPipe reads no other entries.
  await writer.add(name, new BlobReader(new Blob([bytes])), {
    level: 0,
    dataDescriptor: false,
    extendedTimestamp: false,
    lastModDate: NO_DATE,
  });
  const zip = await writer.close();
  return new Uint8Array(await new Blob([model, zip]).arrayBuffer());
}
