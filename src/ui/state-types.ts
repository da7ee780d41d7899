import type { App } from '../state/app.svelte.ts';

/** A file with the folders it lay in. */
export type DroppedFile = Parameters<App['arrival']['addFiles']>[0][number];

/** What a training leaves behind. */
export type Classifier = NonNullable<App['training']['classifier']>;
