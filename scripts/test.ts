/**
 * `npm test`: every check there is, in the order in which it fails fastest.
 * The closing lines say what ran, what was skipped and why.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { ensureChromium } from './chromium.ts';

interface Step {
  readonly name: string;
  readonly command: readonly string[];
  /** A JSON report to count tests in. */
  readonly report?: string;
}

interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

const reports = resolve(import.meta.dirname, '../.cache/reports');
const vitest = (project: string): Step => ({
  name: `${project} tests`,
  command: [
    'vitest',
    'run',
    '--project',
    project,
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${join(reports, `${project}.json`)}`,
  ],
  report: join(reports, `${project}.json`),
});

const steps: readonly Step[] = [
  { name: 'types', command: ['npm', 'run', '--silent', 'check:types'] },
  { name: 'lint and format', command: ['npm', 'run', '--silent', 'check:lint'] },
  { name: 'import rule and cycles', command: ['npm', 'run', '--silent', 'check:imports'] },
  vitest('unit'),
  vitest('browser'),
  { name: 'build', command: ['npm', 'run', '--silent', 'build'] },
  { name: 'end-to-end tests', command: ['playwright', 'test'], report: join(reports, 'e2e.json') },
];

const env = prepareEnvironment();
rmSync(reports, { recursive: true, force: true });
mkdirSync(reports, { recursive: true });

const total: Counts = { passed: 0, failed: 0, skipped: 0 };
const lines: string[] = [];
let failedStep: string | null = null;
for (const step of steps) {
  if (failedStep !== null) {
    lines.push(`  not run  ${step.name}, because ${failedStep} failed`);
    continue;
  }
  if (!runStep(step)) failedStep = step.name;
}
console.log(`\nWhat ran:\n${lines.join('\n')}`);
for (const [name, what] of [
  ['HEADSTART_MODELS', 'tests on real weights'],
  ['HEADSTART_DATASETS', 'tests on real photographs'],
  ['HEADSTART_TEACHABLE', 'tests on real exports of Teachable Machine'],
] as const) {
  if (env[name] === undefined) console.log(`  skipped  ${what}: ${name} is not set`);
}
if (failedStep !== null && total.failed === 0) total.failed = 1;
console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
process.exit(failedStep === null ? 0 : 1);

/** Runs one step, adds its line and its counts. */
function runStep(step: Step): boolean {
  console.log(`\n== ${step.name}`);
  const startedAt = Date.now();
  const [command = '', ...args] = step.command;
  const local = join('node_modules', '.bin', command);
  const status = spawnSync(existsSync(local) ? local : command, args, {
    stdio: 'inherit',
    env,
  }).status;
  const seconds = Math.round((Date.now() - startedAt) / 1000);
  const counts = step.report === undefined ? null : readCounts(step.report);
  if (counts !== null) {
    total.passed += counts.passed;
    total.failed += counts.failed;
    total.skipped += counts.skipped;
  }
  const tally =
    counts === null
      ? ''
      : `: ${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`;
  lines.push(`  ${status === 0 ? 'passed ' : 'failed '}  ${step.name}${tally} (${seconds} s)`);
  return status === 0;
}

/** Test counts of a Vitest or Playwright JSON report. */
function readCounts(path: string): Counts | null {
  if (!existsSync(path)) return null;
  const report = JSON.parse(readFileSync(path, 'utf8')) as {
    numPassedTests?: number;
    numFailedTests?: number;
    numPendingTests?: number;
    stats?: { expected: number; unexpected: number; flaky: number; skipped: number };
  };
  if (report.stats !== undefined) {
    const { expected, unexpected, flaky, skipped } = report.stats;
    return { passed: expected + flaky, failed: unexpected, skipped };
  }
  return {
    passed: report.numPassedTests ?? 0,
    failed: report.numFailedTests ?? 0,
    skipped: report.numPendingTests ?? 0,
  };
}

/** A Chromium for all steps, and folders that mean the same from anywhere. */
function prepareEnvironment(): NodeJS.ProcessEnv {
  const prepared: NodeJS.ProcessEnv = { ...process.env, HEADSTART_CHROMIUM: findOrExplain() };
  for (const name of ['HEADSTART_MODELS', 'HEADSTART_DATASETS', 'HEADSTART_TEACHABLE']) {
    const folder = process.env[name];
    prepared[name] = undefined;
    if (folder === undefined || folder === '') continue;
    if (existsSync(folder)) prepared[name] = resolve(folder);
    else {
      console.error(`${name} names a folder that is not there: ${folder}`);
      process.exit(2);
    }
  }
  return prepared;
}

function findOrExplain(): string {
  try {
    return ensureChromium();
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    process.exit(1);
  }
}
