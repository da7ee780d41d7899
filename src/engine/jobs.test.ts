import { describe, expect, it } from 'vitest';
import { Cancelled } from '../core/problem.ts';
import { createJobs, throwIfCancelled } from './jobs.ts';

describe('createJobs', () => {
  it('ends a job by its number, whatever error that causes', async () => {
    const jobs = createJobs();
    const running = jobs.run(7, async ({ cancel }) => {
      await new Promise((resolve) => {
        cancel.addEventListener('abort', resolve);
      });
      throw new TypeError('the download was aborted');
    });
    jobs.cancel(8);
    jobs.cancel(7);
    await expect(running).rejects.toBeInstanceOf(Cancelled);
  });

  it('tells a job to stop without cancelling it', async () => {
    const jobs = createJobs();
    const running = jobs.run(1, ({ cancel, stop }) => {
      jobs.stop(1);
      throwIfCancelled(cancel);
      return Promise.resolve(stop.aborted);
    });
    expect(await running).toBe(true);
  });

  it("lets a job's own errors through", async () => {
    const jobs = createJobs();
    await expect(jobs.run(1, () => Promise.reject(new Error('mine')))).rejects.toThrow('mine');
  });
});
