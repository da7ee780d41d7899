import { ownBackboneId } from '../../core/backbone.ts';
import type { BackboneInfo, ModelFile } from '../../core/backbone.ts';
import { failed, ok, type Problem, type Result } from '../../core/problem.ts';
import {
  findModelJson,
  flatName,
  identifyModel,
  parseModelJson,
  readModelFiles,
} from '../../network/read/model-parts.ts';
import { readBackbone } from '../../network/read/read-backbone.ts';
import type { OwnBackbone } from '../contract.ts';
import { MAX_JSON_BYTES, ShapeError, type Field } from '../field.ts';
import { readRange } from '../parse-metadata.ts';
import { BACKBONE_FOLDER, type WrittenBackbone } from './layout.ts';

const MODEL_FILE = `${BACKBONE_FOLDER}model.json`;
/** Of all its files. A larger one would not run in a browser either, and it is read whole. */
const MOST_BYTES = 2 ** 29;
const LONGEST_NAME = 300;
const MODEL_NAME = /\.json$/iu;

/** By number: what a model calls its weight files is anybody's text. */
const weightsFile = (index: number): string => `${BACKBONE_FOLDER}weights-${String(index + 1)}.bin`;

interface PackedBackbone {
  readonly written: WrittenBackbone;
  /** Entries with their bytes. */
  readonly entries: readonly ModelFile[];
}

/** A problem where its files can't be read, or are no whole model. */
export async function packBackbone(backbone: OwnBackbone): Promise<Result<PackedBackbone>> {
  const { files, inputRange } = backbone;
  const name = findModelJson(files)?.name ?? '';
  try {
    const read = await readModelFiles(files);
    if (!read.ok) return leftOut(name, reasonOf(read.problem));
    const entries = read.value.files.map(({ bytes }, index) => ({
      name: index === 0 ? MODEL_FILE : weightsFile(index - 1),
      bytes,
    }));
    return ok({ written: { name: name.slice(-LONGEST_NAME), inputRange }, entries });
  } catch (error) {
    return leftOut(name, error instanceof Error ? error.message : String(error));
  }
}

/** What the rest of the project says of its backbone: the digits of the hash too, where it has a classifier. */
export type NamedBackbone = Pick<BackboneInfo, 'id'> & Partial<Pick<BackboneInfo, 'sha256'>>;

/**
 * Reads the model as one that was dropped, and knows it by its bytes: what the file says of it has
 * to fit them.
 *
 * @param readEntry the bytes of an entry; null where it isn't there whole, or has more than so many.
 * @throws ShapeError that names the entry.
 */
export async function unpackBackbone(
  field: Field,
  named: NamedBackbone,
  readEntry: (name: string, mostBytes: number) => Promise<Uint8Array<ArrayBuffer> | null>,
): Promise<OwnBackbone | null> {
  if (field.isNull) return null;
  const inputRange = readRange(field.get('inputRange'));
  const name = field.get('name').text(LONGEST_NAME, MODEL_NAME);
  let left = MOST_BYTES;
  const take = async (entry: string, mostBytes: number): Promise<Uint8Array<ArrayBuffer>> => {
    const bytes = await readEntry(entry, mostBytes);
    if (bytes === null) throw new ShapeError(entry, 'it is missing, damaged or too large');
    left -= bytes.length;
    return bytes;
  };
  const main = await take(MODEL_FILE, MAX_JSON_BYTES);
  const files = [new File([main], name)];
  const paths = orThrow(parseModelJson(name, main)).groups.flatMap((group) => group.paths);
  for (const [index, path] of paths.entries())
    files.push(new File([await take(weightsFile(index), left)], flatName(path)));
  const parts = orThrow(await readModelFiles(files));
  orThrow(readBackbone(name, parts, { asked: inputRange, hosting: null, isMobilenet: false }));
  const { sha256 } = await identifyModel(parts);
  if (ownBackboneId(sha256) !== named.id || sha256 !== (named.sha256 ?? sha256))
    throw new ShapeError(MODEL_FILE, 'it is of another model than the project names');
  return { id: named.id, files, inputRange };
}

/** Where the reader refuses, model.json and its weights don't go together. */
function orThrow<T>(read: Result<T>): T {
  if (!read.ok) throw new ShapeError(MODEL_FILE, reasonOf(read.problem));
  return read.value;
}

function leftOut(file: string, reason: string): Result<never> {
  return failed({ code: 'project-backbone-invalid', file, reason });
}

/** In technical words. */
function reasonOf(problem: Problem): string {
  switch (problem.code) {
    case 'model-weights-missing':
      return `it lacks ${problem.missing.join(', ')}`;
    case 'model-weights-short':
      return `${problem.file} holds ${String(problem.foundBytes)} bytes of weights, not ${String(problem.expectedBytes)}`;
    case 'model-input-unsupported':
      return `its input has the shape ${problem.shape}`;
    default:
      return 'reason' in problem ? problem.reason : problem.code;
  }
}
