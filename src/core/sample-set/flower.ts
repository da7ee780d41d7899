import { pickTones, type Ground, type Tone, repeat, svg, type Pen } from './pen.ts';

/** A flower of about 180 units' height around the origin: one on its stem, one in a pot, a bunch, or a blossom. */
export function drawFlower(pen: Pen, ground: Ground): string {
  const tones = pickTones(pen, ground, ['green', 'slate']);
  const leaf = pen.pick(LEAVES.filter(({ family }) => !ground.families.includes(family)));
  switch (pen.pick(['stem', 'stem', 'pot', 'bunch', 'blossom'] as const)) {
    case 'stem':
      return stem(pen, leaf, 0, -34, 98) + blossom(pen, tones[0], 0, -34, pen.between(50, 66));
    case 'pot':
      return (
        stem(pen, leaf, 0, -44, 48) +
        pot(tones[1]) +
        blossom(pen, tones[0], 0, -44, pen.between(44, 58))
      );
    case 'bunch':
      return bunch(pen, tones, leaf);
    case 'blossom':
      return blossom(pen, tones[0], 0, 0, pen.between(76, 96));
  }
}

const LEAVES: readonly Tone[] = [
  { family: 'green', main: '#4f9a48', dark: '#35702a', light: '#8cc97a' },
  { family: 'teal', main: '#2f8f7c', dark: '#1d665a', light: '#7cc9b4' },
  { family: 'olive', main: '#8a9a3a', dark: '#5f6c22', light: '#c2cf7c' },
];

function bunch(pen: Pen, tones: readonly Tone[], leaf: Tone): string {
  const places = [
    { x: -46, y: -26 },
    { x: 46, y: -34 },
    { x: 0, y: -58 },
  ];
  const stems = places.map(({ x, y }) => stem(pen, leaf, x, y, 98));
  const heads = places.map(({ x, y }, index) =>
    blossom(pen, tones[index] ?? leaf, x, y, pen.between(33, 42)),
  );
  return stems.join('') + heads.join('');
}

/** From a blossom down to the foot at x = 0, with a leaf on each side. */
function stem(pen: Pen, leaf: Tone, x: number, top: number, foot: number): string {
  const bend = pen.between(-18, 18);
  const middle = (top + foot) / 2 + 22;
  const drawLeaf = (side: number, y: number) =>
    svg`<path d="M${x * 0.3 + bend * 0.4} ${y} q${side * 18} -30 ${side * 46} -22 q${side * -10} 30 ${side * -46} 22Z" fill="${leaf.main}"/>`;
  return [
    svg`<path d="M${x} ${top} Q${x * 0.4 + bend} ${middle - 20} 0 ${foot}" fill="none" stroke="${leaf.dark}" stroke-width="7" stroke-linecap="round"/>`,
    x === 0 ? drawLeaf(1, middle) + drawLeaf(-1, middle - 14) : '',
  ].join('');
}

function pot(clay: Tone): string {
  return svg`<path d="M-38 48 L38 48 L28 100 L-28 100Z" fill="${clay.main}"/><path d="M10 48 L38 48 L28 100 L6 100Z" fill="${clay.dark}" opacity=".5"/><rect x="-44" y="38" width="88" height="16" rx="5" fill="${clay.dark}"/>`;
}

/** One or two rings of petals around a heart, seen from above. */
function blossom(pen: Pen, petal: Tone, x: number, y: number, radius: number): string {
  const count = pen.whole(5, 11);
  // The curve reaches three quarters of its handles: at 2.1 neighbours just touch.
  const width = Math.min(radius * 0.42, (radius * 2.1) / count) * pen.between(0.95, 1.25);
  const shape = petalShape(pen.pick(['round', 'pointed', 'notched'] as const), width, radius);
  const ring = (offset: number, scale: number, colour: string) =>
    repeat(
      count,
      (index) =>
        svg`<path d="${shape}" transform="rotate(${(index * 360) / count + offset}) scale(${scale.toFixed(2)})" fill="${colour}"/>`,
    );
  const heart = radius * pen.between(0.24, 0.34);
  const heartColour = petal.family === 'amber' || petal.family === 'cream' ? '#7a4a21' : '#ffc93c';
  const seed = (index: number) =>
    svg`<circle cx="${Math.cos(index * 2.4) * heart * 0.62}" cy="${Math.sin(index * 2.4) * heart * 0.62}" r="${heart * 0.11}" fill="#00000040"/>`;
  return [
    svg`<g transform="translate(${x} ${y}) rotate(${pen.between(0, 72)})">`,
    ring(180 / count, 1, petal.dark),
    ring(0, 0.96, petal.main),
    pen.chance(0.6) ? ring(180 / count, 0.6, petal.light) : [],
    svg`<circle r="${heart}" fill="${heartColour}"/>${repeat(8, seed)}</g>`,
  ]
    .flat()
    .join('');
}

/** A petal from the origin upwards. */
function petalShape(kind: 'round' | 'pointed' | 'notched', width: number, length: number): string {
  switch (kind) {
    case 'round':
      return svg`M0 0 C${width} ${-length * 0.25} ${width} ${-length} 0 ${-length} C${-width} ${-length} ${-width} ${-length * 0.25} 0 0Z`;
    case 'pointed':
      return svg`M0 0 C${width} ${-length * 0.3} ${width * 0.8} ${-length * 0.72} 0 ${-length} C${-width * 0.8} ${-length * 0.72} ${-width} ${-length * 0.3} 0 0Z`;
    case 'notched':
      return svg`M0 0 C${width * 1.1} ${-length * 0.3} ${width * 1.1} ${-length * 1.1} 0 ${-length * 0.84} C${-width * 1.1} ${-length * 1.1} ${-width * 1.1} ${-length * 0.3} 0 0Z`;
  }
}
