import type { Browser, Page } from '@playwright/test';
import type { ContestantPage } from './page/contract.ts';
import type { Bench } from './measure.ts';
import type { PageName } from './site.ts';

type BenchWindow<P> = Window & { readonly bench: P };
type Method<P> = {
  [K in keyof P]: P[K] extends (...given: never[]) => unknown ? K : never;
}[keyof P];
type Given<P, K extends keyof P> = P[K] extends (...given: infer G) => unknown ? G : never;
type Answer<P, K extends keyof P> = P[K] extends (...given: never[]) => infer A
  ? Awaited<A>
  : never;

/** One contestant's page, opened. */
export interface OpenPage<P extends ContestantPage> {
  readonly words: string;
  call<K extends Method<P> & string>(method: K, ...given: Given<P, K>): Promise<Answer<P, K>>;
  chooseFiles(files: readonly string[]): Promise<void>;
  close(): Promise<void>;
}

/** Opens a page of the benchmark's site and loads its backbone. */
export async function openPage<P extends ContestantPage>(
  bench: Pick<Bench, 'site' | 'backend'> & { readonly browser: Browser },
  name: PageName,
  backboneId: string,
  files: readonly string[] = [],
): Promise<OpenPage<P>> {
  const page: Page = await bench.browser.newPage();
  page.on('pageerror', (error) => {
    console.error(`${name}: ${error.message}`);
  });
  await page.goto(`${bench.site}${name}.html`);
  await page.waitForFunction(() => 'bench' in window);
  const call: OpenPage<P>['call'] = (method, ...given) =>
    page.evaluate(
      async ([asked, values]) => {
        const { bench: there } = window as unknown as BenchWindow<Record<string, unknown>>;
        return (await (there[asked] as (...given: unknown[]) => unknown)(...values)) as never;
      },
      [method, given as unknown[]] as const,
    );
  const chooseFiles = (chosen: readonly string[]) =>
    page.getByLabel('Pictures').setInputFiles([...chosen]);
  if (files.length > 0) await chooseFiles(files);
  const words = await page.evaluate(
    ([id, backend]) => (window as unknown as BenchWindow<ContestantPage>).bench.start(id, backend),
    [backboneId, bench.backend] as const,
  );
  return { words, call, chooseFiles, close: () => page.close() };
}
