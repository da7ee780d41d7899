import { compete } from '../contest.ts';
import type { Measure, Table } from '../measure.ts';
import type { DecodeEnd, EnginePage } from '../page/contract.ts';
import { openPage } from '../pages.ts';

const BACKBONE = 'mobilenet_v2_0.35_224_no_top';
const PICTURES = 24;
const COMPARED = 12;
const FULL = 'createImageBitmap, in full';

/** Decoding 12-megapixel photographs, at equal parallelism. */
export const decoding: Measure = {
  name: 'decoding',
  about: '12-megapixel photographs: the decode stage beside a full createImageBitmap',
  run: async (bench) => {
    const { files, words } = await bench.large();
    const engine = await openPage<EnginePage>(bench, 'engine', BACKBONE, files);
    const cosines = await engine.call('decodeCosines', COMPARED);
    const agreement = `Embeddings beside those of the full decode, ${String(COMPARED)} photographs: cosine at least ${Math.min(...cosines).toFixed(4)}, at least 0.998 wanted.`;
    const race = async (end: DecodeEnd, what: string, workers: number): Promise<Table> => {
      const millis = async (way: 'headstart' | 'full') => {
        const { count, seconds } = await engine.call('decode', way, end, workers, PICTURES);
        return (seconds * 1000) / count;
      };
      return {
        title: `${what}, ${String(workers)} worker(s): ${words}`,
        unit: 'ms a picture',
        better: 'less',
        entries: await compete(
          [
            { name: 'Headstart', run: () => millis('headstart') },
            { name: FULL, run: () => millis('full') },
          ],
          bench.rounds,
          'less',
        ),
        wanted: end === 'picture' ? [{ than: FULL, atLeast: 3 }] : [],
        remarks: end === 'picture' && workers === 1 ? [agreement] : [],
      };
    };
    try {
      const tables: Table[] = [];
      for (const workers of [1, 2]) {
        tables.push(await race('picture', 'Decode alone', workers));
        tables.push(await race('input', 'Decode, crop and resize', workers));
      }
      return tables;
    } finally {
      await engine.close();
    }
  },
};
