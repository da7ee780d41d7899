/**
 * The first thing that a worker does: it takes the lock that has its name and never gives it back.
 * The browser does, when the worker is gone, however that came: so the page learns of it.
 */
import { HOLDS_LOCK } from './remote.ts';

const { name } = self;

// The latter is missing on pages without https.
if (name !== '' && 'locks' in navigator) {
  navigator.locks
    .request(name, () => {
      self.postMessage(HOLDS_LOCK);
      return new Promise(() => undefined);
    })
    // Where storage is blocked so are locks, and the page has only errors to go by.
    .catch(() => undefined);
}

// A call that can't be read would be waited for for ever: better no worker than that.
self.addEventListener('messageerror', () => {
  self.close();
});
