import { cpus, totalmem } from 'node:os';
import type { EmbeddingRate } from './embedding-rate.ts';
import type { MainThread } from './main-thread-trace.ts';
import type { Responsiveness } from './responsiveness.ts';
import type { Spread } from './statistics.ts';

export interface Machine {
  readonly processor: string;
  readonly cores: number;
  readonly memoryGigabytes: number;
  readonly browser: string;
}

export interface BenchReport {
  readonly machine: Machine;
  readonly pictures: string;
  readonly embedding: EmbeddingRate | null;
  readonly responsiveness: Responsiveness | null;
}

/** What the project promises of itself. */
export const TARGETS = { embeddingShare: 0.9, longestTaskMillis: 100 } as const;

export function describeMachine(browser: string): Machine {
  const all = cpus();
  return {
    processor: all[0]?.model ?? 'unknown',
    cores: all.length,
    memoryGigabytes: Math.round(totalmem() / 1e9),
    browser,
  };
}

/** The report as lines to read. */
export function describeReport({
  machine,
  pictures,
  embedding,
  responsiveness,
}: BenchReport): string {
  const lines = [
    `Machine: ${machine.processor}, ${machine.cores} cores, ${machine.memoryGigabytes} GB; ${machine.browser}`,
    `Pictures: ${pictures}`,
  ];
  if (embedding !== null) lines.push(...describeEmbedding(embedding));
  if (responsiveness !== null) {
    const { alone, busy } = responsiveness;
    lines.push(
      '',
      `Main thread while ${responsiveness.pictures} pictures are added, embedded and trained (${responsiveness.accuracyPercent} % right):`,
      ...describeThread('machine to itself', alone),
      ...describeThread(`${machine.cores} cores busy`, busy),
      verdict(
        `longest task ${busy.longestMillis.toFixed(0)} ms with busy cores, at most ${TARGETS.longestTaskMillis} ms wanted`,
        busy.longestMillis <= TARGETS.longestTaskMillis,
      ),
    );
  }
  return lines.join('\n');
}

function describeEmbedding({ backend, device, engine, bare, share }: EmbeddingRate): string[] {
  return [
    '',
    `Embedding on ${backend} (${device}), pictures a second, median (slowest to fastest of ${engine.rounds.length} alternating rounds):`,
    `  engine, file to embedding  ${describeSpread(engine, 1)}`,
    `  bare backbone              ${describeSpread(bare, 1)}`,
    `  engine / bare              ${describeSpread(share, 2)}`,
    verdict(
      `the engine runs at ${share.median.toFixed(2)} of the bare backbone, at least ${TARGETS.embeddingShare} wanted`,
      share.median >= TARGETS.embeddingShare,
    ),
  ];
}

function describeThread(name: string, thread: MainThread): string[] {
  return [
    `  ${name}: longest task ${thread.longestMillis.toFixed(0)} ms, total blocking time ${thread.blockingMillis.toFixed(0)} ms, in ${thread.seconds.toFixed(1)} s`,
    ...thread.longest.map(
      ({ atMillis, millis, mostly }) =>
        `    ${millis.toFixed(0)} ms at ${(atMillis / 1000).toFixed(1)} s${mostly === '' ? '' : `: ${mostly}`}`,
    ),
  ];
}

function describeSpread({ median, min, max }: Spread, digits: number): string {
  return `${median.toFixed(digits)} (${min.toFixed(digits)} to ${max.toFixed(digits)})`;
}

function verdict(what: string, good: boolean): string {
  return `  ${good ? 'holds' : 'DOES NOT HOLD'}: ${what}`;
}
