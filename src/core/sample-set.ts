import { createRandom, type Random } from './random.ts';
import { GROUNDS, type Ground, createPen, repeat, svg, type Pen } from './sample-set/pen.ts';
import { drawFish } from './sample-set/fish.ts';
import { drawFlower } from './sample-set/flower.ts';
import { drawHouse } from './sample-set/house.ts';
import { drawRocket } from './sample-set/rocket.ts';

/** A drawn picture: an SVG document of 256 × 256 px, labelled by its folder. */
export interface SampleDrawing {
  /** Such as `fish/fish-01.svg`. */
  readonly path: string;
  readonly svg: string;
}

/** Pictures of a class: enough that the fifth kept aside of all four makes 20 to judge by. */
export const SAMPLES_A_CLASS = 24;

const DRAWINGS: readonly (readonly [label: string, draw: (pen: Pen, ground: Ground) => string])[] =
  [
    ['fish', drawFish],
    ['flower', drawFlower],
    ['house', drawHouse],
    ['rocket', drawRocket],
  ];

/**
 * A small labelled set to see the whole journey with. Same seed, same
 * pictures; no two are alike. Colours, grounds, sizes and places are drawn
 * alike for every class, so that only the shape tells them apart.
 */
export function drawSampleSet(seed: number): readonly SampleDrawing[] {
  const random = createRandom(seed);
  return DRAWINGS.flatMap(([label, draw]) =>
    Array.from({ length: SAMPLES_A_CLASS }, (_, index) => ({
      path: `${label}/${label}-${String(index + 1).padStart(2, '0')}.svg`,
      svg: drawPicture(random, draw),
    })),
  );
}

function drawPicture(random: Random, draw: (pen: Pen, ground: Ground) => string): string {
  const pen = createPen(random);
  const ground = pen.pick(GROUNDS);
  const x = 128 + pen.between(-16, 16);
  const y = 128 + pen.between(-14, 14);
  const scale = pen.between(0.72, 1.08).toFixed(2);
  return [
    '<svg xmlns="http://www.w3.org/2000/svg" width="256" height="256" viewBox="0 0 256 256">',
    drawGround(pen, ground),
    svg`<g transform="translate(${x} ${y}) rotate(${pen.between(-6, 6)}) scale(${scale})">${draw(pen, ground)}</g></svg>`,
  ].join('');
}

function drawGround(pen: Pen, { base, second }: Ground): string {
  const plain = svg`<rect width="256" height="256" fill="${base}"/>`;
  switch (pen.pick(['plain', 'disc', 'dots', 'stripes', 'horizon'] as const)) {
    case 'plain':
      return plain;
    case 'disc':
      return svg`${plain}<circle cx="${pen.between(100, 156)}" cy="${pen.between(100, 156)}" r="${pen.between(80, 120)}" fill="${second}"/>`;
    case 'dots': {
      const gap = pen.between(26, 40);
      const dot = (index: number) =>
        svg`<circle cx="${((index % 10) + 0.5 * (Math.floor(index / 10) % 2)) * gap}" cy="${Math.floor(index / 10) * gap}" r="${gap * 0.16}" fill="${second}"/>`;
      return plain + repeat(110, dot).join('');
    }
    case 'stripes': {
      const width = pen.between(14, 26);
      const stripe = (index: number) =>
        svg`<rect x="${index * width * 2 - 150}" y="-150" width="${width}" height="560" fill="${second}"/>`;
      return svg`${plain}<g transform="rotate(${pen.pick([0, 30, 45, -45])} 128 128)">${repeat(20, stripe)}</g>`;
    }
    case 'horizon': {
      const y = pen.between(130, 190);
      return svg`${plain}<path d="M0 ${y} Q64 ${y - pen.between(5, 30)} 128 ${y} T256 ${y} V256 H0Z" fill="${second}"/>`;
    }
  }
}
