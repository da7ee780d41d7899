/**
 * Parts of the page that a first visit doesn't show at once. Their code comes by itself once the
 * first screen stands, before it is wanted; a part that is wanted sooner waits for it.
 */
const LOADERS = {
  headerTools: () => import('./header/HeaderTools.svelte'),
  addMenu: () => import('./pictures/AddMenu.svelte'),
  arrivalProgress: () => import('./pictures/ArrivalProgress.svelte'),
  classList: () => import('./pictures/ClassList.svelte'),
  options: () => import('./training/OptionGroups.svelte'),
  run: () => import('./training/TrainingRun.svelte'),
  builtIn: () => import('./training/BuiltIn.svelte'),
  result: () => import('./result/Result.svelte'),
  trial: () => import('./trial/Trial.svelte'),
  rangeDialog: () => import('./window/RangeDialog.svelte'),
  pasteDialog: () => import('./window/PasteDialog.svelte'),
  leftOutDialog: () => import('./notices/LeftOutDialog.svelte'),
} as const;

/** A tab in the background paints nothing. */
const PAINT_MILLIS = 300;

let letIn: () => void = () => undefined;
const stands = new Promise<void>((resolve) => {
  letIn = resolve;
});

/** Each loads its part, or gives what has been loaded. A failure is Vite's `vite:preloadError`. */
export const parts = Object.fromEntries(
  Object.entries(LOADERS).map(([name, load]) => [name, () => stands.then<unknown>(() => load())]),
) as typeof LOADERS;

/** To be called when the first screen is there: after its next paint all parts are fetched. */
export function fetchParts(): void {
  setTimeout(letIn, PAINT_MILLIS);
  // The task after the frame's own.
  requestAnimationFrame(() => setTimeout(letIn));
  for (const load of Object.values(parts)) load().catch(() => undefined);
}
