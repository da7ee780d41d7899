import type { RuntimeName, RuntimeReason, RuntimeStatus } from '../../core/runtime.ts';
import { cosine } from '../../core/embedding.ts';
import { createRandom } from '../../core/random.ts';
import type { BackboneInfo } from '../../core/backbone.ts';
import type { Backbone } from '../../network/backbone.ts';
import type { Network } from '../../network/network.ts';
import { readNetwork } from '../../network/read/read-backbone.ts';
import type { NetworkPlan } from '../../network/wasm/plan.ts';
import { planNetwork } from '../../network/wasm/plan-network.ts';
import { createSimdBackbone } from '../../network/wasm/simd-backbone.ts';
import type { InputPixels } from '../../core/preprocess.ts';
import type { PicturePool } from '../picture-pool.ts';
import type { NetworkId } from '../remote.ts';
import type { LoadedBackbone } from '../session.ts';

export interface RuntimeTools {
  readonly pool: PicturePool;
  /** Of the page: what was measured is remembered for it. */
  readonly baseUrl: string;
  /** Runs work while nothing else computes: a measurement beside other work tells nothing. */
  readonly alone: <T>(work: () => Promise<T>) => Promise<T>;
}

/** A backbone by the SIMD runtime in the picture workers. */
export interface PooledBackbone extends Backbone {
  readonly id: NetworkId;
  readonly workers: number;
}

/** Which runtime it is; `faster` where it isn't TF.js. The caller disposes of it. */
export interface RuntimeChoice {
  readonly status: RuntimeStatus;
  readonly faster: PooledBackbone | null;
}

/** Two runtimes whose embeddings differ more than this are not taken for one another. */
const MIN_COSINE = 0.9999;
/** A batch on WASM. */
const MEASURED_PICTURES = 8;
const ROUNDS = 2;
/** A first look at TF.js takes so many, and is enough where the other is so many times as fast: nothing else computes meanwhile. */
const GLANCED_PICTURES = 2;
const CLEAR_LEAD = 1.5;

/**
 * Decides what embeds on the CPU: the SIMD runtime where it can run the network, gives the
 * same embeddings and is faster here. The decision is kept for later visits.
 *
 * @param asked what a person wants: not measured, but checked all the same.
 */
export async function chooseRuntime(
  loaded: LoadedBackbone,
  asked: RuntimeName | null,
  tools: RuntimeTools,
): Promise<RuntimeChoice> {
  const { sha256 } = loaded.found.identity;
  const plain = (reason: RuntimeReason, rest: Partial<RuntimeStatus> = {}): RuntimeChoice => ({
    status: { sha256, runtime: 'tfjs', reason, threads: 1, rates: null, failure: null, ...rest },
    faster: null,
  });
  if (asked === 'tfjs') return plain('asked-for');
  const name = noteName(sha256);
  const note = asked === null ? parseNote(await readNote(name, tools.baseUrl)) : null;
  if (note !== null && note.tfjs >= note.simd) return plain('remembered', { rates: note });
  let faster: PooledBackbone | null = null;
  try {
    faster = await bringUp(loaded, tools);
    const runtime = faster;
    if (!(await tools.alone(() => agree(runtime, loaded.backbone)))) {
      faster.dispose();
      return plain('other-differed');
    }
    if (asked !== null || note !== null) {
      return take(faster, asked === null ? 'remembered' : 'asked-for', sha256, note);
    }
    const rates = await tools.alone(() => measure(runtime, loaded.backbone));
    await keepNote(name, tools.baseUrl, JSON.stringify(rates));
    if (rates.simd > rates.tfjs) return take(faster, 'measured', sha256, rates);
    faster.dispose();
    return plain('measured', { rates });
  } catch (error) {
    faster?.dispose();
    const failure = error instanceof Error ? error.message : String(error);
    return plain('other-failed', { failure });
  }
}

function take(
  faster: PooledBackbone,
  reason: RuntimeReason,
  sha256: RuntimeStatus['sha256'],
  rates: RuntimeStatus['rates'],
): RuntimeChoice {
  const { workers: threads } = faster;
  return { status: { sha256, runtime: 'simd', reason, threads, rates, failure: null }, faster };
}

