import { createContext } from 'svelte';

import type { App } from '../state/app.svelte.ts';

/** The one app; set by the root component, read anywhere below it. */
export const [getApp, setApp] = createContext<App>();
