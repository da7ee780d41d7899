import { ok, type Result } from '../core/problem.ts';
import type { Sample } from '../core/dataset.ts';
import type { SavedBackbone, SavedClassifier, SavedProject, Store } from './contract.ts';

const DONE: Promise<Result<void>> = Promise.resolve(ok(undefined));

/** Keeps everything for as long as the page lives: for the terminal run, for tests, and where the disk refuses. */
export function createMemoryStore(): Store {
  return new MemoryStore();
}

class MemoryStore implements Store {
  #project: Pick<SavedProject, 'name' | 'classes' | 'options'> = {
    name: '',
    classes: [],
    options: null,
  };
  #classifier: SavedClassifier | null = null;
  readonly #samples = new Map<string, Sample>();
  readonly #files = new Map<string, Blob>();
  readonly #thumbnails = new Map<string, Blob>();
  readonly #backbones = new Map<string, SavedBackbone>();

  load(): Promise<Result<SavedProject>> {
    const samples = [...this.#samples.values()].sort((a, b) => a.addedAtMillis - b.addedAtMillis);
    return Promise.resolve(ok({ ...this.#project, samples, classifier: this.#classifier }));
  }

  saveProject(project: Pick<SavedProject, 'name' | 'classes' | 'options'>): Promise<Result<void>> {
    this.#project = project;
    return DONE;
  }

  addSamples(
    classes: SavedProject['classes'],
    samples: readonly { readonly sample: Sample; readonly file: Blob; readonly thumbnail?: Blob }[],
  ): Promise<Result<void>> {
    this.#project = { ...this.#project, classes };
    return this.updateSamples(samples);
  }

  updateSamples(
    updates: readonly {
      readonly sample: Sample;
      readonly thumbnail?: Blob;
      readonly file?: Blob;
    }[],
  ): Promise<Result<void>> {
    for (const { sample, thumbnail, file } of updates) {
      this.#samples.set(sample.id, sample);
      if (thumbnail) this.#thumbnails.set(sample.id, thumbnail);
      if (file) this.#files.set(sample.id, file);
    }
    return DONE;
  }

  removeSamples(ids: readonly string[]): Promise<Result<void>> {
    for (const id of ids) {
      this.#samples.delete(id);
      this.#files.delete(id);
      this.#thumbnails.delete(id);
    }
    return DONE;
  }

  readFile(sampleId: string): Promise<Blob | null> {
    return Promise.resolve(this.#files.get(sampleId) ?? null);
  }

  readThumbnail(sampleId: string): Promise<Blob | null> {
    return Promise.resolve(this.#thumbnails.get(sampleId) ?? null);
  }

  saveBackbone(backbone: SavedBackbone): Promise<Result<void>> {
    this.#backbones.set(backbone.id, backbone);
    return DONE;
  }

  readBackbone(id: string): Promise<SavedBackbone | null> {
    return Promise.resolve(this.#backbones.get(id) ?? null);
  }

  saveClassifier(classifier: SavedClassifier | null): Promise<Result<void>> {
    this.#classifier = classifier;
    return DONE;
  }

  clear(): Promise<Result<void>> {
    this.#project = { name: '', classes: [], options: null };
    this.#classifier = null;
    for (const map of [this.#samples, this.#files, this.#thumbnails, this.#backbones]) map.clear();
    return DONE;
  }

  persist(): Promise<boolean> {
    return Promise.resolve(false);
  }
}
