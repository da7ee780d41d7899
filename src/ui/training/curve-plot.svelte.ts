import { untrack } from 'svelte';
import type { Attachment } from 'svelte/attachments';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { onThemeChange, resolveColour } from '../common/colours.ts';

export interface CurveData {
  readonly epochs: readonly number[];
  readonly training: readonly number[];
  readonly validation: readonly (number | null)[];
  readonly bestEpoch: number | null;
  /** The last epoch that the axis has room for, at least. */
  readonly horizon: number;
  /** Where the exact solver goes over to another penalty. */
  readonly turns: readonly number[];
}

export interface CurveStyle {
  readonly format: (value: number) => string;
  /** Of the vertical axis; null: as the data go, from zero. */
  readonly range: readonly [number, number] | null;
  /** The index of the epoch under the pointer; null when it leaves. */
  readonly onpoint: (index: number | null) => void;
}

/**
 * Draws two curves and follows their data, the element's width and the theme.
 *
 * @param read gives the present data; it is read inside of an effect, so that
 * new epochs redraw the plot and don't rebuild it.
 */
export function curvePlot(read: () => CurveData, style: CurveStyle): Attachment<HTMLElement> {
  return (element) => {
    // Untracked, or each new epoch would build another plot.
    let plot = untrack(() => build(element, read, style));
    $effect(() => {
      plot.setData(tableOf(read()));
    });
    const sizes = new ResizeObserver(() => {
      plot.setSize(sizeOf(element));
    });
    sizes.observe(element);
    const stopWatching = onThemeChange(() => {
      plot.destroy();
      plot = build(element, read, style);
    });
    return () => {
      sizes.disconnect();
      stopWatching();
      plot.destroy();
    };
  };
}

function build(element: HTMLElement, read: () => CurveData, style: CurveStyle): uPlot {
  const [ink, line, accent] = ['--ink-faint', '--line', '--accent'].map((name) =>
    resolveColour(element, name),
  ) as [string, string, string];
  const font = `11px ${getComputedStyle(element).fontFamily}`;
  const axis = { stroke: ink, font, ticks: { show: false } };
  const options: uPlot.Options = {
    ...sizeOf(element),
    padding: [8, 8, 0, 0],
    legend: { show: false },
    cursor: { y: false, drag: { x: false, y: false }, points: { size: 7 } },
    scales: {
      x: { time: false, range: (_, min, max) => [min, Math.max(max, min + 1, read().horizon)] },
      y: { range: (_, __, max) => verticalRange(max, style.range) },
    },
    axes: [
      {
        ...axis,
        size: 24,
        gap: 4,
        grid: { show: false },
        incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000],
      },
      {
        ...axis,
        size: 44,
        gap: 4,
        space: 26,
        grid: { stroke: line, width: 1 },
        values: (_, splits) => splits.map((value) => style.format(value)),
      },
    ],
    series: [
      {},
      { stroke: ink, width: 1.5, dash: [5, 4], points: { show: false } },
      { stroke: accent, width: 2, spanGaps: true, points: { show: false } },
    ],
    hooks: {
      draw: [
        (plot) => {
          const { bestEpoch, turns } = read();
          for (const turn of turns) drawUpright(plot, turn - 0.5, line, []);
          if (bestEpoch !== null) drawUpright(plot, bestEpoch, ink, [1, 3]);
        },
      ],
      setCursor: [
        (plot) => {
          style.onpoint(plot.cursor.idx ?? null);
        },
      ],
    },
  };
  return new uPlot(options, tableOf(read()), element);
}

function verticalRange(max: number | null, range: CurveStyle['range']): [number, number] {
  if (range !== null) return [range[0], range[1]];
  return [0, max !== null && Number.isFinite(max) && max > 0 ? max * 1.05 : 1];
}

/** A fine upright line: dotted at the epoch whose weights were kept. @param dash in CSS pixels. */
function drawUpright(plot: uPlot, epoch: number, colour: string, dash: readonly number[]) {
  const x = Math.round(plot.valToPos(epoch, 'x', true)) + 0.5;
  const { ctx, bbox } = plot;
  ctx.save();
  ctx.strokeStyle = colour;
  ctx.lineWidth = devicePixelRatio;
  ctx.setLineDash(dash.map((length) => length * devicePixelRatio));
  ctx.beginPath();
  ctx.moveTo(x, bbox.top);
  ctx.lineTo(x, bbox.top + bbox.height);
  ctx.stroke();
  ctx.restore();
}

function sizeOf(element: HTMLElement): { width: number; height: number } {
  return { width: Math.max(80, element.clientWidth), height: Math.max(60, element.clientHeight) };
}

function tableOf({ epochs, training, validation }: CurveData): uPlot.AlignedData {
  return [[...epochs], [...training], [...validation]];
}
