import { Cancelled } from '../core/problem.ts';

/** What a stage is made of: compared one by one, so that values and immutable objects can stand in it. */
export type StageKey = readonly unknown[];

/** One stage of a pipeline: what it depends on, and how it is done. */
export interface Stage<Name extends string> {
  readonly name: Name;
  /** Stages that have to be up to date before it. */
  readonly after: readonly Name[];
  /** What it would be made of now; null where it can't be done, or there is nothing to do. */
  readonly key: () => StageKey | null;
  /** Whether it may run though nobody waits for it. */
  readonly auto: () => boolean;
  /**
   * What a change of its key does to a run: `restart` where the result would be out of date, `go-on`
   * where what is done by then counts, and the rest is looked for at its end.
   */
  readonly onChange: 'restart' | 'go-on';
  /** @throws Cancelled where the signal aborts, anything else where it fails. */
  readonly run: (signal: AbortSignal) => Promise<void>;
}

export type StageStatus =
  /** Up to date, or there is nothing that it could do. */
  | { readonly kind: 'idle' }
  /** It will run. */
  | { readonly kind: 'waiting' }
  | { readonly kind: 'running' }
  /** It is tried again once what it is made of is another, or somebody wants it. */
  | { readonly kind: 'failed'; readonly error: unknown };

/**
 * Keeps the stages of a pipeline up to date: runs one at a time, again while something changed under
 * it; what a person waits for goes first.
 */
export interface Scheduler<Name extends string> {
  /** What a stage is made of may be another now. */
  changed(): void;
  /**
   * A person waits for a stage: it, and what it needs, go before everything else, also where they
   * were cancelled, have failed, or wouldn't run by themselves.
   *
   * @returns once it is up to date. @throws what it, or what it needs, failed with; Cancelled where it
   *   was cancelled or can't be done.
   */
  want(name: Name): Promise<void>;
  /** Ends a stage's run; it stays as it is until what it is made of is another, or somebody wants it. */
  cancel(name: Name): void;
  status(name: Name): StageStatus;
  /** Resolves when nothing runs or waits. */
  settled(): Promise<void>;
}

interface Record<Name extends string> {
  readonly stage: Stage<Name>;
  /** Of the last run that came to its end. */
  done: StageKey | null;
  /** Not to be run by itself with this key: it was cancelled, or it failed. */
  held: { readonly key: StageKey | null; readonly error: unknown } | null;
}

interface Run<Name extends string> {
  readonly name: Name;
  readonly key: StageKey;
  readonly abort: AbortController;
}

