import { ZipReader } from '@zip.js/zip.js/lib/zip-core-custom.js';
import { createBreather } from '../../core/breathe.ts';
import type { PictureBytes, Sha256 } from '../../core/dataset.ts';
import { hashOf } from '../../core/hash.ts';
import { NO_HISTORY, type Versioned } from '../../core/history.ts';
import { Cancelled, failed, ok, type Problem, type Result } from '../../core/problem.ts';
import type { PackedContent, ProjectFile, ProjectWatch } from '../contract.ts';
import { Field, ShapeError } from '../field.ts';
import { SHA256 } from '../parse-metadata.ts';
import { ZIP_LIMITS } from '../read-zip.ts';
import { BlockReader, unpackEntry, type ZippedData } from '../unpack-entry.ts';
import { unpackBackbone } from './backbone.ts';
import {
  CONTENTS_FILE,
  PROJECT_FILE,
  PROJECT_FORMAT,
  PROJECT_VERSION,
  SAMPLES_FILE,
  WEIGHTS_FILE,
  type WrittenContent,
  type WrittenThumbnail,
} from './layout.ts';
import { parseClassifier } from './parse-classifier.ts';
import { parseSamples, parseVersioned, readMillis } from './parse-dataset.ts';

const MOST_ENTRIES = 2_000_000;
const MOST_TEXT_BYTES = 512 * 2 ** 20;
const MOST_PICTURE_BYTES = 256 * 2 ** 20;
const MOST_THUMBNAIL_BYTES = 2 ** 20;
/** What is shown as a picture and can hold nothing that runs; empty where the type was unknown. */
const PICTURE_TYPE = /^(?:image\/(?!svg)[a-z0-9.+-]{1,40})?$/u;
/** What is kept of a picture that had to be converted. */
const CONVERTED_TYPE = 'image/png';

/**
 * Opens a project file, trusting nothing in it: names only look up entries, every value is checked,
 * and each picture's bytes are compared with their checksum. Pictures that are missing or others
 * than they should be are left out, and with them the history, which might bring them back.
 *
 * @param watch counts pictures as they are checked.
 * @throws Cancelled
 */
export async function openProjectFile(
  file: File,
  watch: ProjectWatch = {},
): Promise<Result<ProjectFile>> {
  const archive = new BlockReader(file);
  const entries = await listEntries(archive, watch.signal);
  if (entries === null) return failed({ code: 'zip-damaged', file: file.name });
  const bomb = refuseBomb(entries, file);
  if (bomb) return failed(bomb);
  try {
    return ok(await new Reading(archive, entries, watch).open());
  } catch (error) {
    if (!(error instanceof ShapeError)) throw error;
    const reason = `${error.file}: ${error.message}`;
    return failed({ code: 'project-file-invalid', file: file.name, reason });
  }
}

type Entries = ReadonlyMap<string, ZippedData>;

/** By name, with no more of each than it takes to find its data. Null where there is no directory to read. */
async function listEntries(archive: BlockReader, signal?: AbortSignal): Promise<Entries | null> {
  const breathe = createBreather();
  const entries = new Map<string, ZippedData>();
  const reader = new ZipReader(archive, { filenameValidation: 'tolerant' });
  try {
    for await (const entry of reader.getEntriesGenerator()) {
      if (signal?.aborted || entries.size > MOST_ENTRIES) break;
      if (entry.directory || entry.encrypted) continue;
      const { offset, compressedSize, uncompressedSize, compressionMethod, crc32 } = entry;
      const data = { offset, compressedSize, uncompressedSize, compressionMethod };
      entries.set(entry.filename, crc32 === undefined ? data : { ...data, crc32 });
      await breathe();
    }
  } catch {
    return null;
  }
  if (signal?.aborted) throw new Cancelled();
  return entries;
}

/** What its entries unpack to is held against its own size: many may be of the same few bytes. */
function refuseBomb(entries: Entries, { name: file, size }: File): Problem | null {
  const { ratio, ratioFromBytes } = ZIP_LIMITS;
  const most = Math.max(ratioFromBytes, size * ratio);
  let bytes = 0;
  for (const { uncompressedSize } of entries.values()) bytes += uncompressedSize;
  if (bytes <= most) return null;
  const reason = `it would unpack to ${String(Math.round(bytes / 1e6))} MB`;
  return { code: 'project-file-invalid', file, reason };
}

class Reading {
  readonly #archive: BlockReader;
  readonly #entries: Entries;
  readonly #watch: ProjectWatch;

  constructor(archive: BlockReader, entries: Entries, watch: ProjectWatch) {
    this.#archive = archive;
    this.#entries = entries;
    this.#watch = watch;
  }

