import { Cancelled, type Problem } from '../core/problem.ts';

/** What a stage is made of, by name. Compared value by value, so immutable objects can stand in it. */
export type StageKey = Readonly<Record<string, unknown>>;

export interface StageRun {
  readonly signal: AbortSignal;
  /** A person has asked for it, whether or not it was up to date. */
  readonly anew: boolean;
}

/** One stage of a pipeline: what it depends on, and how it is done. */
export interface Stage<Name extends string> {
  readonly name: Name;
  /** Stages that have to be up to date before it. */
  readonly after: readonly Name[];
  /** What it would be made of now; null where it can't be made. */
  readonly key: () => StageKey | null;
  /** Why there is no key, where somebody who waits for the stage should know. */
  readonly why?: () => Problem | null;
  /** What the result there is was made of, where it is kept and says so itself. */
  readonly made?: () => StageKey | null;
  /**
   * What may change in the key under a run: what is done by then counts, and the rest is looked for at
   * its end. Any other change ends a run, unless it was asked for anew: that is of what was asked for.
   */
  readonly goesOnUnder?: readonly string[];
  /** Whether more of what it is made of is on its way: until then it isn't begun. */
  readonly waits?: () => boolean;
  /** Whether it may run though nobody waits for it. */
  readonly auto: () => boolean;
  /**
   * @throws Cancelled where the signal aborts. Where nothing was aborted it says that something it needs
   *   had gone, and is tried again, once. @throws Refused, or anything else, where it fails.
   */
  readonly run: (run: StageRun) => Promise<void>;
}

export type StageStatus<Name extends string> =
  /** Up to date, or nothing will be done. */
  | { readonly kind: 'idle' }
  /** It will run, or will once what it waits for has come. `wanted`: somebody waits for it. */
  | { readonly kind: 'waiting' | 'later'; readonly wanted: boolean }
  | { readonly kind: 'running'; readonly wanted: boolean }
  /** `by`: it, or what it needs. That is tried again once its key is another, or somebody wants it. */
  | { readonly kind: 'failed'; readonly by: Name; readonly error: unknown };

/** A stage can't be made, for a reason that a person can do something about. */
export class Refused extends Error {
  override readonly name = 'Refused';
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.code);
    this.problem = problem;
  }
}

interface Held {
  readonly key: StageKey | null;
  readonly error: unknown;
}

interface Entry<Name extends string> {
  readonly stage: Stage<Name>;
  readonly order: number;
  /** Of the last run that came to its end. */
  done: StageKey | null;
  /** Not to be run by itself with this key: it was cancelled, or it failed. */
  held: Held | null;
  /** Somebody has asked for it, whether or not it is up to date. */
  anew: boolean;
  /** What it needs had gone under the last run. */
  retried: boolean;
}

interface Run<Name extends string> {
  readonly entry: Entry<Name>;
  readonly key: StageKey;
  readonly abort: AbortController;
  readonly anew: boolean;
}

interface Wish<Name extends string> {
  readonly name: Name;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Keeps the stages of a pipeline up to date, one at a time, again while something changes. What a person
 * waits for goes first, and then what comes first in the list: what runs makes room for it.
 */
export class Scheduler<Name extends string> {
  readonly #entries: readonly Entry<Name>[];
  readonly #onStatus: () => void;
  #wishes: readonly Wish<Name>[] = [];
  #running: Run<Name> | null = null;
  #work: Promise<void> | null = null;

  /**
   * @param stages in an order in which each stands behind what it needs.
   * @param onStatus called after anything may have changed a status.
   */
  constructor(stages: readonly Stage<Name>[], onStatus: () => void = () => undefined) {
    const fresh = { done: null, held: null, anew: false, retried: false };
    this.#entries = stages.map((stage, order) => ({ stage, order, ...fresh }));
    this.#onStatus = onStatus;
  }

  /** What a stage is made of, waits for, or may do by itself may be another now. */
  changed(): void {
    if (this.#running && !this.#mayGoOn(this.#running)) this.#running.abort.abort();
    this.#work ??= this.#pump().finally(() => {
      this.#work = null;
      this.#onStatus();
      // Asked for while the last look was ending.
      if (this.#next() !== null) this.changed();
    });
    this.#onStatus();
  }

