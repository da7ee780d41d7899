/** Where a drop or paste would go. */
export type DropTarget =
  | { readonly kind: 'project' }
  | { readonly kind: 'class'; readonly id: string }
  | { readonly kind: 'trial' };

/** What only the page itself knows: nothing of it is kept. */
class Page {
  /** Of the drag over the window; null while there is none. */
  dropTarget = $state.raw<DropTarget | null>(null);
  /** The class whose camera panel is open: there is one camera. */
  capturingClassId = $state<string | null>(null);
}

export const page = new Page();
