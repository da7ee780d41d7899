import { expect, test, vi } from 'vitest';
import { claimWriting } from './one-writer.ts';

test('the first has it, the second does not, until it takes it', async () => {
  const name = `lock-${crypto.randomUUID()}`;
  const firstLost = vi.fn();
  const secondLost = vi.fn();
  const first = await claimWriting(name, firstLost, 50);
  const second = await claimWriting(name, secondLost, 50);
  expect([first.held, second.held]).toEqual([true, false]);
  expect(firstLost).not.toHaveBeenCalled();
  await second.steal();
  await vi.waitFor(() => expect(firstLost).toHaveBeenCalledOnce());
  expect(secondLost).not.toHaveBeenCalled();
});
