/** What a grid of pictures shows of one. */
export interface GridPicture {
  readonly id: string;
  readonly name: string;
  /** Under the picture: "97 % sure". */
  readonly caption?: string;
  /** On the picture: "Test". */
  readonly badge?: string;
}

/** Rows that Page Up and Page Down go. */
const PAGE_ROWS = 4;

/** @returns where a key leads from `index` in a grid, or null for a key that leads nowhere. */
export function stepTo(key: string, index: number, columns: number, count: number): number | null {
  const last = count - 1;
  const target = (step: number) => Math.max(0, Math.min(last, index + step));
  switch (key) {
    case 'ArrowRight':
      return target(1);
    case 'ArrowLeft':
      return target(-1);
    case 'ArrowDown':
      return index + columns > last ? index : index + columns;
    case 'ArrowUp':
      return index < columns ? index : index - columns;
    case 'Home':
      return 0;
    case 'End':
      return last;
    case 'PageDown':
      return target(columns * PAGE_ROWS);
    case 'PageUp':
      return target(-columns * PAGE_ROWS);
    default:
      return null;
  }
}
