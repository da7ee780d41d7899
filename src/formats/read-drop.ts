import { compareLabels, isClutter } from '../core/labels.ts';
import { Cancelled, ok, type Problem, type Result } from '../core/problem.ts';
import { createBreather } from '../core/breathe.ts';
import type { DropContents, DroppedFile, ImportedClassifier } from './contract.ts';
import { extensionOf, folderOf, nameOf, pictureType } from './entry-path.ts';
import { METADATA_FILE } from './metadata.ts';
import { isClassifierMetadata } from './parse-metadata.ts';
import { MAX_JSON_BYTES, type ExportFiles } from './field.ts';
import { readClassifier } from './read-classifier.ts';
import { isTeachableMetadata } from './teachable/teachable-metadata.ts';
import { HEAD_FILE } from './tfjs-layers.ts';
import { PROJECT_FILE } from './project-file/layout.ts';

/** What Teachable Machine calls its saved projects, which are zips. */
const PROJECT = 'tm';
const ZIP_TYPES: ReadonlySet<string> = new Set(['application/zip', 'application/x-zip-compressed']);

/**
 * Opens archives and tells what a drop is: a project file, an export of ours, a
 * backbone, or pictures. An export or a backbone counts only where no pictures lie beside
 * it; else the pictures are what was meant.
 *
 * @throws Cancelled
 */
export async function readDrop(
  dropped: readonly DroppedFile[],
  signal?: AbortSignal,
): Promise<Result<DropContents>> {
  const [only] = dropped;
  if (only && dropped.length === 1 && isZip(only) && (await isProjectFile(only.file)))
    return ok({ kind: 'project', file: only.file });
  const { files, problems } = await openArchives(dropped, signal);
  const found = await findClassifier(files);
  if (found !== null && !hasPictures(files.filter(({ path }) => !path.startsWith(found.root)))) {
    const read = await found.read(filesBelow(files, found.root));
    return read.ok ? ok({ kind: 'classifier', classifier: read.value }) : read;
  }
  const backbone = hasPictures(files) ? null : await findBackbone(files);
  if (backbone !== null) return ok({ kind: 'backbone', files: backbone });
  return ok({ kind: 'pictures', files, problems });
}

async function openArchives(
  dropped: readonly DroppedFile[],
  signal?: AbortSignal,
): Promise<{ files: readonly DroppedFile[]; problems: readonly Problem[] }> {
  const breathe = createBreather();
  const files: DroppedFile[] = [];
  const problems: Problem[] = [];
  for (const item of dropped) {
    if (signal?.aborted) throw new Cancelled();
    await breathe();
    if (isClutter(item.path)) continue;
    if (!isZip(item)) files.push(item);
    else if (item.file.size === 0) problems.push({ code: 'file-empty', file: item.path });
    else {
      const contents = await openArchive(item, signal);
      // One by one: spreading 20,000 arguments can exceed the stack.
      for (const file of contents.files) files.push(file);
      for (const problem of contents.problems) problems.push(problem);
      if (contents.files.length + contents.problems.length === 0)
        problems.push({ code: 'zip-empty', file: item.path });
    }
  }
  return { files, problems };
}

/** Most visitors never drop an archive: the library for it comes with the first. */
async function openArchive(
  item: DroppedFile,
  signal?: AbortSignal,
): Promise<{ files: readonly DroppedFile[]; problems: readonly Problem[] }> {
  if (extensionOf(item.path) === PROJECT) {
    const { readProject } = await import('./teachable/read-project.ts');
    return readProject(item, signal);
  }
  const { readZip } = await import('./read-zip.ts');
  return readZip(item, signal);
}

function isZip({ path, file }: DroppedFile): boolean {
  return ['zip', PROJECT].includes(extensionOf(path)) || ZIP_TYPES.has(file.type);
}

function hasPictures(files: readonly DroppedFile[]): boolean {
  return files.some(({ path, file }) => file.type.startsWith('image/') || pictureType(path) !== '');
}

interface FoundClassifier {
  /** The folder that it lies in. */
  readonly root: string;
  readonly read: (files: ExportFiles) => Promise<Result<ImportedClassifier>>;
}

/** An export of ours, else one in Teachable Machine's layout; the topmost if there are several. */
async function findClassifier(files: readonly DroppedFile[]): Promise<FoundClassifier | null> {
  const paths = new Set(files.map(({ path }) => path));
  const candidates = files.filter(({ path }) => nameOf(path) === METADATA_FILE);
  let teachable: FoundClassifier | null = null;
  for (const { path, file } of topmostFirst(candidates)) {
    const root = folderOf(path);
    if (!paths.has(root + HEAD_FILE) || file.size > MAX_JSON_BYTES) continue;
    const text = await file.text();
    if (isClassifierMetadata(text)) return { root, read: readClassifier };
    if (isTeachableMetadata(text)) teachable ??= { root, read: readTeachable };
  }
  return teachable;
}

async function readTeachable(files: ExportFiles): Promise<Result<ImportedClassifier>> {
  const teachable = await import('./teachable/read-teachable.ts');
  return teachable.readTeachable(files);
}

function filesBelow(files: readonly DroppedFile[], root: string): ExportFiles {
  return new Map(
    files
      .filter(({ path }) => path.startsWith(root))
      .map(({ path, file }) => [path.slice(root.length), file]),
  );
}

/** A model's JSON and all that lies beside or below it: the JSON first. Null where there is none. */
async function findBackbone(files: readonly DroppedFile[]): Promise<readonly File[] | null> {
  const candidates = topmostFirst(files.filter(({ path }) => extensionOf(path) === 'json'));
  const named = candidates.find(({ path }) => nameOf(path) === HEAD_FILE);
  const model = named ?? (await findModelJson(candidates));
  if (model === undefined) return null;
  const folder = folderOf(model.path);
  const others = files.filter((one) => one !== model && one.path.startsWith(folder));
  return [model.file, ...others.map(({ file }) => file)];
}

/** TF.js calls its downloads `my-model.json`: told by what stands in it. */
async function findModelJson(candidates: readonly DroppedFile[]): Promise<DroppedFile | undefined> {
  for (const candidate of candidates.slice(0, 50)) {
    if (candidate.file.size > MAX_JSON_BYTES) continue;
    const text = await candidate.file.text();
    if (text.includes('"modelTopology"') && text.includes('"weightsManifest"')) return candidate;
  }
  return undefined;
}

function topmostFirst(files: readonly DroppedFile[]): readonly DroppedFile[] {
  const depth = (path: string) => path.split('/').length;
  return files.toSorted((a, b) => depth(a.path) - depth(b.path) || compareLabels(a.path, b.path));
}

/** A local header is so long before the name. */
const HEADER_BYTES = 30;

/** Whether a zip's first entry is that of a project, whatever else may be wrong with it. */
export async function isProjectFile(file: Blob): Promise<boolean> {
  const head = file.slice(HEADER_BYTES, HEADER_BYTES + PROJECT_FILE.length);
  try {
    return (await head.text()) === PROJECT_FILE;
  } catch {
    return false;
  }
}
