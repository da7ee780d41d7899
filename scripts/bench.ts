/**
 * `npm run bench`: how fast the app is beside what a person would use instead,
 * all in one run. It measures, it does not test: it ends with 0 whatever it finds.
 */
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { chromium, type Browser } from '@playwright/test';
import { describeMachine } from '../bench/machine.ts';
import type { Bench, Pictures } from '../bench/measure.ts';
import { MEASURES } from '../bench/measures.ts';
import { generatedModels } from '../bench/models.ts';
import { phonePictures } from '../bench/phone-pictures.ts';
import { smallPictures } from '../bench/pictures.ts';
import {
  describeMachineLine,
  describeTable,
  keepFindings,
  type Finding,
  type Report,
} from '../bench/report.ts';
import { serveBenchPages } from '../bench/site.ts';
import type { BackendName } from '../src/core/backend.ts';
import { chromiumFlags, ensureChromium, testFlags } from './chromium.ts';
import { modelsPlugin } from './folders-plugin.ts';
import { serveBuilt } from './serve.ts';

const BACKENDS: readonly BackendName[] = ['webgpu', 'webgl', 'wasm', 'cpu'];
const NAMES = MEASURES.map(({ name }) => name);
const USAGE = `npm run bench -- [flags]
  --only NAME      measures this; may be given several times
  --rounds N       how often each contestant has its turn (5)
  --backend NAME   ${BACKENDS.join(', ')} (as the engine chooses)
  --browser PATH   another Chromium or Chrome
  --headed         with its window
  --json FILE      writes what was found there too
${MEASURES.map(({ name, about, long }) => `  ${name.padEnd(16)} ${about}${long === true ? ' (takes long: only when it is named)' : ''}`).join('\n')}`;

const { values, positionals } = readArguments();
if (values.help === true) {
  console.log(USAGE);
  process.exit(0);
}
const only = [...(values.only ?? []), ...positionals];
const unknown = only.find((name) => !NAMES.includes(name));
if (unknown !== undefined) refuse(`There is no measure "${unknown}".\n${USAGE}`);
const backend = BACKENDS.find((name) => name === values.backend) ?? null;
if (values.backend !== undefined && backend === null)
  refuse(`--backend takes ${BACKENDS.join(', ')}.`);
const rounds = Number(values.rounds);
if (!Number.isInteger(rounds) || rounds < 1) refuse('--rounds takes a whole number from 1.');
if (values.browser !== undefined && !existsSync(values.browser))
  refuse(`There is no browser at "${values.browser}".`);

// The terminal run finds its browser by itself: it shall be the same.
if (values.browser !== undefined) process.env['HEADSTART_CHROMIUM'] = values.browser;

const project = join(import.meta.dirname, '..');
const scratch = mkdtempSync(join(tmpdir(), 'headstart-bench-'));
const closing: (() => Promise<void>)[] = [];
try {
  await runAll();
} finally {
  for (const close of closing.reverse()) await close();
  rmSync(scratch, { recursive: true, force: true });
}

async function runAll(): Promise<void> {
  const bench = await prepare();
  const { browser: shown, ...machine } = await describeMachine(
    bench.browser,
    values.headed === true ? 'with its window' : 'headless',
  );
  console.log(`${describeMachineLine({ machine })}; ${shown}\n`);
  const findings: Finding[] = [];
  for (const measure of MEASURES) {
    const { name, about, long } = measure;
    if (only.length === 0 ? long === true : !only.includes(name)) continue;
    console.error(`${name}: ${about} …`);
    const tables = await measure.run(bench);
    for (const table of tables) console.log(describeTable(table));
    const measuredAt = `${new Date().toISOString().slice(0, 16)}Z`;
    findings.push({ measure: name, measuredAt, browser: shown, rounds, tables });
  }
  keep({ machine, findings });
}

/** Figures of stand-ins say nothing about a machine: they are printed, not kept. */
function keep(report: Report): void {
  if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(report, null, 1)}\n`);
  if (given('HEADSTART_MODELS') === null || given('HEADSTART_DATASETS') === null) return;
  console.error(`Kept in ${keepFindings(join(project, 'bench', 'results'), report, NAMES)}`);
}

async function prepare(): Promise<Bench> {
  const models = given('HEADSTART_MODELS') ?? generatedModels(scratch);
  if (given('HEADSTART_MODELS') === null)
    console.log(
      'HEADSTART_MODELS is not set: tiny networks stand in, and these figures mean little.',
    );
  if (given('HEADSTART_DATASETS') === null)
    console.log('HEADSTART_DATASETS is not set: drawn pictures stand in for photographs.');
  const browser = await launch(testFlags);
  const taskFolder = join(scratch, 'tasks');
  mkdirSync(taskFolder);
  const small = smallPictures(scratch);
  const pages = await serveBenchPages(models, taskFolder);
  closing.push(() => pages.close());
  const made = join(
    project,
    '.cache',
    given('HEADSTART_DATASETS') === null ? 'phone-drawn' : 'phone',
  );
  return {
    browser,
    launch,
    site: pages.url,
    models,
    app: once(() => serveApp(models)),
    backend,
    rounds,
    cores: availableParallelism(),
    small,
    large: once<Pictures>(() => phonePictures(browser, small, made)),
    taskFolder,
    scratch,
  };
}

async function launch(flags: readonly string[]): Promise<Browser> {
  const browser = await chromium.launch({
    executablePath: ensureChromium(),
    headless: values.headed !== true,
    args: [...chromiumFlags(), ...flags],
  });
  closing.push(() => browser.close());
  return browser;
}

async function serveApp(models: string): Promise<string> {
  const plugins = given('HEADSTART_MODELS') === null ? [modelsPlugin(models)] : [];
  const server = await serveBuilt({ port: 4500, build: true, plugins });
  closing.push(() => server.close());
  return server.url;
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | null = null;
  return () => (made ??= make());
}

function given(variable: string): string | null {
  const value = process.env[variable] ?? '';
  return value === '' ? null : value;
}

function readArguments() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        only: { type: 'string', multiple: true },
        rounds: { type: 'string', default: '5' },
        backend: { type: 'string' },
        browser: { type: 'string' },
        headed: { type: 'boolean' },
        json: { type: 'string' },
        help: { type: 'boolean' },
      },
    });
  } catch (error) {
    refuse(`${error instanceof Error ? error.message : String(error)}\n${USAGE}`);
  }
}

function refuse(line: string): never {
  console.error(line);
  process.exit(2);
}
