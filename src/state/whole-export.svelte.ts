import { compareAnswers, judgeAgreement, type Agreement, type Verdict } from '../core/agreement.ts';
import type { ModelFile } from '../core/backbone.ts';
import type { Classifier } from '../core/classifier.ts';
import { isCheckable, PRECISIONS, type ExportFormat } from '../core/export-format.ts';
import { Cancelled, failed, ok, type Problem, type Result } from '../core/problem.ts';
import type { Engine, ExportEngine, ExportRequest } from '../engine/contract.ts';
import type { ExportedClassifier, Formats } from '../formats/contract.ts';
import type { ClassifierState } from './classifier-state.svelte.ts';
import { safeFileName, sourceOf, type Exporter } from './exporter.svelte.ts';
import { chooseForCheck, readForCalibration, type Acquaintance } from './export-pictures.ts';
import { engineProblem, isCancelled } from './failure.ts';
import type { Project } from './project.svelte.ts';

export interface WholeExportParts {
  readonly engine: Pick<Engine, 'backboneFiles' | 'classify'>;
  readonly exports: ExportEngine;
  readonly exporter: Exporter;
  readonly formats: Pick<Formats, 'zip'>;
  readonly project: Project;
  readonly classifierState: ClassifierState;
}

export type WholePhase = 'idle' | 'calibrating' | 'writing' | 'asking-preview' | 'checking';

/** What the written file answered, beside the preview. */
export interface Proof extends Agreement {
  readonly verdict: Verdict;
  readonly runtime: string;
  readonly millisAPicture: number;
  readonly acquaintance: Acquaintance;
}

/** What is known of a format's files. Without a proof the reason is there. */
export interface WholePart {
  readonly request: ExportRequest;
  readonly proof: Proof | null;
  readonly unchecked:
    | 'skipped'
    | 'no-runtime'
    | 'no-pictures'
    /** Offline, before its runtime was ever used. */
    | 'not-fetched'
    | { readonly failure: string }
    /** This format could not be written. */
    | { readonly missing: Problem }
    | null;
}

/** One format, or all of them with Headstart's own and the embeddings. */
export type WholeRequest = ExportRequest | 'everything';

/** A file to take along. */
export interface WholeFile {
  readonly name: string;
  readonly blob: Blob;
  readonly parts: readonly WholePart[];
}

interface Written {
  readonly of: Classifier;
  readonly file: WholeFile;
}

/** Pictures, and the preview's answers to them. */
interface Preview {
  readonly pictures: readonly Blob[];
  /** Row-major [pictures, classes]. */
  readonly answers: Float32Array;
  readonly acquaintance: Acquaintance;
}

/** The whole classifier in a format that others read, proved before it is handed over. */
export class WholeExport {
  #phase = $state<WholePhase>('idle');
  #request = $state.raw<WholeRequest | null>(null);
  #done = $state(0);
  #total = $state(0);
  #problem = $state.raw<Problem | null>(null);
  #written = $state.raw<Written | null>(null);
  readonly #parts: WholeExportParts;
  #abort = new AbortController();

  constructor(parts: WholeExportParts) {
    this.#parts = parts;
  }

  get phase(): WholePhase {
    return this.#phase;
  }
  /** What is being written, or was last. */
  get request(): WholeRequest | null {
    return this.#request;
  }
  /** Pictures, in the present phase. */
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
  /** The last one written; null once there is another classifier than it was written from. */
  get file(): WholeFile | null {
    const written = this.#written;
    return written?.of === this.#parts.classifierState.saved ? written.file : null;
  }

