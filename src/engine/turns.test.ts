import { describe, expect, it } from 'vitest';
import { createTurns } from './turns.ts';

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

describe('createTurns', () => {
  it('lets shared work run side by side', async () => {
    const turns = createTurns();
    const log: string[] = [];
    const [a, b] = [createWork(log, 'a'), createWork(log, 'b')];
    const both = Promise.all([turns.share(a.run), turns.share(b.run)]);
    await settle();
    expect(log).toEqual(['a begins', 'b begins']);
    a.finish();
    b.finish();
    expect(await both).toEqual(['a', 'b']);
  });

  it('lets nothing run beside work that is alone', async () => {
    const turns = createTurns();
    const log: string[] = [];
    const [a, b, c] = [createWork(log, 'a'), createWork(log, 'b'), createWork(log, 'c')];
    const first = turns.share(a.run);
    await settle();
    const all = [first, turns.alone(b.run), turns.share(c.run)];
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
    const turns = createTurns();
    const fail = () => Promise.reject(new Error('no'));
    await expect(turns.alone(fail)).rejects.toThrow('no');
    await expect(turns.share(fail)).rejects.toThrow('no');
    expect(await turns.alone(() => Promise.resolve(1))).toBe(1);
    expect(await turns.share(() => Promise.resolve(2))).toBe(2);
  });
});
