import { hashOf } from '../../core/hash.ts';
import { isOwnBackboneId, ownBackboneId, type BackboneInfo } from '../../core/backbone.ts';
import type { BackendStatus } from '../../core/backend.ts';
import type { Head, EpochReport } from '../../core/head.ts';
import { unpackHashes, type EmbeddingShelf, type EmbeddingSpace } from '../../core/embedding.ts';
import type { Sha256 } from '../../core/dataset.ts';
import type { FitOptions } from '../../core/options.ts';
import { Cancelled, failed, ok, type Problem, type Result } from '../../core/problem.ts';
import { createRandom } from '../../core/random.ts';
import type {
  BackboneRequest,
  EmbeddingsRequest,
  EmbedItem,
  EmbedReport,
  Engine,
  EngineEvent,
  Frame,
  Prediction,
  RecalledRows,
  SpaceId,
  Trained,
  TrainRequest,
  Visit,
  Watch,
} from '../../engine/contract.ts';
import { createEmbeddingStore, type HeldSpace } from '../../engine/embedding-store.ts';
import { createEmbeddings, type Embeddings } from '../../engine/embeddings.ts';
import { fitSetOf, type FitSet, type HeadFit } from '../../engine/head/fit-set.ts';
import { trainClassifier } from '../../engine/head/train-classifier.ts';
import { memoryShelf } from './memory-shelf.ts';

const EMBEDDING_LENGTH = 8;
const EMBED_BATCH = 4;

type Embedding = Float32Array<ArrayBuffer>;

/**
 * An engine without tensors. A "picture" is a text such as `hat 3`: its first
 * word tells what it shows, so that its embedding lies near those of the same
 * word, and the rest makes it another picture. Texts that begin with `bad` are
 * no pictures; `wide` ones inspect well and can't be embedded.
 */
export class FakeEngine implements Engine {
  readonly embedded: string[] = [];
  readonly inspected: string[] = [];
  readonly urgent: string[] = [];
  readonly trainings: { readonly set: FitSet; readonly options: FitOptions }[] = [];
  /** What was last written. */
  embeddings: (EmbeddingsRequest & { readonly lengths: readonly number[] }) | null = null;
  /** What another engine finds after this one: embeddings outlive it. */
  readonly shelf: EmbeddingShelf;
  #spaces = createEmbeddingStore();
  head: Head | null = null;
  backboneProblem: Problem | null = null;
  /** Work waits for it; tests hold it to look in between. */
  gate: Promise<void> = Promise.resolve();
  /** What the next calls throw, as if the worker had died. */
  crash: Error | null = null;
  readonly embeddedBeside: string[] = [];
  /** Which of the catalogue's backbones can't be had. */
  missing: (request: { id: string; keptOnly?: boolean }) => boolean = () => false;
  /** Downloads wait for it; tests hold it to look in between. */
  network: Promise<void> = Promise.resolve();
  backbone: BackboneInfo | null = null;
  #beside: BackboneInfo | null = null;
  #up = false;
  readonly #listeners = new Set<(event: EngineEvent) => void>();
  #embeddings: Embeddings;

  constructor(shelf: EmbeddingShelf = memoryShelf()) {
    this.shelf = shelf;
    this.#embeddings = createEmbeddings(this.#spaces, shelf);
  }

  /** As if its worker had died and another had begun. */
  beginAnew(): void {
    this.#spaces = createEmbeddingStore();
    this.#embeddings = createEmbeddings(this.#spaces, this.shelf);
  }

  readonly started: Parameters<Engine['start']>[0][] = [];

  async start(request: Parameters<Engine['start']>[0]): Promise<Result<BackendStatus>> {
    this.started.push(request);
    await this.gate;
    this.#up = true;
    return ok(STATUS);
  }