interface Wish<Name extends string> {
  readonly name: Name;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/**
 * @param stages in an order in which each stands behind what it needs.
 * @param onStatus called after anything may have changed a status.
 */
export function createScheduler<Name extends string>(
  stages: readonly Stage<Name>[],
  onStatus: () => void = () => undefined,
): Scheduler<Name> {
  const records = new Map<Name, Record<Name>>(
    stages.map((stage) => [stage.name, { stage, done: null, held: null }]),
  );
  let wishes: readonly Wish<Name>[] = [];
  let running: Run<Name> | null = null;
  let work: Promise<void> | null = null;

  const recordOf = (name: Name): Record<Name> => {
    const record = records.get(name);
    if (record === undefined) throw new RangeError(`no stage ${name}`);
    return record;
  };

  const isCurrent = (name: Name): boolean => {
    const { stage, done } = recordOf(name);
    const key = stage.key();
    return key !== null && sameKey(key, done);
  };

  const isHeld = ({ held }: Record<Name>, key: StageKey | null): boolean =>
    held !== null && sameKey(key, held.key);

  /** Whether it has something to do and all that it needs is there. */
  const isReady = (name: Name): boolean => {
    const { stage, done } = recordOf(name);
    const key = stage.key();
    return key !== null && !sameKey(key, done) && stage.after.every(isCurrent);
  };

  /** It and all that it needs, what is needed first. */
  const closureOf = (name: Name): readonly Name[] => {
    const wanted = new Set<Name>();
    const add = (one: Name): void => {
      recordOf(one).stage.after.forEach(add);
      wanted.add(one);
    };
    add(name);
    return [...wanted];
  };

  const nextWanted = (): Name | null => {
    for (const wish of [...wishes]) {
      if (isCurrent(wish.name)) {
        fulfil(wish, wish.resolve);
        continue;
      }
      const next = closureOf(wish.name).find(isReady);
      if (next !== undefined) return next;
      // Something that it needs can't be done.
      fulfil(wish, () => {
        wish.reject(new Cancelled());
      });
    }
    return null;
  };

  const fulfil = (wish: Wish<Name>, tell: () => void): void => {
    wishes = wishes.filter((other) => other !== wish);
    tell();
  };

  const nextByItself = (): Name | null => {
    const next = stages.find(
      ({ name, auto, key }) => auto() && isReady(name) && !isHeld(recordOf(name), key()),
    );
    return next?.name ?? null;
  };

  const pump = async (): Promise<void> => {
    // What several changes of one moment ask for is looked at once.
    await Promise.resolve();
    for (;;) {
      const name = nextWanted() ?? nextByItself();
      if (name === null) break;
      await runStage(recordOf(name));
    }
  };

  const runStage = async (record: Record<Name>): Promise<void> => {
    const { stage } = record;
    const { name } = stage;
    const key = stage.key();
    if (key === null) return;
    const abort = new AbortController();
    running = { name, key, abort };
    record.held = null;
    onStatus();
    try {
      await stage.run(abort.signal);
      if (!abort.signal.aborted) record.done = key;
    } catch (error) {
      // Ended for another stage or another key, it is looked at again.
      if (!abort.signal.aborted) fail(record, key, error);
    } finally {
      running = null;
      onStatus();
    }
  };

  const fail = (record: Record<Name>, key: StageKey | null, error: unknown): void => {
    record.held = { key, error };
    const { name } = record.stage;
    for (const wish of wishes.filter((one) => closureOf(one.name).includes(name))) {
      fulfil(wish, () => {
        wish.reject(error);
      });
    }
  };

  const look = (): void => {
    work ??= pump().finally(() => {
      work = null;
      onStatus();
      // Asked for while the last look was ending.
      if (wishes.length > 0 || nextByItself() !== null) look();
    });
    onStatus();
  };

  return {
    changed: () => {
      if (running !== null) {
        const { stage } = recordOf(running.name);
        const isOutdated = !sameKey(stage.key(), running.key);
        if (isOutdated && stage.onChange === 'restart') running.abort.abort();
      }
      look();
    },
    want: (name) => {
      const wanted = new Promise<void>((resolve, reject) => {
        wishes = [...wishes, { name, resolve, reject }];
      });
      for (const one of closureOf(name)) recordOf(one).held = null;
      // What nobody waits for makes room; it is looked at again afterwards.
      if (running !== null && !wishes.some((wish) => isNeededFor(running, closureOf(wish.name))))
        running.abort.abort();
      look();
      return wanted;
    },
    cancel: (name) => {
      const record = recordOf(name);
      fail(record, record.stage.key(), new Cancelled());
      if (running?.name === name) running.abort.abort();
      onStatus();
    },
    status: (name) => {
      const record = recordOf(name);
      const { stage, held } = record;
      if (running?.name === name) return { kind: 'running' };
      const key = stage.key();
      if (key === null || sameKey(key, record.done)) return { kind: 'idle' };
      if (isHeld(record, key) && held !== null) {
        const { error } = held;
        return error instanceof Cancelled ? { kind: 'idle' } : { kind: 'failed', error };
      }
      const isWanted = wishes.some((wish) => closureOf(wish.name).includes(name));
      return { kind: isWanted || stage.auto() ? 'waiting' : 'idle' };
    },
    settled: async () => {
      while (work !== null) await work;
    },
  };
}

function isNeededFor<Name extends string>(
  run: Run<Name> | null,
  closure: readonly Name[],
): boolean {
  return run !== null && closure.includes(run.name);
}

function sameKey(a: StageKey | null, b: StageKey | null): boolean {
  if (a === null || b === null) return a === b;
  return a.length === b.length && a.every((value, index) => Object.is(value, b[index]));
}