  async open(): Promise<ProjectFile> {
    const { signal } = this.#watch;
    const root = Field.parse(await this.#text(PROJECT_FILE), PROJECT_FILE);
    root.get('format').oneOf([PROJECT_FORMAT]);
    root.get('version').oneOf([PROJECT_VERSION]);
    const createdAtMillis = readMillis(root.get('createdAtMillis'));
    const samples = await parseSamples(await this.#text(SAMPLES_FILE), signal);
    const versioned = await parseVersioned(root, samples, signal);
    const { classifier, backbone, problems } = await this.#model(root, versioned);
    const needed = new Set(samples.map(({ hash }) => hash));
    const whole = await this.#check(await this.#contents(needed), needed.size);
    const mended = whole.length < needed.size ? mend(versioned, whole) : null;
    return {
      versioned: mended?.versioned ?? versioned,
      classifier,
      backbone,
      createdAtMillis,
      problems: mended ? [mended.problem, ...problems] : problems,
      contentCount: whole.length,
      contents: () => this.#read(whole),
    };
  }

  /** Pictures are worth having without a classifier and its backbone. */
  async #model(
    root: Field,
    { dataset }: Versioned,
  ): Promise<Pick<ProjectFile, 'classifier' | 'backbone' | 'problems'>> {
    const problems: Problem[] = [];
    const orNull = async <T>(
      code: 'classifier-invalid' | 'project-backbone-invalid',
      reading: Promise<T>,
    ): Promise<T | null> => {
      try {
        return await reading;
      } catch (error) {
        if (!(error instanceof ShapeError)) throw error;
        problems.push({ code, file: error.file, reason: error.message });
        return null;
      }
    };
    const classifier = await orNull(
      'classifier-invalid',
      parseClassifier(root.get('classifier'), (bytes) => this.#bytes(WEIGHTS_FILE, bytes)),
    );
    const id = dataset.options.backboneId;
    const named = classifier?.backbone.id === id ? classifier.backbone : { id };
    const backbone = await orNull(
      'project-backbone-invalid',
      unpackBackbone(root.get('backbone'), named, (...entry) => this.#bytes(...entry)),
    );
    return { classifier, backbone, problems };
  }

  /** Of those that are needed, where they lie. */
  async #contents(needed: ReadonlySet<Sha256>): Promise<readonly WrittenContent[]> {
    const breathe = createBreather();
    const found = new Map<Sha256, WrittenContent>();
    // An entry is read for one picture: else a small file could ask for any amount of work.
    const taken = new Set<string>();
    const lines = (await this.#text(CONTENTS_FILE)).split('\n');
    for (const [index, line] of lines.entries()) {
      if (line === '') continue;
      const content = readLine(Field.parse(line, `${CONTENTS_FILE}, line ${String(index + 1)}`));
      const names = [content.file, content.thumbnail?.file].filter((name) => name !== undefined);
      if (needed.has(content.hash) && !names.some((name) => taken.has(name)))
        found.set(content.hash, content);
      for (const name of names) taken.add(name);
      await breathe();
    }
    return [...found.values()];
  }

  async #check(
    contents: readonly WrittenContent[],
    total: number,
  ): Promise<readonly WrittenContent[]> {
    const whole: WrittenContent[] = [];
    for (const [index, content] of contents.entries()) {
      if (this.#watch.signal?.aborted) throw new Cancelled();
      if (await this.#unpack(content)) whole.push(content);
      this.#watch.onReport?.(index + 1, total);
    }
    return whole;
  }

  async *#read(contents: readonly WrittenContent[]): AsyncGenerator<PackedContent> {
    for (const content of contents) {
      const unpacked = await this.#unpack(content);
      // It was whole a moment ago.
      if (!unpacked) throw new ShapeError(content.file, 'it changed while it was being read');
      yield unpacked;
    }
  }

  /** Null where it isn't what its checksums say. */
  async #unpack(content: WrittenContent): Promise<PackedContent | null> {
    const { hash, type, sha256, converted, thumbnail: small } = content;
    if (converted ? type !== CONVERTED_TYPE : sha256 !== hash) return null;
    const file = await this.#picture(content.file, type, sha256, MOST_PICTURE_BYTES);
    if (!file) return null;
    if (!small) return { hash, file, thumbnail: null };
    const thumbnail = await this.#picture(
      small.file,
      small.type,
      small.sha256,
      MOST_THUMBNAIL_BYTES,
    );
    return thumbnail && { hash, file, thumbnail };
  }

  async #picture(
    name: string,
    type: string,
    sha256: Sha256,
    mostBytes: number,
  ): Promise<PictureBytes | null> {
    const bytes = await this.#bytes(name, mostBytes);
    return bytes && (await hashOf(bytes)) === sha256 ? { type, bytes } : null;
  }

  /** @throws ShapeError where it isn't there whole, or is too large. */
  async #text(name: string): Promise<string> {
    const bytes = await this.#bytes(name, MOST_TEXT_BYTES);
    if (bytes === null) throw new ShapeError(name, 'it is missing, damaged or too large');
    return new TextDecoder().decode(bytes);
  }

  /** Null where it isn't there whole, or is larger. */
  async #bytes(name: string, mostBytes: number): Promise<Uint8Array<ArrayBuffer> | null> {
    const entry = this.#entries.get(name);
    if (!entry || entry.uncompressedSize > mostBytes) return null;
    const parts = await unpackEntry(entry, this.#archive, this.#watch.signal);
    return parts && new Uint8Array(await new Blob(parts).arrayBuffer());
  }
}

function readLine(field: Field): WrittenContent {
  return {
    hash: field.get('hash').text(64, SHA256),
    file: field.get('file').text(65_535),
    type: field.get('type').text(60, PICTURE_TYPE),
    sha256: field.get('sha256').text(64, SHA256),
    converted: field.get('converted').oneOf([true, false]),
    thumbnail: readThumbnail(field.get('thumbnail')),
  };
}

function readThumbnail(field: Field): WrittenThumbnail | null {
  if (field.isNull) return null;
  return {
    file: field.get('file').text(65_535),
    type: field.get('type').text(60, PICTURE_TYPE),
    sha256: field.get('sha256').text(64, SHA256),
  };
}

/** Without the pictures whose content is lost, and without what could bring them back. */
function mend(
  { dataset }: Versioned,
  contents: readonly WrittenContent[],
): { readonly versioned: Versioned; readonly problem: Problem } {
  const there = new Set(contents.map(({ hash }) => hash));
  const samples = dataset.samples.filter(({ hash }) => there.has(hash));
  const pictures = dataset.samples.length - samples.length;
  return {
    versioned: { dataset: { ...dataset, samples }, history: NO_HISTORY },
    problem: { code: 'project-damaged', pictures },
  };
}