  async loadBackbone(
    request: BackboneRequest,
    watch: Parameters<Engine['loadBackbone']>[1] = {},
  ): Promise<Result<BackboneInfo>> {
    if (!this.#up) throw new Error('start() comes first');
    await this.#work();
    if (watch.beside) await this.network;
    if (watch.signal?.aborted) throw new Cancelled();
    if (request.kind === 'catalogue' && isOwnBackboneId(request.id))
      return failed({ code: 'own-backbone-missing', id: request.id });
    if (request.kind === 'catalogue' && this.missing(request))
      return failed({ code: 'backbone-unreachable', id: request.id, tried: [] });
    if (this.backboneProblem) return failed(this.backboneProblem);
    if (request.kind === 'files' && request.inputRange === null) {
      return failed({ code: 'model-range-unknown', file: request.files[0]?.name ?? '' });
    }
    const whole = new Blob(request.kind === 'files' ? [...request.files] : [request.id]);
    const sha256 = await hashOf(await whole.arrayBuffer());
    const id = request.kind === 'files' ? ownBackboneId(sha256) : request.id;
    const info = { ...BACKBONE, id, name: id, sha256 };
    if (watch.beside) this.#beside = info;
    else [this.backbone, this.#beside] = [info, null];
    return ok(info);
  }

  useBeside(head: Head | null): Promise<void> {
    if (!this.#beside) throw new Error('nothing beside');
    [this.backbone, this.#beside, this.head] = [this.#beside, null, head];
    return Promise.resolve();
  }

  dropBeside(): Promise<void> {
    this.#beside = null;
    return Promise.resolve();
  }

  backboneFiles() {
    return Promise.resolve([{ name: 'model.json', bytes: new Uint8Array([1, 2, 3]) }]);
  }

  async visit(file: File, space: SpaceId | null, urgent = false): Promise<Result<Visit>> {
    await this.#work();
    const text = await file.text().catch(() => null);
    if (text === null) return failed({ code: 'file-unreadable', file: file.name });
    this.inspected.push(file.name);
    if (urgent) this.urgent.push(file.name);
    if (text.startsWith('bad')) return failed({ code: 'file-damaged', file: file.name });
    const hash = await hashOf(await file.arrayBuffer());
    const kept = text.startsWith('<svg') ? 'drawn ' + text : text;
    const content = { type: file.type, bytes: new TextEncoder().encode(kept) };
    const thumbnail = { type: 'image/jpeg', bytes: new TextEncoder().encode(`small ${text}`) };
    const converted = kept !== text;
    const inspection = { hash, widthPx: 4, heightPx: 3, thumbnail, content, converted };
    return ok({ inspection, row: this.#embedOnTheWay(hash, kept, space) });
  }

  #embedOnTheWay(hash: Sha256, text: string, id: SpaceId | null): number | null {
    const held = id === null ? null : this.#spaces.held(id);
    if (held?.space.backboneSha256 !== this.backbone?.sha256) return null;
    if (!held || text.startsWith('wide')) return null;
    this.embedded.push(text);
    const row = { hash, values: embeddingOf(text) };
    this.shelf.add(held.space, row);
    return held.add(row);
  }

  async recall(space: EmbeddingSpace, packed: Uint8Array): Promise<RecalledRows> {
    await this.#work();
    const hashes = unpackHashes(packed);
    const held = this.#spaces.open(space);
    await this.shelf.read(space, new Set(hashes), (row) => held.add(row));
    return { id: held.id, rows: Int32Array.from(hashes, (hash) => held.rowOf(hash)) };
  }

  async embed(items: readonly EmbedItem[], id: SpaceId, watch: Watch<EmbedReport> = {}) {
    const held = this.#held(id);
    const { backboneSha256 } = held.space;
    const beside = this.#beside?.sha256 === backboneSha256;
    if (!beside && this.backbone?.sha256 !== backboneSha256) throw new Cancelled();
    for (let from = 0; from < items.length; from += EMBED_BATCH) {
      await this.#work();
      if (watch.signal?.aborted) throw new Cancelled();
      const batch = items.slice(from, from + EMBED_BATCH);
      const texts = await Promise.all(batch.map(({ file }) => file.text()));
      const rows = batch.map(({ hash }, index) => {
        const text = texts[index] ?? '';
        if (text.startsWith('wide')) return -1;
        (beside ? this.embeddedBeside : this.embedded).push(text);
        const row = { hash, values: embeddingOf(text) };
        this.shelf.add(held.space, row);
        return held.add(row);
      });
      watch.onReport?.({
        items: Int32Array.from(batch, (_, index) => from + index),
        rows: Int32Array.from(rows),
        problems: rows.flatMap((row, index) =>
          row < 0 ? [{ item: from + index, problem: { code: 'file-damaged', file: '' } }] : [],
        ),
      });
    }
  }

  keepEmbeddings(packed: Uint8Array): Promise<boolean> {
    return this.#embeddings.keepOnly(packed);
  }

  writeEmbeddings(request: EmbeddingsRequest) {
    const space = this.#held(request.space);
    this.embeddings = {
      ...request,
      lengths: Array.from(request.rows, (row) => space.at(row).length),
    };
    return Promise.resolve([{ name: 'embeddings.npy', bytes: new Uint8Array([1]) }]);
  }

  async train(
    { set, test, options, startAtHeadInUse }: TrainRequest,
    watch: Parameters<Engine['train']>[1] = {},
  ): Promise<Result<Trained>> {
    const space = this.#held(set.space);
    return trainClassifier(
      {
        fit: (fitSet, fitOptions, report) => this.#fit(fitSet, fitOptions, report, watch),
        predict: (head, count, at) => {
          const rows = Array.from({ length: count }, (_, index) => answer(head, at(index)));
          return Promise.resolve(Float32Array.from(rows.flatMap((row) => [...row])));
        },
      },
      fitSetOf(set, space),
      { classes: test.classes, at: (index) => space.at(test.rows[index] ?? -1) },
      options,
      startAtHeadInUse ? this.head : null,
      (report) => watch.onReport?.(report),
    );
  }

  async #fit(
    set: FitSet,
    options: FitOptions,
    report: (report: EpochReport) => void | Promise<void>,
    watch: { readonly signal?: AbortSignal; readonly stop?: AbortSignal },
  ): Promise<Result<HeadFit>> {
    this.trainings.push({ set, options });
    const history: EpochReport[] = [];
    const last = Math.min(options.epochs, options.stopAfterEpoch ?? options.epochs);
    for (let epoch = 1; epoch <= last && !watch.stop?.aborted; epoch++) {
      await this.#work();
      if (watch.signal?.aborted) throw new Cancelled();
      if (options.learningRate > 1e6) {
        return failed({ code: 'loss-not-finite', epoch, learningRate: options.learningRate });
      }
      const { learningRate, l2 } = options;
      const fitted = { epoch, learningRate, l2, loss: 1 / epoch, accuracy: 1 };
      history.push({ ...fitted, validationLoss: null, validationAccuracy: null });
      await report({ ...fitted, validationLoss: null, validationAccuracy: null });
    }
    const stopped = watch.stop?.aborted === true;
    const bestEpoch = history.length;
    return ok({ head: fitCentroids(set), history, bestEpoch, l2: options.l2, stopped });
  }

  #held(id: SpaceId): HeldSpace {
    const held = this.#spaces.held(id);
    if (!held) throw new Cancelled();
    return held;
  }

  useHead(head: Head | null): Promise<void> {
    this.head = head;
    return Promise.resolve();
  }

  async classify(picture: Blob | Frame): Promise<Result<Prediction>> {
    await this.#work();
    if (!this.head) throw new Error('no head');
    const text = picture instanceof Blob ? await picture.text() : 'frame';
    if (text.startsWith('bad')) return failed({ code: 'file-damaged', file: '' });
    return ok({ probabilities: answer(this.head, embeddingOf(text)), millis: 5 });
  }

  encodeFrame(frame: ImageBitmap): Promise<Blob> {
    frame.close();
    return Promise.resolve(
      new Blob([`frame ${String(performance.now())}`], { type: 'image/webp' }),
    );
  }

  onEvent(listener: (event: EngineEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** As if its worker couldn't be had again: what was loaded is gone. */
  stop(problem: Problem): void {
    [this.#up, this.backbone, this.#beside, this.head] = [false, null, null, null];
    this.emit({ kind: 'stopped', problem });
  }

  emit(event: EngineEvent): void {
    for (const listener of this.#listeners) listener(event);
  }

  dispose(): void {
    this.#listeners.clear();
  }

  async #work(): Promise<void> {
    await this.gate;
    // A worker answers in another task, never in the same.
    await new Promise((resolve) => setTimeout(resolve, 0));
    if (this.crash) throw this.crash;
  }
}

const BACKBONE: BackboneInfo = {
  id: '',
  name: '',
  kind: 'graph-model',
  sha256: '',
  bytes: 3,
  inputSidePx: 224,
  inputRange: [-1, 1],
  embeddingLength: EMBEDDING_LENGTH,
  featureLayer: 'pool',
  source: 'own-origin',
};

export const STATUS: BackendStatus = {
  backend: 'wasm',
  reason: 'no-gpu-adapter',
  device: 'WASM, SIMD',
  facts: { webgpu: null, webgl: null, wasm: { simd: true } },
};

/** Of the first word mostly, and a little of the whole. */
function embeddingOf(text: string): Embedding {
  const word = noise(text.split(' ')[0] ?? '');
  const own = noise(text);
  return word.map((value, index) => value + 0.2 * (own[index] ?? 0));
}

function noise(text: string): Embedding {
  let seed = 7;
  for (const character of text) seed = (seed * 31 + (character.codePointAt(0) ?? 0)) % 2 ** 31;
  const random = createRandom(seed);
  return Float32Array.from({ length: EMBEDDING_LENGTH }, () => random.normal());
}

/** The nearest centroid, as a softmax over squared distances. */
function fitCentroids({ at, embeddingLength, classes, classIds, trainingRows }: FitSet): Head {
  const units = classIds.length;
  const kernel = new Float32Array(embeddingLength * units);
  const bias = new Float32Array(units);
  for (let unit = 0; unit < units; unit++) {
    const rows = [...trainingRows].filter((row) => classes[row] === unit);
    for (let input = 0; input < embeddingLength; input++) {
      const sum = rows.reduce((total, row) => total + (at(row)[input] ?? 0), 0);
      const mean = rows.length === 0 ? 0 : sum / rows.length;
      kernel[input * units + unit] = mean;
      bias[unit] = (bias[unit] ?? 0) - (mean * mean) / 2;
    }
  }
  return { embeddingLength, classIds, layers: [{ units, kernel, bias, activation: 'softmax' }] };
}

function answer(head: Head, embedding: Float32Array): Embedding {
  const layer = head.layers[0];
  if (!layer) throw new Error('no layer');
  const logits = Array.from(layer.bias, (bias, unit) =>
    embedding.reduce(
      (sum, value, input) => sum + value * (layer.kernel[input * layer.units + unit] ?? 0),
      bias,
    ),
  );
  const powers = logits.map((logit) => Math.exp(logit - Math.max(...logits)));
  const total = powers.reduce((sum, power) => sum + power, 0);
  return Float32Array.from(powers, (power) => power / total);
}
