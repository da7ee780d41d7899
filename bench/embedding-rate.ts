import type { Browser } from '@playwright/test';
import { servePlainly } from '../e2e/fixtures/static-server.ts';
import type { BackendName } from '../src/core/backend.ts';
import { buildBenchPage } from './build-page.ts';
import type { EmbeddingBench } from './page/main.ts';
import { spreadOf, type Spread } from './statistics.ts';

/** Pictures a second. */
export interface EmbeddingRate {
  readonly backend: BackendName;
  readonly device: string;
  readonly pictures: number;
  /** From file to embedding, through the app's engine. */
  readonly engine: Spread;
  /** The backbone alone, on ready pixels. */
  readonly bare: Spread;
  /** Median over the rounds of engine / bare, each with its neighbour in time. */
  readonly share: Spread;
}

export interface EmbeddingRateOptions {
  readonly backend: BackendName | null;
  readonly backboneId: string;
  readonly models: string;
  readonly files: readonly string[];
  readonly rounds: number;
}

type BenchWindow = Window & { bench: EmbeddingBench };

/** Rounds alternate, so that what else the machine does falls on both alike. */
export async function measureEmbeddingRate(
  browser: Browser,
  { backend, backboneId, models, files, rounds }: EmbeddingRateOptions,
): Promise<EmbeddingRate> {
  const server = await servePlainly(await buildBenchPage(), { inside: { 'models/': models } });
  const page = await browser.newPage();
  try {
    await page.goto(server.url);
    await page.getByLabel('Pictures').setInputFiles([...files]);
    const status = await page.evaluate(
      ([asked, id]) => (window as unknown as BenchWindow).bench.start(asked, id),
      [backend, backboneId] as const,
    );
    const measureEngine = () =>
      page.evaluate(() => (window as unknown as BenchWindow).bench.measureEngine());
    const measureBare = () =>
      page.evaluate(() => (window as unknown as BenchWindow).bench.measureBare());

    // The first round pays for compiling kernels, code and shaders.
    await measureEngine();
    await measureBare();
    const engine: number[] = [];
    const bare: number[] = [];
    for (let round = 0; round < rounds; round++) {
      engine.push(await measureEngine());
      bare.push(await measureBare());
    }
    return {
      backend: status.backend,
      device: status.device,
      pictures: files.length,
      engine: spreadOf(engine),
      bare: spreadOf(bare),
      share: spreadOf(engine.map((rate, i) => rate / (bare[i] ?? Number.NaN))),
    };
  } finally {
    await page.close();
    await server.close();
  }
}
