import type { Problem } from '../core/problem.ts';
import type { Message } from './message.ts';

export type NoticeKind = 'info' | 'warning' | 'error';

/** One thing said to the person. Exactly one of `problem`, `problems` and `message` is there. */
export interface Notice {
  readonly id: number;
  readonly kind: NoticeKind;
  readonly problem?: Problem;
  readonly message?: Message;
  /** What was left out of a drop: "12 of 480 files were left out. See them". */
  readonly problems?: readonly Problem[];
  /** Whether what the problems concern was kept all the same: a doubt to look at. */
  readonly kept?: boolean;
  /** How many files that drop had. */
  readonly total?: number;
}

type NoticeContent = Omit<Notice, 'id'>;

/** Older ones make room: what nobody dismissed for so long was not needed. */
const MAX_NOTICES = 20;

/** What is said to the person, newest first. */
export class Notices {
  #list = $state.raw<readonly Notice[]>([]);
  #nextId = 1;

  get list(): readonly Notice[] {
    return this.#list;
  }

  /** @returns the notice's id, to take it back with {@link dismiss}. */
  add(content: NoticeContent): number {
    const id = this.#nextId++;
    this.#list = [{ ...content, id }, ...this.#list].slice(0, MAX_NOTICES);
    return id;
  }

  /** Says a problem, as an error unless told otherwise. */
  addProblem(problem: Problem, kind: NoticeKind = 'error'): number {
    return this.add({ kind, problem });
  }

  say(message: Message): number {
    return this.add({ kind: 'info', message });
  }

  dismiss(id: number): void {
    this.#list = this.#list.filter((notice) => notice.id !== id);
  }

  clear(): void {
    this.#list = [];
  }
}
