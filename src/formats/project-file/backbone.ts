import { ownBackboneId, type BackboneInfo, type ModelFile } from '../../core/backbone.ts';
import { failed, ok, type Problem, type Result } from '../../core/problem.ts';
import {
  checkWeights,
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
/** Of all its files: they are read whole, and a larger one would hardly run in a browser. */
const MOST_BYTES = 2 ** 28;
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
export async function packBackbone({
  files,
  inputRange,
}: OwnBackbone): Promise<Result<PackedBackbone>> {
  const name = findModelJson(files)?.name ?? '';
  try {
    const read = await readModelFiles(files);
    if (!read.ok) return leftOut(name, reasonOf(read.problem));
    const bytes = read.value.files.reduce((sum, file) => sum + file.bytes.length, 0);
    if (bytes > MOST_BYTES) return leftOut(name, 'it is too large');
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
 * Reads the model by the checks that one that is dropped goes through, and knows it by its bytes:
 * what the file says of it has to fit them.
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
  const files: ModelFile[] = [{ name, bytes: main }];
  const json = orThrow(parseModelJson(name, main));
  for (const [index, path] of json.groups.flatMap((group) => group.paths).entries())
    files.push({ name: flatName(path), bytes: await take(weightsFile(index), left) });
  const parts = { json, files };
  orThrow(checkWeights(parts));
  orThrow(readBackbone(name, parts, { asked: inputRange, hosting: null, isMobilenet: false }));
  const { sha256 } = await identifyModel(parts);
  if (ownBackboneId(sha256) !== named.id || sha256 !== (named.sha256 ?? sha256))
    throw new ShapeError(MODEL_FILE, 'it is of another model than the project names');
  return {
    id: named.id,
    files: files.map((file) => new File([file.bytes], file.name)),
    inputRange,
  };
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
