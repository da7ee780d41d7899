/**
 * `npm run train`: trains on a folder of labelled folders with the built app's
 * own engine in a headless Chromium. Progress goes to stderr, the report to
 * `--report` or stdout, the export into `--out`.
 */
import { mkdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { chromium, type Browser, type Page } from '@playwright/test';
import type { TerminalOutcome, TerminalPage, TerminalRequest } from '../src/terminal-contract.ts';
import { DATA_INPUT, TEST_INPUT } from '../src/terminal-contract.ts';
import { chromiumFlags, ensureChromium } from './chromium.ts';
import { serveBuilt } from './serve.ts';
import {
  parseTrainArguments,
  USAGE,
  WrongArguments,
  type TrainArguments,
} from './train/arguments.ts';
import { receiveExport } from './train/export-receiver.ts';

const PORT = 4273;

/** Software GPUs only for who asks for one: they are far slower than WASM. */
const GPU_FLAGS: Readonly<Record<string, readonly string[]>> = {
  webgpu: ['--enable-unsafe-webgpu'],
  webgl: ['--enable-unsafe-swiftshader'],
};

const INTERRUPTED = 130;

process.exitCode = await main(process.argv.slice(2));
// A build that is under way can't be ended in any other way.
if (process.exitCode === INTERRUPTED) process.exit();

async function main(args: readonly string[]): Promise<number> {
  if (args.includes('--help')) {
    console.log(USAGE);
    return 0;
  }
  try {
    const asked = parseTrainArguments(args);
    mustBeFolder('--data', asked.data);
    if (asked.test !== null) mustBeFolder('--test', asked.test);
    return await train(asked);
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    return error instanceof WrongArguments ? 2 : 1;
  }
}

function mustBeFolder(flag: string, path: string): void {
  if (!statSync(path, { throwIfNoEntry: false })?.isDirectory()) {
    throw new WrongArguments(`${flag} takes a folder; there is none at "${path}".`);
  }
}

async function train(asked: TrainArguments): Promise<number> {
  const closing: (() => Promise<void>)[] = [];
  const interrupted = new Promise<number>((end) =>
    process.once('SIGINT', () => {
      end(INTERRUPTED);
    }),
  );
  try {
    return await Promise.race([trainInBrowser(asked, closing), interrupted]);
  } finally {
    for (const close of closing.reverse()) await close();
  }
}

/** @param closing gets what has to be closed afterwards, however this ends. */
async function trainInBrowser(
  asked: TrainArguments,
  closing: (() => Promise<void>)[],
): Promise<number> {
  const receiver = asked.out === null ? null : receiveExport(asked.out);
  const plugins = receiver ? [receiver.plugin] : [];
  const server = await serveBuilt({ port: PORT, build: true, terminal: true, plugins });
  closing.push(() => server.close());
  const browser = await launch(asked.backend);
  closing.push(() => browser.close());
  const page = await openPage(browser, server.url, asked);
  const exportUrl = receiver ? new URL(receiver.path, server.url).href : null;
  return tell(await runInPage(page, { ...asked, exportUrl }), asked);
}

function launch(backend: string | null): Promise<Browser> {
  return chromium.launch({
    executablePath: ensureChromium(),
    args: [...chromiumFlags(), ...(GPU_FLAGS[backend ?? ''] ?? [])],
    // Handled here: the server has to be closed too.
    handleSIGINT: false,
  });
}

/** With the pictures in its folder inputs: the browser reads them from disk, nothing is copied. */
async function openPage(browser: Browser, url: string, asked: TrainArguments): Promise<Page> {
  const page = await browser.newPage();
  page.on('pageerror', (error) => console.error(error.message));
  await page.exposeFunction('tellProgress', (line: string) => console.error(line));
  await page.goto(new URL('terminal.html', url).href);
  await page.setInputFiles(`#${DATA_INPUT}`, resolve(asked.data));
  if (asked.test !== null) await page.setInputFiles(`#${TEST_INPUT}`, resolve(asked.test));
  return page;
}

async function runInPage(page: Page, request: TerminalRequest): Promise<TerminalOutcome> {
  await page.waitForFunction(() => 'headstart' in globalThis);
  return page.evaluate(
    (asked) => (globalThis as unknown as { headstart: TerminalPage }).headstart.run(asked),
    request,
  );
}

/** @returns the exit code. */
function tell(outcome: TerminalOutcome, asked: TrainArguments): number {
  if (!outcome.ok) {
    console.error(`Nothing came of training on ${asked.data}:`);
    for (const reason of outcome.reasons) console.error(`- ${reason}`);
    return 1;
  }
  const { report } = outcome;
  const exports = report.exports.map((name) => join(asked.out ?? '', name));
  const text = `${JSON.stringify({ ...report, exports }, null, 2)}\n`;
  if (asked.report === null) process.stdout.write(text);
  else {
    mkdirSync(dirname(resolve(asked.report)), { recursive: true });
    writeFileSync(asked.report, text);
  }
  const { validation, test } = report.accuracy;
  console.error(`accuracy: validation ${shown(validation)}, test ${shown(test)}`);
  return 0;
}

function shown(accuracy: number | null): string {
  return accuracy === null ? 'not judged' : accuracy.toFixed(4);
}
