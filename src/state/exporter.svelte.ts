import type { ModelFile } from '../core/backbone.ts';
import type { Problem } from '../core/problem.ts';
import type { Engine } from '../engine/contract.ts';
import type { ExportedClassifier, Formats } from '../formats/contract.ts';
import type { ClassifierState } from './classifier-state.svelte.ts';
import type { Embedding } from './embedding.svelte.ts';
import type { EngineState } from './engine-state.svelte.ts';
import { engineProblem } from './failure.ts';
import { embeddedSamples } from '../pipeline/embed.ts';
import type { Project } from './project.svelte.ts';

export interface ExporterParts {
  readonly engine: Pick<Engine, 'backboneFiles' | 'writeEmbeddings'>;
  readonly formats: Formats;
  readonly project: Project;
  readonly classifierState: ClassifierState;
  readonly engineState: EngineState;
  readonly embedding: Embedding;
  /** The files of the player that an export carries. */
  readonly playerFiles: () => Promise<readonly ModelFile[]>;
}

export interface ZipFile {
  readonly name: string;
  readonly blob: Blob;
}

/** The classifier as files to keep, and the embeddings that it learned from. */
export class Exporter {
  #busy = $state(false);
  #problem = $state.raw<Problem | null>(null);
  readonly #parts: ExporterParts;

  constructor(parts: ExporterParts) {
    this.#parts = parts;
  }

  get busy(): boolean {
    return this.#busy;
  }
  get problem(): Problem | null {
    return this.#problem;
  }

  /** @returns a zip with a safe file name made of the project's; null where it failed (see {@link problem}). */
  export(): Promise<ZipFile | null> {
    return this.#pack('', () => this.files());
  }

  /** As {@link export}: the embeddings of all pictures with their labels, for a notebook. */
  exportEmbeddings(): Promise<ZipFile | null> {
    return this.#pack('-embeddings', () => this.embeddings());
  }

  /** Bytes of what {@link exportEmbeddings} gives, about. */
  get embeddingsBytes(): number {
    const { backbone, rows } = this.#embedded;
    return rows === null ? 0 : rows.size * (backbone?.embeddingLength ?? 0) * 4;
  }

  get #embedded() {
    const { embedding, engineState } = this.#parts;
    return { backbone: engineState.backbone, rows: embedding.rows };
  }

  async #pack(
    suffix: string,
    write: () => Promise<readonly ModelFile[] | null>,
  ): Promise<ZipFile | null> {
    if (this.#busy) return null;
    this.#busy = true;
    this.#problem = null;
    try {
      const files = await write();
      if (!files) return null;
      const blob = await this.#parts.formats.zip(files);
      return { name: `${safeFileName(this.#parts.project.name)}${suffix}.zip`, blob };
    } catch (error) {
      this.#problem = engineProblem(error);
      return null;
    } finally {
      this.#busy = false;
    }
  }

  /** The files of {@link exportEmbeddings}, not zipped; null while there are none. */
  async embeddings(): Promise<readonly ModelFile[] | null> {
    const { engine, project, embedding } = this.#parts;
    await embedding.finish();
    const { backbone, rows } = this.#embedded;
    if (!backbone || !rows || rows.size === 0) return null;
    const embedded = embeddedSamples(project.classes, project.samples, rows);
    return engine.writeEmbeddings({ ...embedded, backbone, crop: rows.space.view });
  }

  /** The export's files, not zipped; null while there is no classifier that the loaded backbone belongs to. */
  async files(): Promise<readonly ModelFile[] | null> {
    const { engine, formats, classifierState, playerFiles } = this.#parts;
    const [backboneFiles, player] = await Promise.all([engine.backboneFiles(), playerFiles()]);
    const source = sourceOf(classifierState, backboneFiles, player);
    return source && formats.writeClassifier(source);
  }
}

/** What an export is made of; null while there is no classifier that the loaded backbone belongs to. */
export function sourceOf(
  { saved, usable, classes }: ClassifierState,
  backboneFiles: readonly ModelFile[],
  playerFiles: readonly ModelFile[],
): ExportedClassifier | null {
  if (!saved || !usable) return null;
  const { head, backbone, crop, validation, test, fittedAtMillis } = saved;
  // Plain objects, which can be sent to a worker.
  const plainClasses = classes.map(({ id, label }) => ({ id, label }));
  return {
    head,
    classes: plainClasses,
    backbone,
    backboneFiles,
    crop,
    validation,
    test,
    fittedAtMillis,
    playerFiles,
  };
}

/** Letters and digits of any script; nothing that a file system or a shell reads in its own way. */
export function safeFileName(name: string): string {
  const safe = name
    .normalize('NFC')
    .replace(/[^\p{L}\p{N}]+/gu, '-')
    .replace(/^-|-$/gu, '')
    .slice(0, 60);
  return safe || 'classifier';
}
