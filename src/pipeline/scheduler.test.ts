import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { Cancelled } from '../core/problem.ts';
import { createScheduler, type Scheduler, type Stage } from './scheduler.ts';

type Name = 'embeddings' | 'head' | 'comparison';

/** A run that ends when the test says so, or is ended. */
interface Held {
  readonly name: Name;
  readonly signal: AbortSignal;
  finish(): void;
  fail(error: Error): void;
}

function makePipeline(patch: Partial<globalThis.Record<Name, Partial<Stage<Name>>>> = {}): {
  scheduler: Scheduler<Name>;
  runs: Held[];
  versions: globalThis.Record<Name, number>;
} {
  const runs: Held[] = [];
  const versions = { embeddings: 0, head: 0, comparison: 0 };
  const stage = (name: Name, after: Name[], onChange: 'restart' | 'go-on'): Stage<Name> => ({
    name,
    after,
    onChange,
    key: () => [versions[name], ...after.map((one) => versions[one])],
    auto: () => true,
    run: (signal) =>
      new Promise((resolve, reject) => {
        signal.addEventListener('abort', () => {
          reject(new Cancelled());
        });
        runs.push({ name, signal, finish: resolve, fail: reject });
      }),
    ...patch[name],
  });
  const scheduler = createScheduler<Name>([
    stage('embeddings', [], 'go-on'),
    stage('head', ['embeddings'], 'restart'),
    stage('comparison', ['head'], 'restart'),
  ]);
  return { scheduler, runs, versions };
}

async function nth(runs: readonly Held[], index: number): Promise<Held> {
  return vi.waitFor(() => {
    const run = runs[index];
    if (run === undefined) throw new Error(`only ${String(runs.length)} runs`);
    return run;
  });
}