  /** @returns the file; null where it failed (see {@link problem}), was cancelled, or another is being written. */
  async write(
    request: WholeRequest,
    { check }: { readonly check: boolean },
  ): Promise<WholeFile | null> {
    if (this.#phase !== 'idle') return null;
    this.#abort = new AbortController();
    const { signal } = this.#abort;
    [this.#request, this.#problem, this.#written] = [request, null, null];
    try {
      this.#written = await this.#write(request, check, signal);
    } catch (error) {
      if (!isCancelled(error, signal)) this.#problem = engineProblem(error);
    } finally {
      this.#phase = 'idle';
    }
    return this.file;
  }

  cancel(): void {
    this.#abort.abort();
  }

  async #write(
    request: WholeRequest,
    check: boolean,
    signal: AbortSignal,
  ): Promise<Written | null> {
    const { engine, exporter, formats, project, classifierState } = this.#parts;
    [this.#done, this.#total, this.#phase] = [0, 0, 'writing'];
    const source = sourceOf(classifierState, await engine.backboneFiles(), []);
    const { saved } = classifierState;
    if (!source || !saved) return null;
    const all = request === 'everything';
    const preview = check ? await this.#askPreview(source, saved, signal) : null;
    const files: ModelFile[] = [];
    const parts: WholePart[] = [];
    for (const one of all ? EVERY_FORMAT : [request]) {
      const made = await this.#makePart(one, source, saved, preview, signal);
      if (made.ok) {
        parts.push(made.value.part);
        files.push(...(all ? inFolder(one.format, made.value.files) : made.value.files));
      } else if (all) {
        // The others are worth having without it.
        parts.push({ request: one, proof: null, unchecked: { missing: made.problem } });
      } else {
        this.#problem = made.problem;
        return null;
      }
    }
    if (all) {
      files.push(...inFolder('headstart', (await exporter.files()) ?? []));
      files.push(...inFolder('embeddings', (await exporter.embeddings()) ?? []));
    }
    const [only] = files;
    const isPage = !all && request.format === 'page' && only !== undefined;
    const blob = isPage ? new Blob([only.bytes], { type: 'text/html' }) : await formats.zip(files);
    if (signal.aborted) throw new Cancelled();
    // Fitted anew meanwhile: half of it would be of the one before.
    if (classifierState.saved !== saved) return this.#write(request, check, signal);
    const ending = isPage ? '.html' : `-${all ? 'everything' : request.format}.zip`;
    const name = safeFileName(project.name) + ending;
    return { of: saved, file: { name, blob, parts } };
  }

  async #makePart(
    request: ExportRequest,
    source: ExportedClassifier,
    saved: Classifier,
    preview: Preview | null,
    signal: AbortSignal,
  ): Promise<Result<{ readonly files: readonly ModelFile[]; readonly part: WholePart }>> {
    const { exports, project } = this.#parts;
    const calibrates = request.precision === 'int8';
    const pictures = calibrates ? await readForCalibration(project, saved) : [];
    if (calibrates && pictures.length === 0) return failed({ code: 'nothing-to-calibrate' });
    [this.#done, this.#total] = [0, pictures.length];
    this.#phase = calibrates ? 'calibrating' : 'writing';
    const written = await exports.write(source, request, pictures, {
      signal,
      onReport: (done) => {
        this.#done = done;
        if (done === pictures.length) this.#phase = 'writing';
      },
    });
    if (!written.ok) return written;
    const outcome = await this.#check(written.value, request, source, preview, signal);
    return ok({ files: written.value, part: { request, ...outcome } });
  }

  /** A check that fails keeps nobody from the file: it is said. */
  async #check(
    files: readonly ModelFile[],
    { format }: ExportRequest,
    source: ExportedClassifier,
    preview: Preview | null,
    signal: AbortSignal,
  ): Promise<Pick<WholePart, 'proof' | 'unchecked'>> {
    if (!isCheckable(format)) return { proof: null, unchecked: 'no-runtime' };
    if (preview === null) return { proof: null, unchecked: 'skipped' };
    const { pictures, answers, acquaintance } = preview;
    if (pictures.length === 0) return { proof: null, unchecked: 'no-pictures' };
    try {
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
        proof: { ...agreement, verdict, runtime, millisAPicture, acquaintance },
        unchecked: null,
      };
    } catch (error) {
      if (isCancelled(error, signal)) throw error;
      const { name, message } = error instanceof Error ? error : new Error(String(error));
      // Of an error that comes from a worker only the name is left of its class.
      const unchecked = name === 'NotFetched' ? 'not-fetched' : { failure: message };
      return { proof: null, unchecked };
    }
  }

  /** What the preview says of each, as a person would see it. */
  async #askPreview(
    { crop, classes }: ExportedClassifier,
    saved: Classifier,
    signal: AbortSignal,
  ): Promise<Preview> {
    const { engine, project } = this.#parts;
    const { ids, acquaintance } = chooseForCheck(project, saved);
    [this.#phase, this.#total] = ['asking-preview', ids.length];
    const pictures: Blob[] = [];
    const answers: number[] = [];
    for (const [index, id] of ids.entries()) {
      if (signal.aborted) throw new Cancelled();
      const picture = await project.readFile(id);
      const answered = picture && (await engine.classify(picture, crop));
      if (picture && answered?.ok && answered.value.probabilities.length === classes.length) {
        pictures.push(picture);
        answers.push(...answered.value.probabilities);
      }
      this.#done = index + 1;
    }
    return { pictures, answers: Float32Array.from(answers), acquaintance };
  }
}

const EVERY_FORMAT: readonly ExportRequest[] = (Object.keys(PRECISIONS) as ExportFormat[]).map(
  (format) => ({ format, precision: 'float32' }),
);

function inFolder(folder: string, files: readonly ModelFile[]): ModelFile[] {
  return files.map(({ name, bytes }) => ({ name: `${folder}/${name}`, bytes }));
}