/** @throws where the network can't be translated or planned, or the SIMD runtime doesn't run. */
async function bringUp(
  { found, backbone }: LoadedBackbone,
  { pool }: RuntimeTools,
): Promise<PooledBackbone> {
  const { inputSidePx, featureLayer } = backbone.info;
  const read = readNetwork(found.parts, { inputSidePx, featureLayers: [featureLayer] });
  if (!read.ok) {
    const { problem } = read;
    if (problem.code !== 'model-not-translatable') throw new Error(problem.code);
    throw new Error(`${problem.layer} (${problem.operation}): ${problem.reason}`);
  }
  return loadIntoPool(read.value.network, backbone.info, pool);
}

/** @throws where the network can't be planned, or the SIMD runtime doesn't run. */
export async function loadIntoPool(
  network: Network,
  info: BackboneInfo,
  pool: PicturePool,
): Promise<PooledBackbone> {
  const load = (plan: NetworkPlan) => pool.loadNetwork(plan);
  const whole = await load(planNetwork(network, info));
  const backbone = createSimdBackbone(network, info, whole, load);
  return { ...backbone, id: whole.id, workers: whole.workers };
}

async function agree(faster: PooledBackbone, backbone: Backbone): Promise<boolean> {
  const pictures = noise(1, backbone.info.inputSidePx);
  const [ours, theirs] = [await backbone.embed(pictures), await faster.embed(pictures)];
  return cosine(ours, theirs) >= MIN_COSINE;
}

/** Pictures a second of each, by a glance, or the best of some alternating rounds. Both have run before. */
async function measure(
  faster: PooledBackbone,
  backbone: Backbone,
): Promise<Record<RuntimeName, number>> {
  const pictures = noise(MEASURED_PICTURES, backbone.info.inputSidePx);
  const rateOf = async (embeds: Backbone, inputs: readonly InputPixels[] = pictures) => {
    const startedAt = performance.now();
    await embeds.embed(inputs);
    return (inputs.length / (performance.now() - startedAt)) * 1000;
  };
  await faster.embed(pictures);
  const rates = {
    tfjs: await rateOf(backbone, pictures.slice(0, GLANCED_PICTURES)),
    simd: await rateOf(faster),
  };
  if (rates.simd > CLEAR_LEAD * rates.tfjs) return rates;
  for (let round = 0; round < ROUNDS; round++) {
    rates.tfjs = Math.max(rates.tfjs, await rateOf(backbone));
    rates.simd = Math.max(rates.simd, await rateOf(faster));
  }
  return rates;
}

/** What a network computes takes as long for noise as for photographs. */
function noise(count: number, sidePx: number): InputPixels[] {
  const random = createRandom(1);
  const draw = () => random.int(256);
  return Array.from({ length: count }, () =>
    Uint8Array.from({ length: sidePx * sidePx * 3 }, draw),
  );
}

function noteName(sha256: string): string {
  return `${sha256} ${String(navigator.hardwareConcurrency)}`;
}

function parseNote(text: string | null): Record<RuntimeName, number> | null {
  try {
    // `kernel`: as earlier versions called it.
    const { kernel, simd = kernel, tfjs } = JSON.parse(text ?? '') as Record<string, unknown>;
    return typeof simd === 'number' && typeof tfjs === 'number' ? { simd, tfjs } : null;
  } catch {
    return null;
  }
}

/** Beside the backbones' cache. */
const CACHE_NAME = 'headstart-runtime-2';

/** Null where there is none: no secure context, or refused. */
async function openCache(): Promise<Cache | null> {
  try {
    return await caches.open(CACHE_NAME);
  } catch {
    return null;
  }
}

/** A short text under a name, or null. */
export async function readNote(name: string, baseUrl: string): Promise<string | null> {
  const note = await (await openCache())?.match(noteUrl(name, baseUrl));
  return (await note?.text()) ?? null;
}

/** Where keeping is refused, quietly not. */
export async function keepNote(name: string, baseUrl: string, text: string): Promise<void> {
  const cache = await openCache();
  await cache?.put(noteUrl(name, baseUrl), new Response(text)).catch(() => undefined);
}

function noteUrl(name: string, baseUrl: string): URL {
  return new URL(`runtime/${encodeURIComponent(name)}`, baseUrl);
}
