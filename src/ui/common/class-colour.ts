/** Hues in the palette of tokens.css. */
const HUES = 8;

export type ClassShape = 'disc' | 'ring' | 'square' | 'diamond';
const SHAPES = ['disc', 'ring', 'square', 'diamond'] as const satisfies readonly ClassShape[];

/** How a class looks everywhere. From the ninth on the hues repeat with another shape and with stripes. */
export interface ClassLook {
  /** A CSS colour. */
  readonly colour: string;
  readonly shape: ClassShape;
  /** 0: plain; 1 to 3: stripes of another slant. */
  readonly pattern: number;
}

export function classLook(colourIndex: number): ClassLook {
  const round = Math.floor(colourIndex / HUES) % SHAPES.length;
  return {
    colour: `var(--class-${String(colourIndex % HUES)})`,
    shape: SHAPES[round] ?? 'disc',
    pattern: round,
  };
}

/** A CSS background for areas such as bars. */
export function classFill({ colour, pattern }: ClassLook): string {
  if (pattern === 0) return colour;
  const slant = [0, 45, -45, 90][pattern] ?? 0;
  return `repeating-linear-gradient(${String(slant)}deg, ${colour} 0 4px, color-mix(in srgb, ${colour} 55%, var(--surface)) 4px 7px)`;
}
