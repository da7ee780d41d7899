import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { Cancelled } from '../core/problem.ts';
import { Refused, Scheduler, type Stage } from './scheduler.ts';

type Name = 'embeddings' | 'head' | 'comparison';
const NAMES = ['embeddings', 'head', 'comparison'] as const;

/** A run that ends when the test says so, or is ended. */
interface HeldRun {
  readonly name: Name;
  readonly signal: AbortSignal;
  readonly anew: boolean;
  finish(): void;
  fail(error: Error): void;
}

function makePipeline(patch: Partial<Record<Name, Partial<Stage<Name>>>> = {}) {
  const runs: HeldRun[] = [];
  const versions = { embeddings: 0, head: 0, comparison: 0 };
  const stage = (name: Name, after: Name[]): Stage<Name> => ({
    name,
    after,
    key: () => Object.fromEntries([name, ...after].map((one) => [one, versions[one]])),
    ...(name === 'embeddings' && { goesOnUnder: [name] }),
    auto: () => true,
    run: ({ signal, anew }) =>
      new Promise((resolve, reject) => {
        signal.addEventListener('abort', () => {
          reject(new Cancelled());
        });
        runs.push({ name, signal, anew, finish: resolve, fail: reject });
      }),
    ...patch[name],
  });
  const scheduler = new Scheduler<Name>([
    stage('embeddings', []),
    stage('head', ['embeddings']),
    stage('comparison', ['head']),
  ]);
  return { scheduler, runs, versions };
}

