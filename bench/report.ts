import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Entry } from './contest.ts';
import type { Machine } from './machine.ts';
import type { Table } from './measure.ts';
import type { Spread } from './statistics.ts';

/** What one measure found, and when. */
export interface Finding {
  readonly measure: string;
  /** ISO 8601, to the minute. */
  readonly measuredAt: string;
  readonly browser: string;
  readonly rounds: number;
  readonly tables: readonly Table[];
}

export interface Report {
  readonly machine: Omit<Machine, 'browser'>;
  readonly findings: readonly Finding[];
}

export function describeMachineLine({ machine }: Pick<Report, 'machine'>): string {
  const { processor, cores, memoryGigabytes, graphics } = machine;
  return `${processor}, ${cores} cores, ${memoryGigabytes} GB; ${graphics}`;
}

/** A table as Markdown, which reads well on a terminal too. */
export function describeTable({ title, unit, better, entries, wanted, remarks }: Table): string {
  const first = entries[0]?.name ?? '';
  const rows = entries.map((entry) => [
    entry.name,
    describeSpread(entry.figures),
    entry.name === first ? '' : `${shown(entry.firstIsBetter.median)} ×`,
    entry.note ?? '',
  ]);
  const head = ['', `${unit}, ${better} is better`, `${first} is better by`, 'how'];
  return [
    `**${title}**`,
    '',
    ...alignedRows([head, ...rows]),
    '',
    ...wanted.flatMap(({ than, atLeast }) => verdict(first, entries, than, atLeast)),
    ...remarks.map((remark) => `- ${remark}`),
    '',
  ].join('\n');
}

/** @returns the lines of a Markdown table, its columns padded alike. */
function alignedRows(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(3, ...rows.map((row) => (row[column] ?? '').length)),
  );
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  const rule = line(widths.map((width) => '-'.repeat(width)));
  return rows.flatMap((row, index) => (index === 0 ? [line(row), rule] : [line(row)]));
}

function verdict(
  first: string,
  entries: readonly Entry[],
  than: string,
  atLeast: number,
): string[] {
  const ratio = entries.find(({ name }) => name === than)?.firstIsBetter.median;
  if (ratio === undefined) return [];
  const holds = ratio >= atLeast ? 'holds' : 'DOES NOT HOLD';
  return [`- ${holds}: ${first} ${shown(ratio)} × ${than}, at least ${atLeast} × wanted.`];
}

function describeSpread({ median, min, max }: Spread): string {
  return `${shown(median)} (${shown(min)} to ${shown(max)})`;
}

/** Three digits that count. */
function shown(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3);
}

/** Puts findings into the machine's file, in place of its older ones of the same measure, and writes its table anew. */
export function keepFindings(folder: string, fresh: Report, order: readonly string[]): string {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, slugOf(fresh.machine));
  const before = existsSync(`${path}.json`)
    ? (JSON.parse(readFileSync(`${path}.json`, 'utf8')) as Report).findings
    : [];
  const all = new Map([...before, ...fresh.findings].map((one) => [one.measure, one]));
  const findings = order.flatMap((name) => all.get(name) ?? []);
  const report: Report = { machine: fresh.machine, findings };
  writeFileSync(`${path}.json`, `${JSON.stringify(report, null, 1)}\n`);
  writeFileSync(`${path}.md`, describeReport(report));
  return `${path}.md`;
}

function describeReport(report: Report): string {
  const sections = report.findings.flatMap(({ measure, measuredAt, browser, rounds, tables }) => [
    `## ${measure}`,
    '',
    `${measuredAt}, ${browser}, ${rounds} rounds.`,
    '',
    ...tables.map(describeTable),
  ]);
  const text = [
    `# ${report.machine.processor}, ${report.machine.cores} cores`,
    '',
    describeMachineLine(report),
    '',
    ...sections,
  ].join('\n');
  return `${text.trimEnd()}\n`;
}

function slugOf({ processor, cores }: Report['machine']): string {
  const words = `${processor} ${String(cores)} cores`.toLowerCase();
  return words.replaceAll(/[^a-z0-9]+/g, '-').replaceAll(/^-|-$/g, '');
}
