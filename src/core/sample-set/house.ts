import { pickTones, type Ground, type Tone, repeat, svg, type Pen } from './pen.ts';

/** Half the width and the height of the walls, which stand on y = 62. */
interface Walls {
  readonly half: number;
  readonly top: number;
  readonly storeys: number;
}

const FOOT = 62;
const LAWNS = ['#7fb069', '#5f9e6e', '#c9a66b', '#f7f7f2', '#9bbf5f'] as const;

/** A house of about 170 units around the origin, on a lawn. */
export function drawHouse(pen: Pen, ground: Ground): string {
  const [wall, roof, door] = pickTones(pen, ground);
  const storeys = pen.whole(1, 2);
  const walls: Walls = {
    half: pen.between(storeys === 1 ? 52 : 40, storeys === 1 ? 74 : 60),
    top: FOOT - (storeys === 1 ? pen.between(58, 72) : pen.between(92, 108)),
    storeys,
  };
  const side = pen.chance(0.5) ? 1 : -1;
  return [
    svg`<ellipse cx="0" cy="${FOOT + 232}" rx="330" ry="240" fill="${pen.pick(LAWNS)}"/>`,
    pen.chance(0.6) ? tree(pen, -side * (walls.half + 26)) : '',
    svg`<g transform="scale(${side} 1)">`,
    pen.chance(0.7) ? chimney(pen, walls, roof) : '',
    svg`<rect x="${-walls.half}" y="${walls.top}" width="${2 * walls.half}" height="${FOOT - walls.top}" fill="${wall.main}"/>`,
    svg`<rect x="${walls.half * 0.55}" y="${walls.top}" width="${walls.half * 0.45}" height="${FOOT - walls.top}" fill="${wall.dark}" opacity=".35"/>`,
    drawRoof(pen, walls, roof),
    openings(pen, walls, door, ground),
    '</g>',
    pen.chance(0.5) ? bush(pen, side * walls.half) : '',
  ].join('');
}

function drawRoof(pen: Pen, { half, top }: Walls, roof: Tone): string {
  const eaves = half + pen.between(8, 16);
  const peak = top - pen.between(38, 58);
  const kinds = {
    gable: svg`M${-eaves} ${top + 4} L0 ${peak} L${eaves} ${top + 4}Z`,
    hip: svg`M${-eaves} ${top + 4} L${-half * 0.45} ${peak + 14} L${half * 0.45} ${peak + 14} L${eaves} ${top + 4}Z`,
    barn: svg`M${-eaves} ${top + 4} L${-half * 0.72} ${peak + 22} L0 ${peak} L${half * 0.72} ${peak + 22} L${eaves} ${top + 4}Z`,
  };
  const shape = kinds[pen.pick(['gable', 'gable', 'hip', 'barn'] as const)];
  return svg`<path d="${shape}" fill="${roof.main}"/><path d="M${-eaves} ${top + 4} h${eaves * 2} v-7 h${-eaves * 2}Z" fill="${roof.dark}"/>`;
}

function chimney(pen: Pen, { half, top }: Walls, roof: Tone): string {
  const x = half * 0.5;
  const puff = (index: number) =>
    svg`<circle cx="${x + 10 + index * 7}" cy="${top - 62 - index * 17}" r="${7 + index * 3}" fill="#fff" opacity="${(0.85 - index * 0.2).toFixed(2)}"/>`;
  return [
    repeat(pen.whole(0, 3), puff).join(''),
    svg`<rect x="${x}" y="${top - 52}" width="20" height="52" fill="${roof.dark}"/><rect x="${x - 3}" y="${top - 56}" width="26" height="8" rx="2" fill="#00000055"/>`,
  ].join('');
}

/** A door below, windows beside it and above. */
function openings(pen: Pen, { half, top, storeys }: Walls, door: Tone, ground: Ground): string {
  const glass = ground.isDark ? '#ffe28a' : pen.pick(['#d8f0fa', '#ffe9ad', '#b7dcf0']);
  const doorX = pen.pick([-half * 0.62, -13, half * 0.12]);
  const round = pen.chance(0.4) ? 13 : 2;
  const lower = [-half * 0.58, half * 0.5].filter((x) => Math.abs(x - (doorX + 13)) > 34);
  const columns = half > 50 ? [-half * 0.58, 0, half * 0.58] : [-half * 0.5, half * 0.5];
  return [
    svg`<path d="M${doorX} ${FOOT} v${-(46 - round)} q0 ${-round} ${round} ${-round} h${26 - 2 * round} q${round} 0 ${round} ${round} v${46 - round}Z" fill="${door.main}"/>`,
    svg`<circle cx="${doorX + 20}" cy="${FOOT - 21}" r="2.5" fill="${door.light}"/>`,
    lower.map((x) => window(x, FOOT - 34, glass)),
    storeys === 2 ? columns.map((x) => window(x, top + 26, glass)) : [],
    pen.chance(0.4)
      ? svg`<circle cx="0" cy="${top - 15}" r="8" fill="${glass}" stroke="#fff" stroke-width="3"/>`
      : '',
  ]
    .flat()
    .join('');
}

function window(x: number, y: number, glass: string): string {
  return svg`<g transform="translate(${x} ${y})" stroke="#fff" stroke-width="3"><rect x="-12" y="-13" width="24" height="26" fill="${glass}"/><path d="M0 -13 V13 M-12 0 H12" stroke-width="2"/></g>`;
}

function tree(pen: Pen, x: number): string {
  const green = pen.pick(['#3f8a53', '#6a9f3c', '#2d7466', '#c9822b']);
  const crown = pen.chance(0.5)
    ? svg`<circle cy="-24" r="30" fill="${green}"/><circle cx="-14" cy="-6" r="20" fill="${green}"/><circle cx="15" cy="-4" r="19" fill="${green}"/>`
    : svg`<path d="M0 -78 L28 -20 H14 L34 16 H-34 L-14 -20 H-28Z" fill="${green}"/>`;
  return svg`<g transform="translate(${x} ${FOOT - 26})"><rect x="-5" y="0" width="10" height="34" fill="#7a5230"/>${crown}</g>`;
}

function bush(pen: Pen, x: number): string {
  const green = pen.pick(['#4f9a48', '#3b7f5c', '#86ab3f']);
  return svg`<g transform="translate(${x} ${FOOT + 2})" fill="${green}"><circle cx="-13" r="13"/><circle cy="-7" r="16"/><circle cx="15" r="12"/></g>`;
}