async function nth(runs: readonly HeldRun[], index: number): Promise<HeldRun> {
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
    for (const [index, name] of NAMES.entries()) {
      const run = await nth(runs, index);
      expect(run.name).toBe(name);
      expect(scheduler.status(name)).toEqual({ kind: 'running', wanted: false });
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
        run: ({ signal }) => {
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
    expect(runs[0]?.aborted).toBe(true);
    versions.head += 1;
    scheduler.changed();
    unwind();
    await scheduler.settled();
    expect(runs).toHaveLength(2);
    expect(scheduler.status('head')).toEqual({ kind: 'idle' });
  });

  test('what may no longer run by itself ends, and begins again once it may', async () => {
    let on = true;
    const { scheduler, runs } = makePipeline({
      embeddings: { run: () => Promise.resolve() },
      head: { auto: () => on },
    });
    scheduler.changed();
    const first = await nth(runs, 0);
    on = false;
    scheduler.changed();
    expect(first.signal.aborted).toBe(true);
    // Before the run that was ended has unwound.
    on = true;
    scheduler.changed();
    const second = await nth(runs, 1);
    expect([second.name, second.signal.aborted]).toEqual(['head', false]);
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
      comparison: { after: [], key: () => ({ always: 1 }) },
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

  test('what runs by itself makes room for what comes before it', async () => {
    const { scheduler, runs, versions } = makePipeline({
      comparison: { after: [], key: () => ({ always: 1 }) },
    });
    scheduler.changed();
    (await nth(runs, 0)).finish();
    (await nth(runs, 1)).finish();
    const background = await nth(runs, 2);
    versions.head += 1;
    scheduler.changed();
    expect(background.signal.aborted).toBe(true);
    (await nth(runs, 3)).finish();
    expect((await nth(runs, 4)).name).toBe('comparison');
    expect(runs[3]?.name).toBe('head');
  });

  test('asked for anew, it is made though it is up to date, of what there is when it begins', async () => {
    const { scheduler, runs, versions } = makePipeline({ comparison: { key: () => null } });
    scheduler.changed();
    (await nth(runs, 0)).finish();
    const byItself = await nth(runs, 1);
    const wanted = scheduler.want('head', { anew: true });
    expect([byItself.anew, byItself.signal.aborted]).toEqual([false, true]);
    const asked = await nth(runs, 2);
    versions.head += 1;
    scheduler.changed();
    expect([asked.anew, asked.signal.aborted]).toEqual([true, false]);
    expect(scheduler.status('head')).toEqual({ kind: 'running', wanted: true });
    asked.finish();
    await wanted;
    // What has changed since is looked at as ever.
    expect(await nth(runs, 3)).toMatchObject({ name: 'head', anew: false });
  });

  test('it waits for what is on its way, and what a person asked for by then stays asked for', async () => {
    let coming = true;
    const { scheduler, runs } = makePipeline({
      embeddings: { run: () => Promise.resolve() },
      head: { waits: () => coming, auto: () => false },
      comparison: { key: () => null },
    });
    const wanted = scheduler.want('head', { anew: true });
    await scheduler.settled();
    expect(runs).toEqual([]);
    expect(scheduler.status('head')).toEqual({ kind: 'later', wanted: true });
    coming = false;
    scheduler.changed();
    (await nth(runs, 0)).finish();
    await wanted;
  });

  test('a failure is told to who waits, kept, and tried again when asked or changed', async () => {
    const { scheduler, runs, versions } = makePipeline({ comparison: { key: () => null } });
    const wanted = scheduler.want('head');
    const error = new Error('no device');
    (await nth(runs, 0)).fail(error);
    await expect(wanted).rejects.toBe(error);
    await scheduler.settled();
    expect(scheduler.status('embeddings')).toEqual({ kind: 'failed', by: 'embeddings', error });
    expect(scheduler.status('head')).toEqual({ kind: 'failed', by: 'embeddings', error });
    versions.embeddings += 1;
    scheduler.changed();
    (await nth(runs, 1)).finish();
    (await nth(runs, 2)).finish();
    await scheduler.settled();
    expect(scheduler.status('head')).toEqual({ kind: 'idle' });
  });

  test('what finds that something it needs has gone is tried again, once', async () => {
    const { scheduler, runs, versions } = makePipeline({ comparison: { key: () => null } });
    const wanted = scheduler.want('head');
    (await nth(runs, 0)).finish();
    const head = await nth(runs, 1);
    versions.embeddings += 1;
    head.fail(new Cancelled());
    (await nth(runs, 2)).finish();
    expect(runs[2]?.name).toBe('embeddings');
    (await nth(runs, 3)).fail(new Cancelled());
    await expect(wanted).rejects.toBeInstanceOf(Cancelled);
    await scheduler.settled();
    expect(runs).toHaveLength(4);
  });

  test('wanting what can’t be made ends with the reason, or with Cancelled where there is none', async () => {
    const problem = { code: 'camera-missing' } as const;
    const { scheduler } = makePipeline({
      embeddings: { key: () => null },
      comparison: { after: [], key: () => null, why: () => problem },
    });
    await expect(scheduler.want('head', { anew: true })).rejects.toBeInstanceOf(Cancelled);
    const refused = await scheduler.want('comparison').catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(Refused);
    expect(refused).toMatchObject({ problem });
    expect(scheduler.status('head')).toEqual({ kind: 'idle' });
  });

  test('cleared, nothing runs, waits or is known, until something changes', async () => {
    const { scheduler, runs } = makePipeline();
    const wanted = scheduler.want('comparison');
    const running = await nth(runs, 0);
    const cleared = scheduler.clear();
    await expect(wanted).rejects.toBeInstanceOf(Cancelled);
    await cleared;
    expect(running.signal.aborted).toBe(true);
    await scheduler.settled();
    expect(runs).toHaveLength(1);
    scheduler.changed();
    expect((await nth(runs, 1)).name).toBe('embeddings');
  });

  test('whatever happens in whatever order, everything is up to date in the end', async () => {
    const kinds = [
      ...(['change', 'cancel', 'want', 'anew', 'finish', 'fail', 'void', 'pause'] as const),
      ...(['come', 'off'] as const),
    ];
    const moves = fc.array(
      fc.record({ move: fc.constantFrom(...kinds), name: fc.constantFrom(...NAMES) }),
      { maxLength: 40 },
    );
    await fc.assert(
      fc.asyncProperty(moves, async (list) => {
        const state = { coming: false, on: true };
        const { scheduler, runs, versions } = makePipeline({
          head: { waits: () => state.coming, auto: () => state.on },
        });
        const wanted: Promise<unknown>[] = [];
        for (const { move, name } of list) {
          if (move === 'change') {
            versions[name] += 1;
            scheduler.changed();
          } else if (move === 'come' || move === 'off') {
            if (move === 'come') state.coming = !state.coming;
            else state.on = !state.on;
            scheduler.changed();
          } else if (move === 'cancel') scheduler.cancel(name);
          else if (move === 'want' || move === 'anew')
            wanted.push(scheduler.want(name, { anew: move === 'anew' }).catch(() => undefined));
          else if (move === 'finish') runs.at(-1)?.finish();
          else if (move === 'fail') runs.at(-1)?.fail(new Error('no'));
          else if (move === 'void') runs.at(-1)?.fail(new Cancelled());
          else await new Promise((resolve) => setTimeout(resolve));
        }
        for (const name of NAMES) versions[name] += 1;
        [state.coming, state.on] = [false, true];
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
        for (const name of NAMES) expect(scheduler.status(name)).toEqual({ kind: 'idle' });
      }),
      { numRuns: 100 },
    );
  });
});
