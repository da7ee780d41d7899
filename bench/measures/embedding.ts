import type { Contestant } from '../contest.ts';
import { compete } from '../contest.ts';
import type { Bench, Measure, Pictures, Table, Wanted } from '../measure.ts';
import type { ContestantPage, EnginePage, Work } from '../page/contract.ts';
import { openPage, type OpenPage } from '../pages.ts';
import type { PageName } from '../site.ts';
import { median } from '../statistics.ts';

const BASE_035 = 'mobilenet_v2_0.35_224_no_top';
const BASE_100 = 'mobilenet_v2_1.0_224';
const [HEADSTART, BARE, PLAIN] = ['Headstart', 'bare backbone', 'plain TF.js'] as const;
const TEACHABLE = 'Teachable Machine, α 0.35';

/** Files to embeddings, beside the library that people use and the way that TF.js's documentation shows. */
export const embedding: Measure = {
  name: 'embedding',
  about: 'files to embeddings, end to end, beside what a person would use instead',
  run: async (bench) => {
    const large = await bench.large();
    return [
      await race(bench, 'α 0.35', BASE_035, bench.small, COUNTS.small, [
        { than: TEACHABLE, atLeast: 45 },
      ]),
      await race(bench, 'α 1.0', BASE_100, bench.small, COUNTS.small, [
        { than: TEACHABLE, atLeast: 20 },
        { than: PLAIN, atLeast: 1.7 },
        { than: BARE, atLeast: 0.8 },
      ]),
      await race(bench, 'α 0.35', BASE_035, large, COUNTS.large, []),
      await race(bench, 'α 1.0', BASE_100, large, COUNTS.large, []),
    ];
  },
};

/** Pictures in a round: enough for a second or two each. */
interface Counts {
  readonly ours: number;
  readonly plain: number;
  readonly teachable: number;
}

const COUNTS: Readonly<Record<'small' | 'large', Counts>> = {
  small: { ours: 160, plain: 40, teachable: 5 },
  large: { ours: 24, plain: 8, teachable: 3 },
};

async function race(
  bench: Bench,
  words: string,
  backboneId: string,
  pictures: Pictures,
  counts: Counts,
  wanted: readonly Wanted[],
): Promise<Table> {
  const { files } = pictures;
  const engine = await openPage<EnginePage>(bench, 'engine', backboneId, files);
  const pages: OpenPage<ContestantPage>[] = [engine];
  const contestant = async (name: string, page: PageName, id: string, count: number) => {
    const opened = await openPage<ContestantPage>(bench, page, id, files);
    pages.push(opened);
    return { name, note: opened.words, run: () => rate(opened.call('embed', count)) };
  };
  try {
    const contestants: Contestant[] = [
      { name: HEADSTART, note: engine.words, run: () => rate(engine.call('embed', counts.ours)) },
      {
        name: BARE,
        note: 'the same runtime, pixels ready',
        run: () => rate(engine.call('embedReady', counts.ours)),
      },
      await contestant('LiteRT.js', 'litert', backboneId, counts.plain),
      await contestant('onnxruntime-web', 'onnxruntime', backboneId, counts.plain),
      await contestant(PLAIN, 'plain-tfjs', backboneId, counts.plain),
      await contestant(TEACHABLE, 'teachable-machine', BASE_035, counts.teachable),
    ];
    return {
      title: `Files to embeddings, MobileNetV2 ${words}: ${pictures.words}`,
      unit: 'pictures/s',
      better: 'more',
      entries: await compete(contestants, bench.rounds, 'more'),
      wanted,
      remarks: [await stages(bench, engine, counts.ours)],
    };
  } finally {
    for (const page of pages) await page.close();
  }
}

/** Each stage alone. In the pipeline they overlap, so that their sum is more than a picture takes. */
async function stages(bench: Bench, engine: OpenPage<EnginePage>, count: number): Promise<string> {
  const workers = await engine.call('pictureWorkers');
  const parts: readonly (readonly [name: string, run: () => Promise<Work | null>])[] = [
    ['decode, crop, resize', () => engine.call('decode', 'headstart', 'input', workers, count)],
    ['upload', () => engine.call('upload', count)],
    ['compute', () => engine.call('embedReady', count)],
    ['store', () => engine.call('store', count)],
  ];
  const millis = new Map<string, number[]>(parts.map(([name]) => [name, []]));
  for (let round = 0; round < bench.rounds; round++) {
    for (const [name, run] of parts) {
      const work = await run();
      if (work !== null) millis.get(name)?.push((work.seconds * 1000) / work.count);
    }
  }
  const medians = [...millis]
    .filter(([, all]) => all.length > 0)
    .map(([name, all]) => ({ name, millis: median(all) }));
  const sum = medians.reduce((total, part) => total + part.millis, 0);
  const shares = medians.map(
    (part) =>
      `${part.name} ${part.millis.toFixed(2)} ms (${((100 * part.millis) / sum).toFixed(0)} %)`,
  );
  return `Each stage alone, a picture, ${workers} picture worker(s): ${shares.join(', ')}.`;
}

async function rate(work: Promise<Work>): Promise<number> {
  const { count, seconds } = await work;
  return count / seconds;
}
