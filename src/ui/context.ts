import { createContext } from 'svelte';
import type { App } from '../state/app.svelte.ts';

/** The one app; set by the root component, read anywhere below it. */
export const [getApp, setApp] = createContext<App>();

/** A file with the folders it lay in. */
export type DroppedFile = Parameters<App['arrival']['addFiles']>[0][number];

/** A better backbone, compared with the built-in one. */
export type Offer = NonNullable<App['upgrade']['offer']>;

/** A project in the list of all. */
export type ProjectSummary = App['workspace']['projects'][number];

/** What a training leaves behind. */
export type Classifier = NonNullable<App['training']['classifier']>;

/** Pictures becoming embeddings of the backbone in use, or of the one beside it. */
export type Embedding = App['embedding'];

/** A classifier written in one format, with what its check found. */
export type WholeFile = NonNullable<App['wholeExport']['file']>;