  /**
   * A person waits for a stage: it and what it needs go before everything else, also where they were
   * cancelled, have failed, or wouldn't run by themselves.
   *
   * @param how `anew`: it is made even if it is up to date, of what there is when it begins.
   * @returns once it is up to date, or was made anew. @throws what it, or what it needs, failed with;
   *   Refused where it can't be made for a reason, Cancelled where there is none or it was cancelled.
   */
  want(name: Name, { anew } = { anew: false }): Promise<void> {
    const wanted = new Promise<void>((resolve, reject) => {
      this.#wishes = [...this.#wishes, { name, resolve, reject }];
    });
    for (const entry of this.#needsOf(name)) entry.held = null;
    if (anew) {
      const entry = this.#entry(name);
      entry.anew = true;
      // One that began by itself is another.
      if (this.#running?.entry === entry && !this.#running.anew) this.#running.abort.abort();
    }
    this.changed();
    return wanted;
  }

  /** Ends a stage's run; it stays as it is until it would be made of something else, or somebody wants it. */
  cancel(name: Name): void {
    const entry = this.#entry(name);
    this.#fail(entry, entry.stage.key(), new Cancelled());
    if (this.#running?.entry === entry) this.#running.abort.abort();
    this.#onStatus();
  }

  /** Ends everything, for what is about to be shown instead. Nothing begins before the next {@link changed}. */
  async clear(): Promise<void> {
    for (const { stage } of this.#entries) this.cancel(stage.name);
    await this.settled();
    for (const entry of this.#entries)
      [entry.done, entry.held, entry.retried] = [null, null, false];
  }

  /** Resolves when nothing runs or is ready to. */
  async settled(): Promise<void> {
    while (this.#work !== null) await this.#work;
  }

  /** Something runs or waits. */
  get busy(): boolean {
    return this.#work !== null;
  }

  status(name: Name): StageStatus<Name> {
    const { stage } = this.#entry(name);
    const needs = this.#needsOf(name);
    const wanted = this.#isWanted(name);
    const { entry, abort } = this.#running ?? {};
    // One that was ended doesn't run any more, however long it takes to end.
    if (entry?.stage === stage && !abort?.signal.aborted) return { kind: 'running', wanted };
    if (!wanted && !stage.auto()) return { kind: 'idle' };
    const missing = needs.filter((one) => !isCurrent(one));
    if (!missing.some((one) => one.stage === stage)) return { kind: 'idle' };
    const [held] = missing.flatMap((one) => {
      const hold = holdOf(one);
      return hold ? [{ by: one.stage.name, error: hold.error }] : [];
    });
    if (held)
      return held.error instanceof Cancelled ? { kind: 'idle' } : { kind: 'failed', ...held };
    if (missing.some((one) => one.stage.waits?.())) return { kind: 'later', wanted };
    if (missing.some((one) => one.stage.key() === null)) return { kind: 'idle' };
    return { kind: 'waiting', wanted };
  }

  #entry(name: Name): Entry<Name> {
    const entry = this.#entries.find(({ stage }) => stage.name === name);
    if (entry === undefined) throw new RangeError(`no stage ${name}`);
    return entry;
  }

  /** It and all that it needs, what is needed first. */
  #needsOf(name: Name): readonly Entry<Name>[] {
    const entry = this.#entry(name);
    return [...new Set([...entry.stage.after.flatMap((one) => this.#needsOf(one)), entry])];
  }

  #isWanted(name: Name): boolean {
    const entry = this.#entry(name);
    return this.#wishes.some((wish) => this.#needsOf(wish.name).includes(entry));
  }

  /** Whether a run is still of use, and nothing goes before it. */
  #mayGoOn({ entry, key, anew }: Run<Name>): boolean {
    if (anew) return true;
    const { stage, order } = entry;
    if (!sameKey(stage.key(), key, stage.goesOnUnder)) return false;
    if (this.#isWanted(stage.name)) return true;
    if (!stage.auto()) return false;
    const next = this.#next();
    return next === null || (next.order >= order && !this.#isWanted(next.stage.name));
  }

  #next(): Entry<Name> | null {
    return this.#nextWanted() ?? this.#nextByItself();
  }

  /** What somebody waits for that can be done now. Wishes that have come true, or can't, are told. */
  #nextWanted(): Entry<Name> | null {
    for (const wish of this.#wishes) {
      const missing = this.#needsOf(wish.name).filter((one) => !isCurrent(one));
      const [first] = missing;
      if (first === undefined) this.#fulfil(wish, wish.resolve);
      else if (isReady(first)) return first;
      else if (!missing.some(({ stage }) => stage.waits?.())) this.#refuse(wish, missing);
    }
    return null;
  }

  #refuse(wish: Wish<Name>, missing: readonly Entry<Name>[]): void {
    const [problem] = missing.flatMap(({ stage }) => stage.why?.() ?? []);
    this.#entry(wish.name).anew = false;
    this.#fulfil(wish, () => {
      wish.reject(problem === undefined ? new Cancelled() : new Refused(problem));
    });
  }

  #nextByItself(): Entry<Name> | null {
    const next = this.#entries.find(
      (entry) =>
        entry.stage.auto() &&
        !isCurrent(entry) &&
        isReady(entry) &&
        holdOf(entry) === null &&
        entry.stage.after.every((one) => isCurrent(this.#entry(one))),
    );
    return next ?? null;
  }

  #fulfil(wish: Wish<Name>, tell: () => void): void {
    this.#wishes = this.#wishes.filter((other) => other !== wish);
    tell();
  }

  async #pump(): Promise<void> {
    // What several changes of one moment ask for is looked at once.
    await Promise.resolve();
    for (let entry = this.#next(); entry !== null; entry = this.#next()) {
      const key = entry.stage.key();
      if (key === null) return;
      this.#running = { entry, key, abort: new AbortController(), anew: entry.anew };
      await this.#make(this.#running);
    }
  }

  async #make({ entry, key, abort: { signal }, anew }: Run<Name>): Promise<void> {
    entry.held = null;
    this.#onStatus();
    try {
      await entry.stage.run({ signal, anew });
      if (!signal.aborted) this.#succeed(entry, key, anew);
    } catch (error) {
      // One that made room, or is of what was, is looked at again.
      if (signal.aborted) return;
      const hasGone = error instanceof Cancelled && !entry.retried;
      if (hasGone) entry.retried = true;
      else this.#fail(entry, key, error);
    } finally {
      this.#running = null;
      this.#onStatus();
    }
  }

