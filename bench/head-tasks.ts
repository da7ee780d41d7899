import { writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { createRandom, type Random } from '../src/core/random.ts';
import type { HeadTask } from './page/contract.ts';

/** Embeddings that tasks are made of. */
export interface Source {
  readonly words: string;
  readonly length: number;
  readonly rows: readonly Float32Array[];
  /** Class of each row. */
  readonly classes: readonly number[];
}

interface Size {
  readonly samples: number;
  readonly classes: number;
}

const HELD_OUT_A_CLASS = 40;
/** Differences from their class's mean that one sample of the mixture is added up from. */
const MIXED = 24;
const SEED = 7;

/** Real embeddings with the labels of their folders. */
export function labelledSource(
  files: readonly string[],
  embeddings: { readonly length: number; readonly base64: string },
): Source {
  const bytes = Buffer.from(embeddings.base64, 'base64');
  const all = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4);
  const labels = files.map((file) => basename(dirname(file)));
  const names = [...new Set(labels)].sort();
  return {
    words: `embeddings of ${String(files.length)} pictures`,
    length: embeddings.length,
    rows: files.map((_, row) => all.slice(row * embeddings.length, (row + 1) * embeddings.length)),
    classes: labels.map((label) => names.indexOf(label)),
  };
}

/**
 * Writes a task of this size: the source's own rows where there are enough of
 * them, else a seeded mixture with the source's statistics.
 *
 * @returns its name.
 */
export function writeTask(source: Source, size: Size, folder: string): string {
  const name = `${String(size.samples)}-${String(size.classes)}`;
  const { task, rows } = realTask(source, size) ?? mixtureTask(source, size);
  const embeddings = new Float32Array(rows.length * source.length);
  for (const [index, row] of rows.entries()) embeddings.set(row, index * source.length);
  writeFileSync(join(folder, `${name}.json`), JSON.stringify(task));
  writeFileSync(join(folder, `${name}.f32`), embeddings);
  return name;
}

interface MadeTask {
  readonly task: HeadTask;
  readonly rows: readonly Float32Array[];
}

/** Null where a class has too few rows. */
function realTask(source: Source, { samples, classes }: Size): MadeTask | null {
  const training = samples / classes;
  const byClass = Array.from({ length: classes }, (_, wanted) =>
    source.rows.filter((_, row) => source.classes[row] === wanted),
  );
  const held = Math.min(HELD_OUT_A_CLASS, ...byClass.map((rows) => rows.length - training));
  if (held < 1) return null;
  const take = (from: number, to: number) =>
    byClass.flatMap((rows, one) => rows.slice(from, to).map((row) => ({ row, one })));
  const all = [...take(0, training), ...take(training, training + held)];
  return {
    task: describe(
      source.words,
      source.length,
      classes,
      all.map(({ one }) => one),
      samples,
    ),
    rows: all.map(({ row }) => row),
  };
}

/**
 * A class's mean is the source's mean plus a mix of its class means'
 * differences from it, and a sample is its class's mean plus a mix of the
 * source's differences from their class's mean: mixed with normal weights of
 * total variance 1, each has the source's covariance. What falls below zero
 * is cut off, as the network's last ReLU does.
 */
function mixtureTask(source: Source, { samples, classes }: Size): MadeTask {
  const random = createRandom(SEED);
  const { length } = source;
  const means = classMeans(source);
  const mean = meanOf(means, length);
  const between = means.map((one) => one.map((value, i) => value - (mean[i] ?? 0)));
  const within = source.rows.map((row, index) => {
    const own = means[source.classes[index] ?? 0];
    return row.map((value, i) => value - (own?.[i] ?? 0));
  });
  const centres = Array.from({ length: classes }, () =>
    mix(random, mean, [...between, ...pick(random, within, between.length)]),
  );
  const draw = (count: number) =>
    Array.from({ length: count }, (_, index) => {
      const one = index % classes;
      const row = mix(random, centres[one] ?? mean, pick(random, within, MIXED));
      return { one, row: row.map((value) => Math.max(0, value)) };
    });
  const all = [...draw(samples), ...draw(HELD_OUT_A_CLASS * classes)];
  const words = `a mixture with the statistics of ${source.words}`;
  return {
    task: describe(
      words,
      length,
      classes,
      all.map(({ one }) => one),
      samples,
    ),
    rows: all.map(({ row }) => row),
  };
}

function describe(
  words: string,
  embeddingLength: number,
  classCount: number,
  classes: readonly number[],
  trainingCount: number,
): HeadTask {
  return { words, embeddingLength, classCount, classes, trainingCount };
}

function classMeans({ rows, classes, length }: Source): Float32Array[] {
  const count = Math.max(...classes) + 1;
  return Array.from({ length: count }, (_, wanted) =>
    meanOf(
      rows.filter((_, row) => classes[row] === wanted),
      length,
    ),
  );
}

function meanOf(rows: readonly Float32Array[], length: number): Float32Array {
  const mean = new Float32Array(length);
  for (const row of rows)
    for (let i = 0; i < length; i++) mean[i] = (mean[i] ?? 0) + (row[i] ?? 0) / rows.length;
  return mean;
}

function pick<T>(random: Random, all: readonly T[], count: number): T[] {
  return Array.from({ length: count }, () => all[random.int(all.length)] as T);
}

/** The start plus the parts by normal weights of variance 1 / parts. */
function mix(random: Random, start: Float32Array, parts: readonly Float32Array[]): Float32Array {
  const sum = Float32Array.from(start);
  for (const part of parts) {
    const weight = random.normal() / Math.sqrt(parts.length);
    for (let i = 0; i < sum.length; i++) sum[i] = (sum[i] ?? 0) + weight * (part[i] ?? 0);
  }
  return sum;
}
