import type { EditSummary } from '../core/edit-summary.ts';

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