  #succeed(entry: Entry<Name>, key: StageKey, anew: boolean): void {
    [entry.done, entry.retried] = [key, false];
    // Its result was taken away meanwhile: there is no use in making it over and over.
    if (entry.stage.made && !sameKey(key, entry.stage.made()))
      entry.held = { key, error: new Cancelled() };
    if (!anew) return;
    entry.anew = false;
    for (const wish of this.#wishes.filter(({ name }) => name === entry.stage.name))
      this.#fulfil(wish, wish.resolve);
  }

  #fail(entry: Entry<Name>, key: StageKey | null, error: unknown): void {
    [entry.held, entry.retried] = [{ key, error }, false];
    for (const wish of this.#wishes.filter(({ name }) => this.#needsOf(name).includes(entry))) {
      this.#entry(wish.name).anew = false;
      this.#fulfil(wish, () => {
        wish.reject(error);
      });
    }
  }
}

function isCurrent<Name extends string>({ stage, done, anew }: Entry<Name>): boolean {
  const made = stage.made ? stage.made() : done;
  return !anew && made !== null && sameKey(made, stage.key());
}

/** Whether it can be made, where all that it needs is there. */
function isReady<Name extends string>({ stage }: Entry<Name>): boolean {
  return !stage.waits?.() && stage.key() !== null;
}

function holdOf<Name extends string>({ stage, held }: Entry<Name>): Held | null {
  return held !== null && sameKey(stage.key(), held.key) ? held : null;
}

function sameKey(a: StageKey | null, b: StageKey | null, except: readonly string[] = []): boolean {
  if (a === null || b === null || a === b) return a === b;
  return Object.entries(a).every(
    ([name, value]) => except.includes(name) || Object.is(value, b[name]),
  );
}
