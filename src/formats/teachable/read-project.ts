import type { Problem } from '../../core/problem.ts';
import type { DroppedFile } from '../contract.ts';
import { pictureType } from '../entry-path.ts';
import { MAX_JSON_BYTES, Field, ShapeError } from '../field.ts';
import { readZip, ZIP_LIMITS, type ZipLimits, type ZippedFile } from '../read-zip.ts';

const MANIFEST = 'manifest.json';
/** Between a picture's label and its number. */
const SEPARATOR = '-!-';
/** What a manifest of pictures says that it is; the others are `audio` and `pose`. */
const PICTURES = 'image';

export interface TeachableProject {
  /** Class by class in the order in which the archive names them. */
  readonly files: readonly DroppedFile[];
  readonly problems: readonly Problem[];
}

/**
 * Reads a project that Teachable Machine saved (`.tm`): a zip of `LABEL-!-N.jpg` and a
 * `manifest.json`. Of the manifest only its type is looked at and nothing is kept: once a model was
 * published, an access token lies in it.
 *
 * @throws Cancelled
 */
export async function readProject(
  item: DroppedFile,
  signal?: AbortSignal,
  limits: ZipLimits = ZIP_LIMITS,
): Promise<TeachableProject> {
  const contents = await readZip(
    item,
    signal,
    limits,
    (name) => name === MANIFEST || parseEntryName(name) !== null,
  );
  const manifest = contents.files.find(({ entryName }) => entryName === MANIFEST);
  const kind = manifest === undefined ? PICTURES : await readKind(manifest.file);
  if (kind !== PICTURES) {
    return {
      files: [],
      problems: [{ code: 'project-of-other-kind', file: item.path, kind }],
    };
  }
  const files = inOrder(contents.files);
  const { problems } = contents;
  return files.length === 0 && problems.length === 0
    ? { files, problems: [{ code: 'project-empty', file: item.path }] }
    : { files, problems };
}

interface EntryName {
  readonly label: string;
  readonly index: number;
}

/** Null where the name is no picture's. A label may hold the separator itself: the last one counts. */
function parseEntryName(entryName: string): EntryName | null {
  const at = entryName.lastIndexOf(SEPARATOR);
  if (at === -1 || pictureType(entryName) === '') return null;
  const index = Number.parseInt(entryName.slice(at + SEPARATOR.length), 10);
  return { label: entryName.slice(0, at), index: Number.isNaN(index) ? 0 : index };
}

function inOrder(zipped: readonly ZippedFile[]): readonly DroppedFile[] {
  const byLabel = new Map<string, { readonly index: number; readonly picture: DroppedFile }[]>();
  for (const { path, file, entryName } of zipped) {
    const name = parseEntryName(entryName);
    if (name === null) continue;
    const { label, index } = name;
    const others = byLabel.get(label) ?? [];
    others.push({ index, picture: { path, file, label } });
    byLabel.set(label, others);
  }
  return [...byLabel.values()].flatMap((pictures) =>
    pictures.sort((a, b) => a.index - b.index).map(({ picture }) => picture),
  );
}

/** What a manifest says its project is of; pictures where it says nothing that can be read. */
async function readKind(file: File): Promise<string> {
  if (file.size > MAX_JSON_BYTES) return PICTURES;
  try {
    return Field.parse(await file.text(), MANIFEST)
      .get('type')
      .text(100);
  } catch (error) {
    if (!(error instanceof ShapeError)) throw error;
    return PICTURES;
  }
}
