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
  /** The group of the edit that it tells of: as long as that is the newest, it can be undone from here. */
  readonly group?: string;
}

type NoticeContent = Omit<Notice, 'id'>;

/** Older ones make room: what nobody dismissed for so long was not needed. */
const MAX_NOTICES = 20;

const OF_THE_APP: ReadonlySet<Message['key']> = new Set([
  'project-deleted',
  'update-ready',
  'part-missing',
]);

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

  /** @param group of the edit that it tells of. */
  say(message: Message, group?: string): number {
    return this.add({ kind: 'info', message, ...(group !== undefined && { group }) });
  }

  /** Takes back what was said of an edit: it is no longer so. */
  dismissGroup(group: string): void {
    this.#list = this.#list.filter((notice) => notice.group !== group);
  }

  dismiss(id: number): void {
    this.#list = this.#list.filter((notice) => notice.id !== id);
  }

  /** Forgets what was said of the project that was open; what concerns the app stays. */
  clear(): void {
    this.#list = this.#list.filter(({ message }) => message && OF_THE_APP.has(message.key));
  }
}
