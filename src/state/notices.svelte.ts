import type { EditSummary } from '../core/edit-summary.ts';
import type { Problem } from '../core/problem.ts';

/**
 * What state has to say that is not a problem. Like `Problem`, it names facts
 * and leaves the sentence to the catalogue.
 */
export type Message =
  | { readonly key: 'pictures-removed' | 'pictures-unlabelled'; readonly count: number }
  | { readonly key: 'pictures-moved'; readonly count: number; readonly label: string }
  | { readonly key: 'class-removed'; readonly label: string; readonly count: number }
  | { readonly key: 'class-merged'; readonly label: string; readonly into: string }
  /** Everything of the project was removed. */
  | { readonly key: 'all-removed' }
  | { readonly key: 'undone' | 'redone'; readonly what: EditSummary }
  | { readonly key: 'pictures-added'; readonly count: number; readonly classes: number }
  /** Pictures that lay in no folder: they are in a class of their own now. */
  | { readonly key: 'pictures-without-folder'; readonly count: number; readonly label: string }
  /** Pictures whose class was removed before they were in. */
  | { readonly key: 'class-gone'; readonly count: number }
  /** So many pictures were not tried: beyond `tried` there is no room. */
  | { readonly key: 'trial-full'; readonly count: number; readonly tried: number }
  /** Files that had been kept when the tab was closed are being looked at now. */
  | { readonly key: 'arrival-resumed'; readonly count: number }
  /** `picturesKept` are in the project and were not touched. */
  | {
      readonly key: 'classifier-imported';
      readonly labels: readonly string[];
      readonly picturesKept: number;
    }
  | { readonly key: 'backbone-imported'; readonly name: string }
  /** Another tab of the app has the project: what is done here is not kept. {@link App.takeOver} changes that. */
  | { readonly key: 'open-elsewhere' }
  /** Another tab has taken the project over: what is done here from now on is not kept. */
  | { readonly key: 'taken-over' }
  /** A new version of the app is there: {@link App.applyUpdate} takes it. */
  | { readonly key: 'update-ready' }
  /** The code of a part of the page couldn't be fetched. */
  | { readonly key: 'part-missing' }
  /** What computes died and came up again by itself. */
  | { readonly key: 'engine-restarted' }
  /** The project that the address names isn't in this browser. */
  | { readonly key: 'project-not-here' }
  /** It can be brought back as long as this is said. */
  | { readonly key: 'project-deleted'; readonly id: string; readonly name: string }
  /** So many bytes of pictures were let go that only an undo would have brought back. */
  | { readonly key: 'room-freed'; readonly bytes: number }
  /** What had no room on the disk is kept there again. */
  | { readonly key: 'storage-settled' };

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
