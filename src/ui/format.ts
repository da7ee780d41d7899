/** Thin and unbreakable, between a number and its unit. */
const GAP = '\u202F';

const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const one = new Intl.NumberFormat('en', { maximumFractionDigits: 1 });

/** 0.934 → "93 %". Never rounds up to certainty: 0.998 stays "99 %". */
export function formatPercent(share: number): string {
  const percent = Math.round(share * 100);
  return `${whole.format(share < 1 ? Math.min(percent, 99) : percent)}${GAP}%`;
}

/** Decimal units, as files and downloads are told everywhere. */
export function formatBytes(bytes: number): string {
  if (bytes < 1e3) return `${whole.format(bytes)}${GAP}B`;
  if (bytes < 1e6) return `${whole.format(bytes / 1e3)}${GAP}kB`;
  const format = bytes < 1e7 ? one : whole;
  return bytes < 1e9
    ? `${format.format(bytes / 1e6)}${GAP}MB`
    : `${one.format(bytes / 1e9)}${GAP}GB`;
}

/** Seconds in the one unit that matters: "7 s", "3 min", "2 h". */
export function formatDuration(seconds: number): string {
  if (seconds < 100) return `${whole.format(Math.max(1, Math.ceil(seconds)))}${GAP}s`;
  const minutes = seconds / 60;
  return minutes < 100
    ? `${whole.format(minutes)}${GAP}min`
    : `${whole.format(minutes / 60)}${GAP}h`;
}

/** "36" or "0.4": a decimal only where it says something. */
export function formatRate(perSecond: number): string {
  return (perSecond < 10 ? one : whole).format(perSecond);
}

/** A loss or rate: three significant digits. */
export function formatMeasure(value: number): string {
  if (!Number.isFinite(value)) return '∞';
  return value !== 0 && (Math.abs(value) < 1e-3 || Math.abs(value) >= 1e5)
    ? value.toExponential(1)
    : value.toLocaleString('en', { maximumSignificantDigits: 3 });
}

/** A small share, rounded up to two digits and never below 0.001 %: 0.0183 → "1.9 %". */
export function formatAtMost(share: number): string {
  const percent = Math.max(share * 100, 0.001);
  const step = 10 ** (Math.floor(Math.log10(percent)) - 1);
  const rounded = Math.ceil(percent / step - 1e-6) * step;
  return `${rounded.toLocaleString('en', { maximumSignificantDigits: 2 })}${GAP}%`;
}

/** "1,200" */
export function formatCount(count: number): string {
  return whole.format(count);
}

/** The end of a range: "0.99", "10,000", "1e+9". */
export function formatLimit(value: number): string {
  return value !== 0 && (Math.abs(value) < 1e-4 || Math.abs(value) > 1e7)
    ? value.toExponential()
    : value.toLocaleString('en');
}

const ago = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });
const STEPS = [
  ['year', 365 * 86_400_000],
  ['month', 30 * 86_400_000],
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
] as const;

/** "2 hours ago"; null within the last minute. */
export function formatAgo(millis: number): string | null {
  const [unit, length] = STEPS.find(([, step]) => millis >= step) ?? [null, 1];
  return unit && ago.format(-Math.floor(millis / length), unit);
}
