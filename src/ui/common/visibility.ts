import type { Attachment } from 'svelte/attachments';

type Listener = (isVisible: boolean) => void;

/** Far enough ahead that a picture is there before it scrolls in. */
const MARGIN = '300px';

const listeners = new WeakMap<Element, Listener>();
let observer: IntersectionObserver | undefined;

/** Tells an element's coming near to and going far from view. One observer serves all: there are thousands. */
export function onVisibility(listener: Listener): Attachment {
  return (element) => {
    observer ??= new IntersectionObserver(
      (entries) => {
        for (const entry of entries) listeners.get(entry.target)?.(entry.isIntersecting);
      },
      { rootMargin: MARGIN },
    );
    const watching = observer;
    listeners.set(element, listener);
    watching.observe(element);
    return () => {
      watching.unobserve(element);
      listeners.delete(element);
    };
  };
}
