/** From here on a figure is written in the other ink. */
export const FIGURE_TURNS = 70;

/** Neither ink has 4.5 to 1 on colours of a strength in between, in one theme or the other. */
const UNREADABLE = [66, 78] as const;

/** Few mistakes must still be seen. */
const FAINTEST = { right: 12, wrong: 16 };

/**
 * How strongly a cell of the confusion matrix is coloured, in per cent of its
 * hue. Mix-ups show stronger for the same share, and stay below the strength
 * where figures turn.
 *
 * @param share of the row's pictures, 0 to 1.
 */
export function cellStrength(share: number, right: boolean): number {
  if (share === 0) return 0;
  const [low, high] = UNREADABLE;
  if (!right) return FAINTEST.wrong + Math.min(1, share * 1.6) * (low - FAINTEST.wrong);
  const strength = FAINTEST.right + share * (94 - FAINTEST.right);
  if (strength <= low || strength >= high) return strength;
  return strength < FIGURE_TURNS ? low : high;
}
