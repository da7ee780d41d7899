import { createBreather } from '../../core/breathe.ts';
import type { Classifier } from '../../core/classifier.ts';
import type { Dataset, Sample, Sha256 } from '../../core/dataset.ts';
import { apply, type Edit } from '../../core/edit.ts';
import { hashOf } from '../../core/hash.ts';
import type { Step } from '../../core/history.ts';
import { Cancelled, type Problem } from '../../core/problem.ts';
import type { ProjectSource, ProjectWatch } from '../contract.ts';
import { packBackbone } from './backbone.ts';
import {
  CONTENTS_FILE,
  EntryNames,
  HIDDEN,
  PROJECT_FILE,
  PROJECT_FORMAT,
  PROJECT_VERSION,
  SAMPLES_FILE,
  WEIGHTS_FILE,
  type WrittenBackbone,
  type WrittenBase,
  type WrittenContent,
  type WrittenEdit,
  type WrittenStep,
  type WrittenThumbnail,
} from './layout.ts';
import { packWeights } from './weights.ts';
import { ZipStream } from './zip-stream.ts';

/**
 * Writes a project file into a stream: the person's own backbone, then picture by picture. Of these
 * one is in memory at a time. The stream is closed at the end, and aborted where that isn't reached.
 *
 * @returns what is left out: pictures without content, a backbone that isn't whole.
 * @throws Cancelled, or what the stream throws.
 */
export async function writeProject(
  source: ProjectSource,
  sink: WritableStream<Uint8Array>,
  watch: ProjectWatch = {},
): Promise<readonly Problem[]> {
  const zip = new ZipStream(sink);
  try {
    const problems = await writeEntries(zip, source, watch);
    await zip.close();
    return problems;
  } catch (error) {
    await zip.abort(error).catch(() => undefined);
    throw error;
  }
}

async function writeEntries(
  zip: ZipStream,
  source: ProjectSource,
  watch: ProjectWatch,
): Promise<readonly Problem[]> {
  const table = new SampleTable();
  const problems = await writeHead(zip, source, table);
  const names = new EntryNames(source.versioned.dataset);
  const lines: string[] = [];
  let done = 0;
  for await (const { hash, file, thumbnail } of source.readContents(table.hashes)) {
    if (watch.signal?.aborted) throw new Cancelled();
    if (file) {
      const entry = names.nameOf(hash, file.type);
      lines.push(JSON.stringify(await addContent(zip, hash, entry, file, thumbnail)));
    }
    done += 1;
    watch.onReport?.(done, table.hashes.size);
  }
  await addText(zip, CONTENTS_FILE, lines);
  const pictures = table.hashes.size - lines.length;
  return pictures > 0 ? [...problems, { code: 'project-damaged', pictures }] : problems;
}

/** All but the pictures. The backbone is out of memory when they come. */
async function writeHead(
  zip: ZipStream,
  source: ProjectSource,
  table: SampleTable,
): Promise<readonly Problem[]> {
  const { classifier, backbone } = source;
  const packed = backbone && (await packBackbone(backbone));
  const project = await describeProject(source, packed?.ok ? packed.value.written : null, table);
  await addText(zip, PROJECT_FILE, [JSON.stringify(project)]);
  await addText(zip, SAMPLES_FILE, table.lines);
  if (classifier) await addStored(zip, WEIGHTS_FILE, packWeights(classifier.head));
  if (packed?.ok)
    for (const { name, bytes } of packed.value.entries) await zip.addStored(name, bytes);
  return packed?.ok === false ? [packed.problem] : [];
}

async function addContent(
  zip: ZipStream,
  hash: Sha256,
  entry: string,
  file: Blob,
  thumbnail: Blob | null,
): Promise<WrittenContent> {
  const sha256 = await addStored(zip, entry, await bytesOf(file));
  return {
    hash,
    file: entry,
    type: file.type,
    sha256,
    converted: sha256 !== hash,
    thumbnail: thumbnail && (await addThumbnail(zip, hash, thumbnail)),
  };
}

async function addThumbnail(
  zip: ZipStream,
  hash: Sha256,
  thumbnail: Blob,
): Promise<WrittenThumbnail> {
  const file = `${HIDDEN}thumbnails/${hash}`;
  const sha256 = await addStored(zip, file, await bytesOf(thumbnail));
  return { file, type: thumbnail.type, sha256 };
}

async function bytesOf(blob: Blob): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await blob.arrayBuffer());
}

/** Pictures don't shrink. @returns the bytes' checksum. */
async function addStored(
  zip: ZipStream,
  name: string,
  bytes: Uint8Array<ArrayBuffer>,
): Promise<Sha256> {
  const sha256 = await hashOf(bytes);
  await zip.addStored(name, bytes);
  return sha256;
}

async function addText(zip: ZipStream, name: string, lines: readonly string[]): Promise<void> {
  await zip.addDeflated(name, new TextEncoder().encode(`${lines.join('\n')}\n`));
}

async function describeProject(
  { versioned, classifier, createdAtMillis }: ProjectSource,
  backbone: WrittenBackbone | null,
  table: SampleTable,
) {
  const { dataset, history } = versioned;
  const base = await baseOf(dataset, history.done);
  return {
    format: PROJECT_FORMAT,
    version: PROJECT_VERSION,
    createdAtMillis,
    base: { ...base, samples: await table.indicesOf(base.samples) } satisfies WrittenBase,
    done: await writeSteps(history.done, table),
    undone: await writeSteps(history.undone, table),
    classifier: classifier && describeClassifier(classifier),
    backbone,
  };
}

/** The dataset before the oldest step that can be taken back: with the edits it says all. */
async function baseOf(dataset: Dataset, done: readonly Step[]): Promise<Dataset> {
  const breathe = createBreather();
  let base = dataset;
  for (const { inverse } of done.toReversed()) {
    base = apply(base, inverse);
    await breathe();
  }
  return base;
}

async function writeSteps(
  steps: readonly Step[],
  table: SampleTable,
): Promise<readonly WrittenStep[]> {
  const written: WrittenStep[] = [];
  for (const { edit, group } of steps) written.push({ edit: await writeEdit(edit, table), group });
  return written;
}

async function writeEdit(edit: Edit, table: SampleTable): Promise<WrittenEdit> {
  if (edit.kind === 'add-samples') return { ...edit, samples: await table.indicesOf(edit.samples) };
  if (edit.kind !== 'together') return edit;
  const edits: WrittenEdit[] = [];
  for (const one of edit.edits) edits.push(await writeEdit(one, table));
  return { kind: 'together', edits };
}

function describeClassifier({ head, ...rest }: Classifier) {
  const { embeddingLength, classIds, layers } = head;
  return {
    ...rest,
    head: {
      embeddingLength,
      classIds,
      layers: layers.map(({ units, activation }) => ({ units, activation })),
    },
  };
}

/** Each sample once, however many edits speak of it. */
class SampleTable {
  readonly hashes = new Set<Sha256>();
  readonly #lines = new Map<string, number>();
  readonly #breathe = createBreather();

  get lines(): readonly string[] {
    return [...this.#lines.keys()];
  }

  async indicesOf(samples: readonly Sample[]): Promise<readonly number[]> {
    const indices: number[] = [];
    for (const sample of samples) {
      const line = JSON.stringify(sample);
      const index = this.#lines.get(line) ?? this.#lines.size;
      this.#lines.set(line, index);
      this.hashes.add(sample.hash);
      indices.push(index);
      await this.#breathe();
    }
    return indices;
  }
}
