import { createBreather } from '../core/breathe.ts';
import { HASH_BYTES, packHashes } from '../core/embedding.ts';
import type { Sha256 } from '../core/dataset.ts';
import type { Engine } from '../engine/contract.ts';
import type { ProjectStore } from '../storage/contract.ts';
import type { Pipeline } from './pipeline.ts';

export interface NeedlessEmbeddingsParts {
  readonly store: Pick<ProjectStore, 'neededHashes'>;
  readonly engine: Pick<Engine, 'keepEmbeddings'>;
  /** What is computed goes first. Once rows have gone, where the others are is asked again. */
  readonly pipeline: Pick<Pipeline, 'busy' | 'askAgain'>;
  /** Before each look. */
  readonly restMillis?: number;
}

/** Longer than any picture takes from its embedding to its place in a project. */
const REST_MILLIS = 60_000;
/** The engine lets go what was needless twice. */
const LOOKS = 2;
const HASHES_A_TURN = 1000;

/** Has the engine let go of embeddings that no project needs, of any tab, while nothing else is done. */
export class NeedlessEmbeddings {
  readonly #parts: NeedlessEmbeddingsParts;
  #looks = 0;
  #timer: ReturnType<typeof setTimeout> | null = null;

  constructor(parts: NeedlessEmbeddingsParts) {
    this.#parts = parts;
  }

  /** Some may have become needless. */
  soon(): void {
    this.#looks = LOOKS;
    this.#wait();
  }

  #wait(): void {
    this.#timer ??= setTimeout(() => {
      void this.#look();
    }, this.#parts.restMillis ?? REST_MILLIS);
  }

  async #look(): Promise<void> {
    if (!this.#parts.pipeline.busy) {
      this.#looks -= 1;
      try {
        await this.#collect();
      } catch {
        // The worker died: next time.
      }
    }
    this.#timer = null;
    if (this.#looks > 0) this.#wait();
  }

  async #collect(): Promise<void> {
    const { store, engine, pipeline } = this.#parts;
    const needed = await store.neededHashes();
    // What can't be read may be needed.
    if (needed.ok && (await engine.keepEmbeddings(await pack([...needed.value]))))
      pipeline.askAgain();
  }
}

/** Some at a time: there may be a hundred thousand. */
async function pack(hashes: readonly Sha256[]): Promise<Uint8Array<ArrayBuffer>> {
  const breathe = createBreather();
  const packed = new Uint8Array(hashes.length * HASH_BYTES);
  for (let from = 0; from < hashes.length; from += HASHES_A_TURN) {
    packed.set(packHashes(hashes.slice(from, from + HASHES_A_TURN)), from * HASH_BYTES);
    await breathe();
  }
  return packed;
}
