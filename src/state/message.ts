/**
 * What state has to say that is not a problem. Like `Problem`, it names facts
 * and leaves the sentence to the catalogue.
 */
export type Message =
  | { readonly key: 'pictures-removed'; readonly count: number }
  | { readonly key: 'pictures-moved'; readonly count: number; readonly label: string }
  | { readonly key: 'class-removed'; readonly label: string; readonly count: number }
  | { readonly key: 'undone' }
  | { readonly key: 'pictures-added'; readonly count: number; readonly classes: number }
  /** Files that had been kept when the tab was closed are being looked at now. */
  | { readonly key: 'arrival-resumed'; readonly count: number }
  | { readonly key: 'classifier-imported'; readonly labels: readonly string[]; readonly picturesKept: number }
  | { readonly key: 'backbone-imported'; readonly name: string }
  | { readonly key: 'device-lost'; readonly backend: string }
  /** Another tab of the app is working on the project: this one shows it and doesn't write. */
  | { readonly key: 'open-elsewhere' }
  /** Another tab has changed the project: reload to see it. */
  | { readonly key: 'changed-elsewhere' };
