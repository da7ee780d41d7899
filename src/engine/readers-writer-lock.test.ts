import { describe, expect, it } from 'vitest';
import { createReadersWriterLock } from './readers-writer-lock.ts';

/** Work that is done when it is told so. */
function createWork(log: string[], name: string) {
  const gate = new EventTarget();
  const finished = new Promise((resolve) => {
    gate.addEventListener('open', resolve);
  });
  const run = async () => {
    log.push(`${name} begins`);
    await finished;
    log.push(`${name} ends`);
    return name;
  };
  return { run, finish: () => gate.dispatchEvent(new Event('open')) };
}

const settle = () => new Promise((resolve) => setTimeout(resolve));

describe('createReadersWriterLock', () => {
  it('lets shared work run side by side', async () => {
    const lock = createReadersWriterLock();
    const log: string[] = [];
    const [a, b] = [createWork(log, 'a'), createWork(log, 'b')];
    const both = Promise.all([lock.shared(a.run), lock.shared(b.run)]);
    await settle();
    expect(log).toEqual(['a begins', 'b begins']);
    a.finish();
    b.finish();
    expect(await both).toEqual(['a', 'b']);
  });

  it('lets nothing run beside exclusive work', async () => {
    const lock = createReadersWriterLock();
    const log: string[] = [];
    const [a, b, c] = [createWork(log, 'a'), createWork(log, 'b'), createWork(log, 'c')];
    const first = lock.shared(a.run);
    await settle();
    const all = [first, lock.exclusive(b.run), lock.shared(c.run)];
    await settle();
    expect(log).toEqual(['a begins']);
    a.finish();
    await settle();
    expect(log).toEqual(['a begins', 'a ends', 'b begins']);
    b.finish();
    await settle();
    expect(log.slice(3)).toEqual(['b ends', 'c begins']);
    c.finish();
    await Promise.all(all);
  });

  it('goes on after work that failed', async () => {
    const lock = createReadersWriterLock();
    const fail = () => Promise.reject(new Error('no'));
    await expect(lock.exclusive(fail)).rejects.toThrow('no');
    await expect(lock.shared(fail)).rejects.toThrow('no');
    expect(await lock.exclusive(() => Promise.resolve(1))).toBe(1);
    expect(await lock.shared(() => Promise.resolve(2))).toBe(2);
  });
});
