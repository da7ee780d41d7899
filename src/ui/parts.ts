/** A tab in the background paints nothing. */
const PAINT_MILLIS = 300;

let letIn: () => void = () => undefined;
/** Resolves once the first screen stands. */
export const firstScreen = new Promise<void>((resolve) => {
  letIn = resolve;
});

/**
 * Parts of the page that a first visit doesn't show at once. Their code comes by itself once the
 * first screen stands, before it is wanted. A failure is Vite's `vite:preloadError`.
 */
export const parts = {
  // These two belong to every screen: they wait for the rest of the first one.
  headerTools: () => firstScreen.then(() => import('./header/HeaderTools.svelte')),
  builtIn: () => firstScreen.then(() => import('./training/BuiltIn.svelte')),
  addMenu: () => import('./pictures/AddMenu.svelte'),
  arrivalProgress: () => import('./pictures/ArrivalProgress.svelte'),
  classList: () => import('./pictures/ClassList.svelte'),
  options: () => import('./training/OptionGroups.svelte'),
  run: () => import('./training/TrainingRun.svelte'),
  result: () => import('./result/Result.svelte'),
  trial: () => import('./trial/Trial.svelte'),
  rangeDialog: () => import('./window/RangeDialog.svelte'),
  pasteDialog: () => import('./window/PasteDialog.svelte'),
  fileProgress: () => import('./projects/FileProgress.svelte'),
  projectsDialog: () => import('./projects/ProjectsDialog.svelte'),
  freeRoomDialog: () => import('./projects/FreeRoomDialog.svelte'),
  leftOutDialog: () => import('./notices/LeftOutDialog.svelte'),
} as const;

/** To be called when the first screen is there: after its next paint all parts are fetched. */
export async function fetchParts(): Promise<void> {
  setTimeout(letIn, PAINT_MILLIS);
  // The task after the frame's own.
  requestAnimationFrame(() => setTimeout(letIn));
  await firstScreen;
  await Promise.allSettled(Object.values(parts).map((load) => load()));
}
