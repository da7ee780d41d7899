/**
 * `npm run check-exports`: the app's own writers write classifiers, Python's libraries read them, and
 * what they find is compared with what was written. `--record` keeps the table in docs/. Needs
 * Debian's python3 with h5py, numpy, torch, PIL and onnx; what is missing is skipped, and said so.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { format, resolveConfig } from 'prettier';
import { createServer } from 'vite';
import { describeReaders, readBack, type Finding } from './check-exports/read-back.ts';
import type * as Writing from './check-exports/write-files.ts';

const RECORD = resolve(import.meta.dirname, '../docs/check-exports.md');
const models = process.env['HEADSTART_MODELS'] ?? '';

process.exitCode = await main();

/** @returns the exit code. */
async function main(): Promise<number> {
  const { record } = parseArgs({ options: { record: { type: 'boolean' } } }).values;
  const folder = mkdtempSync(join(tmpdir(), 'headstart-exports-'));
  try {
    const written = await write(folder);
    const findings = await readBack(written);
    const report = describe(findings, await describeReaders());
    console.log(report);
    if (record === true) writeFileSync(RECORD, await asWeKeepIt(report));
    return findings.some(({ outcome }) => outcome === 'DISAGREES') ? 1 : 0;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** By Vite, as in the app: the writers carry files of other languages in them. */
async function write(folder: string): Promise<readonly Writing.Written[]> {
  const vite = await createServer({
    configFile: false,
    appType: 'custom',
    server: { middlewareMode: true, ws: false, watch: null },
    optimizeDeps: { noDiscovery: true },
  });
  try {
    const path = join(import.meta.dirname, 'check-exports/write-files.ts');
    const { writeAll } = (await vite.ssrLoadModule(path)) as typeof Writing;
    return await writeAll(folder, models === '' ? null : models);
  } finally {
    await vite.close();
  }
}

/** Markdown, for the terminal and the record. */
function describe(findings: readonly Finding[], readers: string): string {
  const rows = findings.map(({ classifier, file, outcome, words, difference }) => [
    classifier,
    file,
    outcome,
    words,
    difference?.toExponential(1) ?? '',
  ]);
  const titles = ['Classifier', 'Files', 'Outcome', 'What was compared', 'Largest difference'];
  const count = (wanted: Finding['outcome']) =>
    findings.filter(({ outcome }) => outcome === wanted).length;
  const largest = Math.max(0, ...findings.map(({ difference }) => difference ?? 0));
  return [
    '# What Python’s libraries make of the exports',
    '',
    'By `npm run check-exports -- --record`: classifiers with drawn heads on generated backbones, every fifth of the pairwise table (`src/engine/testing/export-table.ts`), and on pretrained ones where `HEADSTART_MODELS` is given. Probabilities are compared with those of Headstart’s kernel and the head by its definition.',
    '',
    `Read by ${readers}. Keras itself is not among them, and ONNX’s numbers are compared elsewhere: by onnxruntime-web, in the tests.`,
    '',
    `${String(count('agrees'))} agree, ${String(count('DISAGREES'))} disagree, ${String(count('skipped'))} skipped${models === '' ? '; pretrained backbones skipped: HEADSTART_MODELS is not given' : ''}. Largest difference of a probability: ${largest.toExponential(1)}.`,
    '',
    ...tableOf([titles, ...rows]),
    '',
  ].join('\n');
}

async function asWeKeepIt(markdown: string): Promise<string> {
  return format(markdown, { ...(await resolveConfig(RECORD)), filepath: RECORD });
}

function tableOf([titles = [], ...rows]: readonly (readonly string[])[]): readonly string[] {
  const widths = titles.map((_, column) =>
    Math.max(...[titles, ...rows].map((row) => row[column]?.length ?? 0)),
  );
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  return [line(titles), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)];
}
