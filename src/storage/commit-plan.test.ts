import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compareSamples, type Sample } from '../core/dataset.ts';
import { editSeed, madeSample } from '../core/testing/random-edits.ts';
import { MOST_IN_CHUNK, planAnew, planCommit, planSnapshot, type OnDisk } from './commit-plan.ts';
import { packSamples, unpackSamples, packStep, unpackStep } from './packed.ts';
import { changeOf, editChange, EMPTY } from './testing/made-changes.ts';

function many(count: number): Sample[] {
  return Array.from({ length: count }, (_, index) => madeSample(index, null, index));
}

const sample = fc.record<Sample>({
  id: fc.string({ minLength: 1 }),
  hash: fc.string(),
  classId: fc.option(fc.constantFrom('c1', 'c2', '__proto__')),
  purpose: fc.constantFrom('learn', 'judge'),
  name: fc.string({ unit: 'binary' }),
  origin: fc.record({
    kind: fc.constantFrom('files', 'archive', 'drawn'),
    batch: fc.string(),
    path: fc.string({ unit: 'binary' }),
    modifiedAtMillis: fc.option(fc.integer()),
  }),
  widthPx: fc.nat(),
  heightPx: fc.nat(),
  addedAtMillis: fc.double({ noNaN: true }),
});

test('samples by column are the same samples', () => {
  fc.assert(
    fc.property(fc.array(sample, { maxLength: 20 }), (samples) => {
      expect(unpackSamples(structuredClone(packSamples(samples)))).toEqual(samples);
    }),
  );
});

test('a step in its record is the same step, whatever it does', () => {
  fc.assert(
    fc.property(fc.array(editSeed, { minLength: 1, maxLength: 20 }), (seeds) => {
      let now = EMPTY;
      for (const [index, seed] of seeds.entries())
        now = changeOf('p', now, 'edit', seed, index)?.after ?? now;
      const { done } = now.history;
      expect(done.map((step) => unpackStep(structuredClone(packStep(step))))).toEqual(done);
    }),
  );
});

describe('a snapshot', () => {
  test('is in chunks that hold all samples in order, and only those that changed are written', () => {
    const change = fc.record({ at: fc.nat(1e6), count: fc.nat(400), add: fc.boolean() });
    fc.assert(
      fc.property(fc.array(change, { maxLength: 12 }), (changes) => {
        let samples = many(1500);
        let { chunks } = planSnapshot([], samples);
        for (const [round, { at, count, add }] of changes.entries()) {
          const from = at % (samples.length + 1);
          const added = Array.from({ length: count }, (_, index) =>
            madeSample(1e6 + round * 1000 + index, null, at % 1500),
          );
          samples = add
            ? [...samples, ...added].sort(compareSamples)
            : samples.toSpliced(from, count);
          const plan = planSnapshot(chunks, samples);
          expect(plan.chunks.flatMap((chunk) => chunk.samples)).toEqual(samples);
          expect(new Set(plan.chunks.map(({ key }) => key)).size).toBe(plan.chunks.length);
          const kept = plan.chunks.filter((chunk) => !plan.written.includes(chunk));
          expect(kept.every((chunk) => chunks.includes(chunk))).toBe(true);
          const before = new Set(chunks.map(({ key }) => key));
          const after = new Set(plan.chunks.map(({ key }) => key));
          expect(new Set(plan.removed)).toEqual(
            new Set([...before].filter((key) => !after.has(key))),
          );
          for (const chunk of plan.chunks) {
            expect(chunk.samples.length).toBeGreaterThan(0);
            expect(chunk.samples.length).toBeLessThanOrEqual(MOST_IN_CHUNK);
          }
          chunks = [...plan.chunks];
        }
      }),
      { numRuns: 40 },
    );
  });

  test('of 20,000 is renewed by a chunk where one sample changed', () => {
    const dataset = { ...EMPTY.dataset, samples: many(20_000) };
    let onDisk: OnDisk = planAnew({ ...EMPTY, dataset });
    let written = 0;
    let renewed = 0;
    for (let index = 0; index < 100; index++) {
      const marks = [{ id: 's7777', purpose: index % 2 ? ('learn' as const) : ('judge' as const) }];
      const change = editChange('p', onDisk.versioned, { kind: 'mark-samples', marks });
      const plan = planCommit(onDisk, [change]);
      renewed += plan.snapshot ? 1 : 0;
      written = Math.max(written, ...(plan.snapshot?.written.map((c) => c.samples.length) ?? []));
      expect(plan.snapshot?.written.length ?? 0).toBeLessThanOrEqual(1);
      expect(plan.stepsFrom).toBe(plan.end - 1);
      onDisk = plan;
    }
    expect(renewed).toBe(4);
    expect(written).toBeLessThanOrEqual(MOST_IN_CHUNK);
  });
});
