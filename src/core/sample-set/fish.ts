import { pickTones, type Ground, type Tone, repeat, svg, type Pen } from './pen.ts';

/** A fish of 170 units' length around the origin, looking right, or left where it turns. */
export function drawFish(pen: Pen, ground: Ground): string {
  const [skin, mark] = pickTones(pen, ground);
  // Half its height: from a slim minnow to a round bream.
  const half = pen.between(34, 64);
  const body = svg`M78 2 C58 ${-half} -8 ${-half * 1.2} -58 -9 L-58 9 C-8 ${half * 1.2} 58 ${half} 78 2Z`;
  const turn = svg`scale(${pen.chance(0.5) ? 1 : -1} 1)`;
  return [
    bubbles(pen, ground),
    svg`<g transform="${turn} rotate(${pen.between(-16, 16)})">`,
    tail(pen, skin),
    fins(pen, skin, half),
    svg`<clipPath id="body"><path d="${body}"/></clipPath><path d="${body}" fill="${skin.main}"/>`,
    svg`<g clip-path="url(#body)">${pattern(pen, skin, mark, half)}</g>`,
    face(half, skin),
    '</g>',
  ].join('');
}

function tail(pen: Pen, skin: Tone): string {
  const spread = pen.between(30, 52);
  const notch = pen.pick([-88, -74, -98]);
  return svg`<path d="M-46 0 C-66 -6 -78 ${-spread} -100 ${-spread} Q${notch} 0 -100 ${spread} C-78 ${spread} -66 6 -46 0Z" fill="${skin.dark}"/>`;
}

function fins(pen: Pen, skin: Tone, half: number): string {
  const lean = pen.between(-46, -20);
  const top = -half * 0.7;
  return [
    svg`<path d="M34 ${top} C10 ${top - 34} ${lean} ${top - 38} ${lean - 12} ${top - 24} L-36 ${top * 0.7}Z" fill="${skin.dark}"/>`,
    svg`<path d="M6 ${-top} C-4 ${26 - top} -28 ${28 - top} -34 ${22 - top} L-26 ${-top * 0.8}Z" fill="${skin.dark}"/>`,
  ].join('');
}

function pattern(pen: Pen, skin: Tone, mark: Tone, half: number): string {
  const belly = svg`<ellipse cx="10" cy="${half * 0.95}" rx="84" ry="${half * 0.75}" fill="${skin.light}" opacity=".75"/>`;
  switch (pen.pick(['stripes', 'spots', 'scales', 'band'] as const)) {
    case 'stripes': {
      const width = pen.between(9, 15);
      const stripe = (index: number) =>
        svg`<path d="M${20 - index * 27} -80 q${width} 80 0 160 h${width} q${width} -80 0 -160Z" fill="${mark.main}"/>`;
      return belly + repeat(3, stripe).join('');
    }
    case 'spots': {
      const spot = () =>
        svg`<circle cx="${pen.between(-50, 24)}" cy="${pen.between(-half, half * 0.4)}" r="${pen.between(4, 9)}" fill="${mark.light}"/>`;
      return belly + repeat(pen.whole(7, 12), spot).join('');
    }
    case 'scales': {
      const row = (line: number) =>
        repeat(7, (index) => {
          const x = -58 + index * 14 + (line % 2) * 7;
          return svg`<path d="M${x} ${line * 13 - 46} q11 6.5 0 13" fill="none" stroke="${skin.dark}" stroke-width="2.5" opacity=".6"/>`;
        }).join('');
      return belly + repeat(8, row).join('');
    }
    case 'band':
      return svg`${belly}<path d="M-60 ${-half * 0.16} Q10 ${-half * 0.42} 80 -2 L80 8 Q10 ${half * 0.12} -60 ${half * 0.2}Z" fill="${mark.main}"/>`;
  }
}

function face(half: number, skin: Tone): string {
  const eyeY = -half * 0.2;
  return [
    svg`<path d="M28 ${-half * 0.5} Q16 0 28 ${half * 0.5}" fill="none" stroke="${skin.dark}" stroke-width="3.5" stroke-linecap="round"/>`,
    svg`<path d="M14 ${half * 0.1} q-24 3 -30 20 q22 4 30 -20Z" fill="${skin.dark}"/>`,
    svg`<circle cx="48" cy="${eyeY}" r="10" fill="#fff"/><circle cx="50" cy="${eyeY}" r="5.5" fill="#1c2430"/><circle cx="52" cy="${eyeY - 2}" r="1.8" fill="#fff"/>`,
    svg`<path d="M75 7 q-9 7 -16 4" fill="none" stroke="#1c2430" stroke-width="3" stroke-linecap="round"/>`,
  ].join('');
}

function bubbles(pen: Pen, ground: Ground): string {
  const colour = ground.isDark ? '#bfe3f5' : '#ffffff';
  const x = pen.between(-90, 90);
  const bubble = (index: number) =>
    svg`<circle cx="${x + pen.between(-14, 14)}" cy="${-64 - index * 17}" r="${pen.between(3, 8)}" fill="${colour}" fill-opacity=".45" stroke="${colour}" stroke-width="2"/>`;
  return repeat(pen.whole(0, 3), bubble).join('');
}
