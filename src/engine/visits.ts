import { ok, type Result } from '../core/problem.ts';
import type { InputPixels } from '../core/preprocess.ts';
import type { Sha256 } from '../core/dataset.ts';
import { BATCH_SIZE, type EmbedTools } from './embed.ts';
import type { HeldSpace } from './embedding-store.ts';
import type { Looked } from './picture/visit.ts';
import type { PrepareAim, Prepared, SentVisit } from './remote.ts';

/** What a picture worker made of a file. */
type Outcome = Result<Looked<Prepared>> | 'svg';

/** Where a visit's embedding goes, and what makes it. */
export interface VisitTarget {
  readonly space: HeldSpace;
  readonly tools: EmbedTools;
  /** @returns its row. */
  readonly keep: (hash: Sha256, values: Float32Array) => number;
}

/**
 * Has a file looked at and embedded.
 *
 * @param look asks a picture worker, once.
 * @param target null: no embedding is wanted, or can be had.
 * @returns `svg` where only the page can draw it.
 */
export type VisitFile = (
  look: (aim: PrepareAim | null) => Promise<Outcome>,
  target: VisitTarget | null,
) => Promise<Result<SentVisit> | 'svg'>;

/** An input that waits for the others of its batch. */
interface Waiting {
  readonly input: InputPixels;
  readonly target: VisitTarget;
  readonly resolve: (values: Float32Array) => void;
  readonly reject: (error: unknown) => void;
}

/** Visits go on side by side; what TF.js embeds of them goes to it in batches. */
export function createVisits(): VisitFile {
  let underWay = 0;
  let waiting: readonly Waiting[] = [];

  /** A batch is run once it is full, or once nothing that is under way can add to it. */
  const runBatch = (): void => {
    const first = waiting[0];
    if (first === undefined) return;
    const { space, tools } = first.target;
    const size = BATCH_SIZE[tools.backend];
    const batch = waiting.filter(({ target }) => target.space === space).slice(0, size);
    if (batch.length < size && waiting.length < underWay) return;
    waiting = waiting.filter((each) => !batch.includes(each));
    void embedBatch(batch, tools).then(runBatch);
  };

  const embedTogether = (input: InputPixels, target: VisitTarget): Promise<Float32Array> =>
    new Promise((resolve, reject) => {
      waiting = [...waiting, { input, target, resolve, reject }];
      runBatch();
    });

  const embed = async ({ inspection, made }: Looked<Prepared>, target: VisitTarget) => {
    if (made === null) return null;
    try {
      const values = 'embedding' in made ? made.embedding : await embedTogether(made.input, target);
      return target.keep(inspection.hash, values);
    } catch {
      // It can be embedded from what is kept of it; then it's said why it can't.
      return null;
    }
  };

  return async (look, target) => {
    underWay += 1;
    try {
      const looked = target === null ? await look(null) : await lookFor(target, look);
      if (looked === 'svg' || !looked.ok) return looked;
      const { inspection } = looked.value;
      return ok({ inspection, row: target === null ? null : await embed(looked.value, target) });
    } finally {
      underWay -= 1;
      runBatch();
    }
  };
}

/** Looks at a file with the target's backbone in mind; without where that is gone. */
async function lookFor(
  { space, tools }: VisitTarget,
  look: (aim: PrepareAim | null) => Promise<Outcome>,
): Promise<Outcome> {
  const { inputSidePx: sidePx, onBackbone } = tools;
  // Once it has been looked at, that counts, whatever becomes of the backbone.
  const lookedAt: Promise<Outcome>[] = [];
  try {
    return await onBackbone(async (_, faster) => {
      const network = faster?.network ?? null;
      const looked = lookedAt[0] ?? look({ crop: space.space.view, sidePx, network });
      lookedAt[0] = looked;
      const outcome = await looked;
      const made = outcome === 'svg' || !outcome.ok ? null : outcome.value.made;
      if (made !== null && 'input' in made && made.failure !== null)
        await faster?.fail(made.failure);
      return outcome;
    });
  } catch {
    return lookedAt[0] ?? look(null);
  }
}

async function embedBatch(batch: readonly Waiting[], tools: EmbedTools): Promise<void> {
  try {
    const inputs = batch.map(({ input }) => input);
    const values = await tools.onBackbone((backbone) => backbone.embed(inputs));
    const length = values.length / batch.length;
    for (const [index, { resolve }] of batch.entries())
      resolve(values.subarray(index * length, (index + 1) * length));
  } catch (error) {
    for (const { reject } of batch) reject(error);
  }
}
