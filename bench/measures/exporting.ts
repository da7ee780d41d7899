import {
  PRECISIONS,
  type ExportFormat,
  type WeightPrecision,
} from '../../src/core/export-format.ts';
import { MAX_CALIBRATING } from '../../src/state/export-pictures.ts';
import { compete } from '../contest.ts';
import type { Measure } from '../measure.ts';
import type { EnginePage } from '../page/contract.ts';
import { openPage } from '../pages.ts';

const BACKBONE = 'mobilenet_v2_1.0_224';
const LIMIT_SECONDS = 1.5;
const TARGETS = (Object.keys(PRECISIONS) as ExportFormat[]).flatMap((format) =>
  PRECISIONS[format].map((precision) => ({ format, precision })),
);

/** A whole classifier to its files; Teachable Machine sends all but TF.js's to a server. */
export const exporting: Measure = {
  name: 'exporting',
  about: 'a classifier to the files of each format, in the browser',
  run: async (bench) => {
    const template = await (await fetch(`${await bench.app()}page.html`)).text();
    const engine = await openPage<EnginePage>(bench, 'engine', BACKBONE, bench.small.files);
    const sizes = new Map<string, number>();
    const write = async (format: ExportFormat, precision: WeightPrecision) => {
      const request = { format, precision };
      const { seconds, bytes } = await engine.call('write', request, MAX_CALIBRATING, template);
      sizes.set(nameOf(format, precision), bytes);
      return seconds;
    };
    try {
      const contestants = TARGETS.map(({ format, precision }) => ({
        name: nameOf(format, precision),
        ...(precision === 'int8' && { note: `calibrated on ${String(MAX_CALIBRATING)} of them` }),
        run: () => write(format, precision),
      }));
      const entries = await compete(contestants, bench.rounds, 'less');
      const slow = entries.filter(({ figures }) => figures.median > LIMIT_SECONDS);
      const verdict = slow.length === 0 ? 'holds' : 'DOES NOT HOLD';
      const megabytes = [...sizes].map(([name, bytes]) => `${name} ${(bytes / 1e6).toFixed(1)}`);
      return [
        {
          title: `A classifier to its files, MobileNetV2 α 1.0: ${bench.small.words}`,
          unit: 's',
          better: 'less',
          entries,
          wanted: [],
          remarks: [
            `${verdict}: any of them at most ${String(LIMIT_SECONDS)} s wanted.`,
            `Megabytes: ${megabytes.join(', ')}.`,
          ],
        },
      ];
    } finally {
      await engine.close();
    }
  },
};

function nameOf(format: ExportFormat, precision: WeightPrecision): string {
  return PRECISIONS[format].length === 1 ? format : `${format}, ${precision}`;
}
