import type { Evaluation } from '../../core/evaluation.ts';
import type { Crop } from '../../core/preprocess.ts';
import type { NetworkPlan } from '../../network/wasm/plan.ts';

/** What a page of one file carries as JSON; the numbers stand beside it. */
export interface PagePayload {
  /** In the order of the probabilities. Hostile text. */
  readonly labels: readonly string[];
  readonly crop: Crop;
  readonly evaluation: Evaluation | null;
  readonly inputSidePx: number;
  readonly embeddingLength: number;
  readonly plan: Omit<NetworkPlan, 'weights'>;
  /** Layers on the embedding: kernel [inputs, units], then bias [units], behind the plan's weights. */
  readonly head: readonly { readonly units: number; readonly activation: 'relu' | 'softmax' }[];
}

/** Ids of the elements that carry the payload and, in Base64, little-endian float32 numbers. */
export const PAYLOAD_ID = 'classifier';
export const NUMBERS_ID = 'numbers';
