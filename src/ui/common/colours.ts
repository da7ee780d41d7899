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

/** What a colour of tokens.css is in the present theme, for a canvas, which can't read custom properties. */
export function resolveColour(element: HTMLElement, token: string): string {
  const probe = document.createElement('span');
  probe.style.color = `var(${token})`;
  probe.hidden = true;
  element.append(probe);
  const colour = getComputedStyle(probe).color;
  probe.remove();
  return colour;
}

/** Listens to the system's theme and to the page's own choice. Returns the way to stop. */
export function onThemeChange(listener: () => void): () => void {
  const system = matchMedia('(prefers-color-scheme: dark)');
  system.addEventListener('change', listener);
  const own = new MutationObserver(listener);
  own.observe(document.documentElement, { attributeFilter: ['data-theme'] });
  return () => {
    system.removeEventListener('change', listener);
    own.disconnect();
  };
}
