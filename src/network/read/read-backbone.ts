import type { InputRange } from '../../core/preprocess.ts';
import { failed, ok, type Result } from '../../core/problem.ts';

/** Where an input range may be known from, besides the graph. */
export interface RangeHints {
  /** What a person said; goes before everything. */
  readonly asked: InputRange | null;
  /** What the catalogue says of the hosting that it came from. */
  readonly hosting: InputRange | null;
  /** Going by its id or its own name. */
  readonly isMobilenet: boolean;
}

/** The same, with what the model itself tells. */
export interface ShapeHints extends RangeHints {
  /** What its own first layers scale from, where they do. */
  readonly ownScaling: InputRange | null;
}

/** Where a convolutional network leaves its input's side open, it was made for this. */
const USUAL_SIDE_PX = 224;
/** A wider input would take gigabytes for a batch. */
const MAX_SIDE_PX = 1024;

/**
 * A backbone's input: square RGB images, height and width before channels.
 *
 * @param shape [batch, height, width, channels], −1 for an open one.
 */
export function resolveInput(
  file: string,
  shape: readonly number[] | null,
  hints: ShapeHints,
): Result<{ sidePx: number; range: InputRange }> {
  const [, height = -1, width = -1, channels = -1] = shape ?? [];
  const side = height === -1 ? (width === -1 ? USUAL_SIDE_PX : width) : height;
  const square = width === -1 || width === side;
  const colours = channels === -1 || channels === 3;
  if ((shape !== null && shape.length !== 4) || !square || !colours || !isSide(side)) {
    const words = (shape ?? []).map((length) => (length === -1 ? '?' : String(length))).join('×');
    return failed({ code: 'model-input-unsupported', file, shape: words });
  }
  const range = knownRange(hints);
  if (range === null) return failed({ code: 'model-range-unknown', file });
  return ok({ sidePx: side, range });
}

/**
 * A model that scales its input itself (TF Hub's from [0, 1], Keras's Rescaling
 * from [0, 255]) tells; MobileNets from elsewhere want [−1, 1]; of others it
 * can't be known.
 */
function knownRange(hints: ShapeHints): InputRange | null {
  if (hints.asked !== null) return hints.asked;
  return hints.ownScaling ?? hints.hosting ?? (hints.isMobilenet ? [-1, 1] : null);
}

function isSide(side: number): boolean {
  return Number.isInteger(side) && side > 0 && side <= MAX_SIDE_PX;
}
