import type { ModelFile } from '../core/backbone.ts';
import type { Problem } from '../core/problem.ts';
import type { Engine } from '../engine/contract.ts';
import type { ClassifierSource, Formats } from '../formats/contract.ts';
import type { ClassifierState } from './classifier-state.svelte.ts';
import { engineProblem } from './failure.ts';
import type { Project } from './project.svelte.ts';

export interface ExporterParts {
  readonly engine: Pick<Engine, 'backboneFiles'>;
  readonly formats: Formats;
  readonly project: Project;
  readonly classifierState: ClassifierState;
  /** The files of the player that an export carries. */
  readonly playerFiles: () => Promise<readonly ModelFile[]>;
}

/** The classifier as files to keep. */
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
  async export(): Promise<{ name: string; blob: Blob } | null> {
    if (this.#busy) return null;
    this.#busy = true;
    this.#problem = null;
    try {
      const files = await this.files();
      if (!files) return null;
      const blob = await this.#parts.formats.zip(files);
      return { name: `${safeFileName(this.#parts.project.name)}.zip`, blob };
    } catch (error) {
      this.#problem = engineProblem(error);
      return null;
    } finally {
      this.#busy = false;
    }
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
): ClassifierSource | null {
  if (!saved || !usable) return null;
  const { head, backbone, crop, validation, test, fittedAtMillis: createdAtMillis } = saved;
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
    createdAtMillis,
    playerFiles,
  };
}

/** Letters and digits of any script; nothing that a file system or a shell reads in its own way. */
export function safeFileName(name: string): string {
  const safe = name
    .normalize('NFC')
    .replace(/[^\p{L}\p{N}]+/gu, '-')
    .replace(/^-+|-+$/gu, '')
    .slice(0, 60);
  return safe || 'classifier';
}
