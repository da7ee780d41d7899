/** Knows whether anybody can see any of some videos: the tab is shown and one of them is on screen. */
export class Attention {
  readonly #seen = new Set<Element>();
  readonly #onChange: () => void;

  constructor(onChange: () => void) {
    this.#onChange = onChange;
  }

  get given(): boolean {
    return !document.hidden && this.#seen.size > 0;
  }

  /** @returns the way to stop. */
  watch(element: Element): () => void {
    const observer = new IntersectionObserver((entries) => {
      if (entries.at(-1)?.isIntersecting === true) this.#seen.add(element);
      else this.#seen.delete(element);
      this.#onChange();
    });
    observer.observe(element);
    document.addEventListener('visibilitychange', this.#onChange);
    return () => {
      observer.disconnect();
      document.removeEventListener('visibilitychange', this.#onChange);
      this.#seen.delete(element);
      this.#onChange();
    };
  }
}
