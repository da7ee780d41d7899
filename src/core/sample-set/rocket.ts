import { pickTones, type Ground, type Tone, repeat, svg, type Pen } from './pen.ts';

/** A rocket of about 190 units' length around the origin, flying up and to one side. */
export function drawRocket(pen: Pen, ground: Ground): string {
  const [trim, accent] = pickTones(pen, ground, ['cream', 'slate']);
  const hull = pickHull(pen, ground);
  // Half its width at the widest place.
  const half = pen.between(24, 36);
  const body = svg`M0 -86 C${half * 1.05} -56 ${half * 1.15} 4 ${half * 0.72} 46 H${-half * 0.72} C${-half * 1.15} 4 ${-half * 1.05} -56 0 -86Z`;
  return [
    sky(pen, ground),
    svg`<g transform="rotate(${pen.between(-48, 48)})">`,
    flame(pen, half),
    fins(pen, trim, half),
    svg`<clipPath id="hull"><path d="${body}"/></clipPath><path d="${body}" fill="${hull.main}"/>`,
    svg`<g clip-path="url(#hull)"><rect x="${half * 0.3}" y="-90" width="60" height="150" fill="${hull.dark}" opacity=".45"/>`,
    svg`<path d="M-60 -90 H60 V-48 Q0 -36 -60 -48Z" fill="${trim.main}"/>${bands(pen, accent)}</g>`,
    windows(pen, accent, half),
    svg`<path d="M-4 20 h8 v36 q-4 8 -8 0Z" fill="${trim.dark}"/></g>`,
  ].join('');
}

function pickHull(pen: Pen, ground: Ground): Pick<Tone, 'main' | 'dark'> {
  const white = { main: '#f7f7f5', dark: '#c3c9d2' };
  const silver = { main: '#d5dbe3', dark: '#97a3b3' };
  const slate = { main: '#5a6b84', dark: '#36445a' };
  return pen.pick(ground.isDark ? [white, white, silver] : [white, silver, slate]);
}

function fins(pen: Pen, trim: Tone, half: number): string {
  const out = half + pen.between(22, 34);
  const sweep = pen.between(60, 76);
  const fin = (side: number) =>
    svg`<path d="M${side * half * 0.85} 4 C${side * out} 18 ${side * out} 44 ${side * out} ${sweep} L${side * half * 0.6} 46Z" fill="${side > 0 ? trim.dark : trim.main}"/>`;
  return fin(1) + fin(-1);
}

function flame(pen: Pen, half: number): string {
  const length = pen.between(34, 58);
  const tongue = (width: number, reach: number, colour: string) =>
    svg`<path d="M${-width} 44 C${-width * 1.3} ${52 + reach * 0.4} ${-width * 0.3} ${46 + reach * 0.7} 0 ${46 + reach} C${width * 0.3} ${46 + reach * 0.7} ${width * 1.3} ${52 + reach * 0.4} ${width} 44Z" fill="${colour}"/>`;
  return [
    tongue(half * 0.62, length, '#f2693c'),
    tongue(half * 0.44, length * 0.72, '#ffb02e'),
    tongue(half * 0.24, length * 0.45, '#fff1b8'),
  ].join('');
}

function bands(pen: Pen, accent: Tone): string {
  if (pen.chance(0.4)) return '';
  const y = pen.between(20, 32);
  return svg`<rect x="-60" y="${y}" width="120" height="${pen.between(5, 11)}" fill="${accent.main}"/>`;
}

function windows(pen: Pen, accent: Tone, half: number): string {
  const pane = (y: number, radius: number) =>
    svg`<circle cy="${y}" r="${radius}" fill="#bfe6f7" stroke="${accent.dark}" stroke-width="4.5"/><path d="M${-radius * 0.45} ${y} q0 ${-radius * 0.5} ${radius * 0.5} ${-radius * 0.5}" fill="none" stroke="#fff" stroke-width="3" stroke-linecap="round"/>`;
  if (pen.chance(0.4)) return pane(-24, half * 0.32) + pane(3, half * 0.32);
  return pane(-16, half * pen.between(0.42, 0.54));
}

/** Stars, and now and then a planet or a cloud, behind it. */
function sky(pen: Pen, ground: Ground): string {
  const light = ground.isDark ? '#fff4c9' : '#ffffff';
  const star = () => {
    const x = pen.between(-120, 120);
    const y = pen.between(-120, 120);
    const size = pen.between(3, 7);
    return svg`<path d="M${x} ${y - size} L${x + size * 0.3} ${y - size * 0.3} L${x + size} ${y} L${x + size * 0.3} ${y + size * 0.3} L${x} ${y + size} L${x - size * 0.3} ${y + size * 0.3} L${x - size} ${y} L${x - size * 0.3} ${y - size * 0.3}Z" fill="${light}"/>`;
  };
  const x = pen.pick([-84, 84]);
  const y = pen.pick([-78, 80]);
  const beside = pen.pick(['planet', 'cloud', 'nothing'] as const);
  return [
    repeat(pen.whole(4, 10), star).join(''),
    beside === 'planet' ? planet(pen, ground, x, y) : '',
    beside === 'cloud'
      ? svg`<g transform="translate(${x} ${y})" fill="${light}" opacity=".8"><circle cx="-20" r="16"/><circle cy="-8" r="22"/><circle cx="22" r="15"/><rect x="-34" y="0" width="70" height="15" rx="7.5"/></g>`
      : '',
  ].join('');
}

function planet(pen: Pen, ground: Ground, x: number, y: number): string {
  const [stone, ring] = pickTones(pen, ground);
  const radius = pen.between(15, 26);
  return svg`<g transform="translate(${x} ${y}) rotate(${pen.between(-30, 30)})"><circle r="${radius}" fill="${stone.light}"/><ellipse rx="${radius * 1.7}" ry="${radius * 0.45}" fill="none" stroke="${ring.main}" stroke-width="4"/></g>`;
}
