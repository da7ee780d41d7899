import { ZipReader, type FileEntry } from '@zip.js/zip.js/lib/zip-core-custom.js';
import { isClutter } from '../core/labels.ts';
import { Cancelled, type Problem } from '../core/problem.ts';
import { BlockReader, unpackEntry } from './unpack-entry.ts';
import { createBreather } from '../core/breathe.ts';
import type { DroppedFile } from './contract.ts';
import { cleanPath, extensionOf, folderOf, nameOf, pictureType } from './entry-path.ts';

/** What an archive may hold. */
export interface ZipLimits {
  readonly entries: number;
  /** Of all entries, uncompressed. */
  readonly totalBytes: number;
  /** Of one entry, uncompressed. */
  readonly entryBytes: number;
  /** Uncompressed over compressed, of an archive that unpacks to more than `ratioFromBytes`. */
  readonly ratio: number;
  readonly ratioFromBytes: number;
}

/** Pictures barely shrink in a zip; what shrinks two hundredfold is a bomb. */
export const ZIP_LIMITS: ZipLimits = {
  entries: 20_000,
  totalBytes: 4 * 2 ** 30,
  entryBytes: 256 * 2 ** 20,
  ratio: 200,
  ratioFromBytes: 100 * 2 ** 20,
};

/** A file with the name that its entry had. Hostile text. */
export interface ZippedFile extends DroppedFile {
  readonly entryName: string;
}

const ARCHIVES: ReadonlySet<string> = new Set(['zip', 'tm']);

export interface ZipContents {
  readonly files: readonly ZippedFile[];
  readonly problems: readonly Problem[];
}

/**
 * Unpacks an archive into files. An entry that can't be used becomes a problem,
 * the others go on; an archive that is no archive, or a bomb, gives nothing.
 *
 * An entry ends as soon as it produces more bytes than it declares, so that the
 * limits on declared sizes hold for real ones.
 *
 * @param wants which entries to take, by their names; what systems leave behind is not, if not said.
 * @throws Cancelled
 */
export async function readZip(
  { path, file }: DroppedFile,
  signal?: AbortSignal,
  limits: ZipLimits = ZIP_LIMITS,
  wants: (entryName: string) => boolean = isNoClutter,
): Promise<ZipContents> {
  const archive = new BlockReader(file);
  const reader = new ZipReader(archive, { filenameValidation: 'tolerant' });
  const entries = await listEntries(reader, limits, wants, signal);
  if (entries === null) return { files: [], problems: [{ code: 'zip-damaged', file: path }] };
  const refusal = refuse(entries, path, file.size, limits);
  if (refusal) return { files: [], problems: [refusal] };
  // The archive's own name stands for a folder: `hat.zip` holds hats.
  const root = `${folderOf(path)}${nameOf(path).replace(/\.(?:zip|tm)$/iu, '')}/`;
  return await unpack(entries, archive, root, path, limits, signal);
}

function isNoClutter(entryName: string): boolean {
  return !isClutter(entryName);
}

/** All that is wanted and no folder; null where there is no directory to read. */
async function listEntries(
  reader: ZipReader<Blob>,
  limits: ZipLimits,
  wants: (entryName: string) => boolean,
  signal?: AbortSignal,
): Promise<FileEntry[] | null> {
  const breathe = createBreather();
  const found: FileEntry[] = [];
  try {
    for await (const entry of reader.getEntriesGenerator()) {
      if (!entry.directory && wants(entry.filename)) found.push(entry);
      // Too many already: count on a little for the message, but not for ever.
      if (found.length > limits.entries * 5) break;
      await breathe();
      if (signal?.aborted) break;
    }
  } catch {
    return null;
  }
  if (signal?.aborted) throw new Cancelled();
  return found;
}

function refuse(
  entries: readonly FileEntry[],
  path: string,
  zipBytes: number,
  limits: ZipLimits,
): Problem | null {
  if (entries.length > limits.entries) {
    return {
      code: 'zip-too-many-entries',
      file: path,
      entries: entries.length,
      maxEntries: limits.entries,
    };
  }
  const bytes = entries.reduce((sum, { uncompressedSize }) => sum + uncompressedSize, 0);
  const isBomb = bytes > limits.ratioFromBytes && bytes > zipBytes * limits.ratio;
  return bytes > limits.totalBytes || isBomb ? tooLarge(path, bytes, limits.totalBytes) : null;
}

function tooLarge(file: string, bytes: number, maxBytes: number): Problem {
  const megabytes = (count: number) => Math.round(count / 1e6);
  return {
    code: 'zip-too-large',
    file,
    megabytes: megabytes(bytes),
    maxMegabytes: megabytes(maxBytes),
  };
}

async function unpack(
  entries: readonly FileEntry[],
  archive: BlockReader,
  root: string,
  zipPath: string,
  limits: ZipLimits,
  signal?: AbortSignal,
): Promise<ZipContents> {
  const breathe = createBreather();
  const files: ZippedFile[] = [];
  const problems: Problem[] = [];
  const encrypted = entries.find((entry) => entry.encrypted);
  // Once for the archive: they have one password.
  if (encrypted) problems.push({ code: 'zip-encrypted', file: zipPath, entry: encrypted.filename });
  for (const entry of entries.filter((one) => !one.encrypted)) {
    const path = root + cleanPath(entry.filename);
    if (ARCHIVES.has(extensionOf(path))) {
      problems.push({ code: 'zip-nested', file: zipPath, entry: entry.filename });
    } else if (entry.uncompressedSize > limits.entryBytes) {
      problems.push(tooLarge(path, entry.uncompressedSize, limits.entryBytes));
    } else {
      const parts = await unpackEntry(entry, archive, signal);
      if (parts)
        files.push({
          path,
          entryName: entry.filename,
          file: asFile(parts, nameOf(path), entry),
          archived: true,
        });
      else problems.push({ code: 'file-damaged', file: path });
    }
    await breathe();
  }
  return { files, problems };
}

function asFile(parts: BlobPart[], name: string, { lastModDate }: FileEntry): File {
  return new File(parts, name, { type: pictureType(name), lastModified: lastModDate.getTime() });
}