describe('the scheduler', () => {
  test('runs the stages in their order, each once', async () => {
    const { scheduler, runs } = makePipeline();
    scheduler.changed();
    scheduler.changed();
    for (const [index, name] of (['embeddings', 'head', 'comparison'] as const).entries()) {
      const run = await nth(runs, index);
      expect(run.name).toBe(name);
      expect(scheduler.status(name)).toEqual({ kind: 'running' });
      run.finish();
    }
    await scheduler.settled();
    expect(runs).toHaveLength(3);
    expect(scheduler.status('comparison')).toEqual({ kind: 'idle' });
  });

  test('a change under a run: one that would be out of date begins again, one that counts goes on', async () => {
    const { scheduler, runs, versions } = makePipeline();
    scheduler.changed();
    const first = await nth(runs, 0);
    versions.embeddings += 1;
    scheduler.changed();
    expect(first.signal.aborted).toBe(false);
    first.finish();
    (await nth(runs, 1)).finish();
    const head = await nth(runs, 2);
    expect(head.name).toBe('head');
    versions.head += 1;
    scheduler.changed();
    expect(head.signal.aborted).toBe(true);
    expect((await nth(runs, 3)).name).toBe('head');
  });

  test('a change while a cancelled run unwinds is not lost', async () => {
    let unwind = (): void => undefined;
    const runs: AbortSignal[] = [];
    const { scheduler, versions } = makePipeline({
      embeddings: { run: () => Promise.resolve() },
      head: {
        run: (signal) => {
          runs.push(signal);
          if (runs.length > 1) return Promise.resolve();
          return new Promise((_, reject) => {
            unwind = () => {
              reject(new Cancelled());
            };
          });
        },
      },
      comparison: { key: () => null },
    });
    scheduler.changed();
    await vi.waitFor(() => {
      expect(runs).toHaveLength(1);
    });
    scheduler.cancel('head');
    versions.head += 1;
    scheduler.changed();
    unwind();
    await scheduler.settled();
    expect(runs).toHaveLength(2);
    expect(scheduler.status('head')).toEqual({ kind: 'idle' });
  });

  test('what was cancelled waits for a change, or for somebody who wants it', async () => {
    const { scheduler, runs } = makePipeline({ comparison: { auto: () => false } });
    scheduler.changed();
    await nth(runs, 0);
    scheduler.cancel('embeddings');
    await scheduler.settled();
    scheduler.changed();
    await scheduler.settled();
    expect(runs).toHaveLength(1);
    const wanted = scheduler.want('head');
    (await nth(runs, 1)).finish();
    (await nth(runs, 2)).finish();
    await wanted;
    expect(runs.map(({ name }) => name)).toEqual(['embeddings', 'embeddings', 'head']);
  });

  test('what a person waits for goes first', async () => {
    const { scheduler, runs } = makePipeline({
      comparison: { after: [], key: () => [1] },
      head: { auto: () => false },
      embeddings: { auto: () => false },
    });
    scheduler.changed();
    const background = await nth(runs, 0);
    expect(background.name).toBe('comparison');
    const wanted = scheduler.want('head');
    expect(background.signal.aborted).toBe(true);
    (await nth(runs, 1)).finish();
    (await nth(runs, 2)).finish();
    await wanted;
    expect((await nth(runs, 3)).name).toBe('comparison');
  });

  test('a failure is told to who waits, kept, and tried again when asked or changed', async () => {
    const { scheduler, runs, versions } = makePipeline({ comparison: { key: () => null } });
    const wanted = scheduler.want('head');
    const error = new Error('no device');
    (await nth(runs, 0)).fail(error);
    await expect(wanted).rejects.toBe(error);
    await scheduler.settled();
    expect(scheduler.status('embeddings')).toEqual({ kind: 'failed', error });
    versions.embeddings += 1;
    scheduler.changed();
    (await nth(runs, 1)).finish();
    (await nth(runs, 2)).finish();
    await scheduler.settled();
    expect(scheduler.status('head')).toEqual({ kind: 'idle' });
  });

  test('wanting what can not be done ends with Cancelled', async () => {
    const { scheduler } = makePipeline({ embeddings: { key: () => null } });
    await expect(scheduler.want('head')).rejects.toBeInstanceOf(Cancelled);
  });

  test('whatever happens in whatever order, everything is up to date in the end', async () => {
    const moves = fc.array(
      fc.constantFrom(
        ...(['change', 'cancel', 'want', 'finish', 'fail', 'pause'] as const).flatMap((move) =>
          (['embeddings', 'head', 'comparison'] as const).map((name) => ({ move, name })),
        ),
      ),
      { maxLength: 40 },
    );
    await fc.assert(
      fc.asyncProperty(moves, async (list) => {
        const { scheduler, runs, versions } = makePipeline();
        const wanted: Promise<unknown>[] = [];
        for (const { move, name } of list) {
          if (move === 'change') {
            versions[name] += 1;
            scheduler.changed();
          } else if (move === 'cancel') scheduler.cancel(name);
          else if (move === 'want') wanted.push(scheduler.want(name).catch(() => undefined));
          else if (move === 'finish') runs.at(-1)?.finish();
          else if (move === 'fail') runs.at(-1)?.fail(new Error('no'));
          else await new Promise((resolve) => setTimeout(resolve));
        }
        for (const name of ['embeddings', 'head', 'comparison'] as const) versions[name] += 1;
        scheduler.changed();
        const end = scheduler.settled().then(() => 'over');
        const moment = () => new Promise<string>((resolve) => setTimeout(resolve, 0, 'not yet'));
        let ended = 0;
        while ((await Promise.race([end, moment()])) === 'not yet') {
          for (; ended < runs.length; ended++) runs[ended]?.finish();
        }
        await Promise.all(wanted);
        const last = (name: Name) => runs.findLast((run) => run.name === name);
        expect(last('comparison')?.signal.aborted).toBe(false);
        for (const name of ['embeddings', 'head', 'comparison'] as const)
          expect(scheduler.status(name)).toEqual({ kind: 'idle' });
      }),
      { numRuns: 60 },
    );
  });
});
