import { compareAnswers, judgeAgreement, type Agreement, type Verdict } from '../core/agreement.ts';
import type { ModelFile } from '../core/backbone.ts';
import { isCheckable } from '../core/export-format.ts';
import { Cancelled, type Problem } from '../core/problem.ts';
import type { Engine, ExportEngine, ExportRequest } from '../engine/contract.ts';
import type { ClassifierSource, Formats } from '../formats/contract.ts';
import type { SavedClassifier } from '../storage/contract.ts';
import type { ClassifierState } from './classifier-state.svelte.ts';
import { safeFileName, sourceOf } from './exporter.svelte.ts';
import { engineProblem, isCancelled } from './failure.ts';
import type { Project } from './project.svelte.ts';

export interface WholeExportParts {
  readonly engine: Pick<Engine, 'backboneFiles' | 'classify'>;
  readonly exports: ExportEngine;
  readonly formats: Pick<Formats, 'zip'>;
  readonly project: Project;
  readonly classifierState: ClassifierState;
}

export type WholePhase = 'idle' | 'writing' | 'asking-preview' | 'checking';

/** What the written file answered, beside the preview. */
export interface Proof extends Agreement {
  readonly verdict: Verdict;
  readonly runtime: string;
  readonly millisAPicture: number;
  /** Whether the classifier had not learned from these pictures while it was judged. */
  readonly keptAside: boolean;
}

/** A file to take along. */
export interface WholeFile {
  readonly request: ExportRequest;
  readonly name: string;
  readonly blob: Blob;
  /** Null where it wasn't checked: see the reason. */
  readonly proof: Proof | null;
  readonly unchecked:
    'skipped' | 'no-runtime' | 'no-pictures' | { readonly failure: string } | null;
}

/** Enough to see one answer in a hundred change. */
const MAX_CHECKED = 100;

/** The whole classifier in a format that others read, proved before it is handed over. */
export class WholeExport {
  #phase = $state<WholePhase>('idle');
  #request = $state.raw<ExportRequest | null>(null);
  #done = $state(0);
  #total = $state(0);
  #problem = $state.raw<Problem | null>(null);
  #file = $state.raw<WholeFile | null>(null);
  readonly #parts: WholeExportParts;
  #abort = new AbortController();

  constructor(parts: WholeExportParts) {
    this.#parts = parts;
  }

  get phase(): WholePhase {
    return this.#phase;
  }
  /** What is being written, or was last. */
  get request(): ExportRequest | null {
    return this.#request;
  }
  /** Pictures checked. */
  get done(): number {
    return this.#done;
  }
  get total(): number {
    return this.#total;
  }
  /** Why nothing was written. */
  get problem(): Problem | null {
    return this.#problem;
  }
  /** The last one written. */
  get file(): WholeFile | null {
    return this.#file;
  }

  /** @returns the file; null where it failed (see {@link problem}), was cancelled, or another is being written. */
  async write(
    request: ExportRequest,
    { check }: { readonly check: boolean },
  ): Promise<WholeFile | null> {
    if (this.#phase !== 'idle') return null;
    this.#abort = new AbortController();
    const { signal } = this.#abort;
    [this.#request, this.#problem, this.#file] = [request, null, null];
    [this.#done, this.#total, this.#phase] = [0, 0, 'writing'];
    try {
      this.#file = await this.#write(request, check, signal);
    } catch (error) {
      if (!isCancelled(error, signal)) this.#problem = engineProblem(error);
    } finally {
      this.#phase = 'idle';
    }
    return this.#file;
  }

  cancel(): void {
    this.#abort.abort();
  }

  async #write(
    request: ExportRequest,
    check: boolean,
    signal: AbortSignal,
  ): Promise<WholeFile | null> {
    const { engine, exports, formats, project, classifierState } = this.#parts;
    const source = sourceOf(classifierState, await engine.backboneFiles(), []);
    const { saved } = classifierState;
    if (!source || !saved) return null;
    const written = await exports.write(source, request, { signal });
    if (!written.ok) {
      this.#problem = written.problem;
      return null;
    }
    const outcome = check
      ? await this.#check(written.value, request, source, saved, signal)
      : ({ proof: null, unchecked: 'skipped' } as const);
    const blob = await formats.zip(written.value);
    if (signal.aborted) throw new Cancelled();
    const name = `${safeFileName(project.name)}-${request.format}.zip`;
    return { request, name, blob, ...outcome };
  }

  /** A check that fails keeps nobody from the file: it is said. */
  async #check(
    files: readonly ModelFile[],
    { format }: ExportRequest,
    source: ClassifierSource,
    saved: SavedClassifier,
    signal: AbortSignal,
  ): Promise<Pick<WholeFile, 'proof' | 'unchecked'>> {
    if (!isCheckable(format)) return { proof: null, unchecked: 'no-runtime' };
    const { ids, keptAside } = this.#choosePictures(saved);
    if (ids.length === 0) return { proof: null, unchecked: 'no-pictures' };
    try {
      const { pictures, answers } = await this.#askPreview(ids, source, signal);
      if (pictures.length === 0) return { proof: null, unchecked: 'no-pictures' };
      [this.#phase, this.#done, this.#total] = ['checking', 0, pictures.length];
      const run = await this.#parts.exports.run(
        files,
        { format, crop: source.crop, sidePx: source.backbone.inputSidePx, pictures },
        { signal, onReport: (done) => (this.#done = done) },
      );
      const { runtime, millisAPicture, probabilities } = run;
      const agreement = compareAnswers(answers, probabilities, source.classes.length);
      const verdict = judgeAgreement(agreement);
      return {
        proof: { ...agreement, verdict, runtime, millisAPicture, keptAside },
        unchecked: null,
      };
    } catch (error) {
      if (isCancelled(error, signal)) throw error;
      const failure = error instanceof Error ? error.message : String(error);
      return { proof: null, unchecked: { failure } };
    }
  }

  /** Those that were kept aside, where there are any; evenly out of all. */
  #choosePictures({ judged }: SavedClassifier): { ids: readonly string[]; keptAside: boolean } {
    const { project } = this.#parts;
    const aside = judged.map(({ sampleId }) => sampleId).filter((id) => project.byId.has(id));
    const all = project.samples.filter(({ state }) => state === 'ready').map(({ id }) => id);
    const keptAside = aside.length > 0;
    return { ids: spread(keptAside ? aside : all, MAX_CHECKED), keptAside };
  }

  /** What the preview says of each, as a person would see it. */
  async #askPreview(
    ids: readonly string[],
    { crop, classes }: ClassifierSource,
    signal: AbortSignal,
  ): Promise<{ pictures: readonly Blob[]; answers: Float32Array }> {
    const { engine, project } = this.#parts;
    [this.#phase, this.#total] = ['asking-preview', ids.length];
    const pictures: Blob[] = [];
    const answers: number[] = [];
    for (const [index, id] of ids.entries()) {
      if (signal.aborted) throw new Cancelled();
      const picture = await project.file(id);
      const answered = picture && (await engine.classify(picture, crop));
      if (picture && answered?.ok && answered.value.probabilities.length === classes.length) {
        pictures.push(picture);
        answers.push(...answered.value.probabilities);
      }
      this.#done = index + 1;
    }
    return { pictures, answers: Float32Array.from(answers) };
  }
}

/** At most so many of a list, evenly. */
function spread<T>(list: readonly T[], most: number): readonly T[] {
  if (list.length <= most) return list;
  return list.filter(
    (_, index) =>
      Math.floor((index * most) / list.length) !== Math.floor(((index - 1) * most) / list.length),
  );
}
