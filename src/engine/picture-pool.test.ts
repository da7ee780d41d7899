import { expose } from 'comlink';
import { afterEach, describe, expect, it } from 'vitest';
import { ok } from '../core/problem.ts';
import type { NetworkPlan } from '../network/wasm/plan.ts';
import { createPicturePool, type PicturePool } from './picture-pool.ts';
import type { SentInspection } from './picture/visit.ts';
import type { PictureRemote } from './remote.ts';

const ports: MessagePort[] = [];
afterEach(() => {
  for (const port of ports.splice(0)) port.close();
});

const never = () => new Promise<never>(() => undefined);
const PLAN = {} as NetworkPlan;
const INSPECTION: SentInspection = {
  hash: '',
  widthPx: 0,
  heightPx: 1,
  thumbnail: null,
  content: null,
  converted: false,
  type: '',
};

/** A picture as a page has drawn it. */
class Drawn {
  width = 5;
  height = 1;
  closed = false;
  close() {
    this.closed = true;
  }
}

/** Workers that die of every file that says so, at which another comes in their place. */
function deadlyPool(count: number) {
  const asked: string[] = [];
  const loads: number[] = [];
  let unlucky = 0;
  const createWorker = (index: number): MessagePort => {
    const { port1, port2 } = new MessageChannel();
    ports.push(port1, port2);
    const remote: Pick<
      PictureRemote,
      'prepare' | 'visitRendered' | 'loadNetwork' | 'dropNetwork' | 'run'
    > = {
      visitRendered: async (file, picture) => {
        const name = await file.text();
        const isDeadly = name === 'deadly' || (name === 'unlucky' && unlucky++ === 0);
        if (!isDeadly)
          return ok({ inspection: { ...INSPECTION, widthPx: picture.width }, made: null });
        replace(index);
        return never();
      },
      prepare: async (picture, name) => {
        asked.push(name);
        await new Promise((resolve) => setTimeout(resolve));
        if (!(picture instanceof Blob) || (await picture.text()) !== 'deadly')
          return ok({ input: new Uint8Array(1), failure: null });
        replace(index);
        return never();
      },
      loadNetwork: (id) => {
        loads.push(index);
        if (id > 1) replace(index);
        // It is dead before it can answer.
        if (id > 1) throw new Error('no answer');
      },
      dropNetwork: () => undefined,
      run: (id) => Float32Array.of(id),
    };
    expose(remote, port2);
    return port1;
  };
  const pool: PicturePool = createPicturePool(
    Array.from({ length: count }, (_, index) => createWorker(index)),
  );
  function replace(index: number) {
    void pool.setWorker(index, null).then(() => pool.setWorker(index, createWorker(index)));
  }
  const prepare = (name: string) =>
    pool.prepare(new Blob([name.split(' ')[0] ?? '']), name, 'centre', 1, null);
  return { pool, prepare, asked, loads };
}

describe('a pool whose workers die', () => {
  it.each([1, 2])('leaves out the files that they die of, and no other (%i)', async (count) => {
    const { prepare, asked } = deadlyPool(count);
    const names = Array.from({ length: 40 }, (_, i) => `${i % 9 === 4 ? 'deadly' : 'good'} ${i}`);
    const outcomes = await Promise.all(names.map(prepare));
    outcomes.forEach((outcome, index) => {
      const file = names[index] ?? '';
      if (!file.startsWith('deadly')) expect(outcome).toMatchObject({ ok: true });
      else expect(outcome).toEqual({ ok: false, problem: { code: 'file-crashes', file } });
    });
    for (const name of names) expect(asked.filter((one) => one === name).length).toBeLessThan(3);
  });

  it.each([1, 2])('asks another with a picture that the page has drawn (%i)', async (count) => {
    const { pool } = deadlyPool(count);
    for (const name of ['good', 'unlucky', 'deadly']) {
      const drawn = new Drawn();
      const outcome = await pool.visitRendered(new File([name], name), drawn, null);
      if (name === 'deadly')
        expect(outcome).toEqual({ ok: false, problem: { code: 'file-crashes', file: name } });
      else expect(outcome).toMatchObject({ ok: true, value: { inspection: { widthPx: 5 } } });
      expect(drawn.closed).toBe(true);
    }
  });

  it('has a new one load what the others hold before it takes pictures', async () => {
    const { pool, prepare, loads } = deadlyPool(2);
    const network = await pool.loadNetwork(PLAN);
    expect(loads).toEqual([0, 1]);
    await prepare('deadly');
    expect([...(await network.run([new Uint8Array(1), new Uint8Array(1)]))]).toEqual([1, 1]);
    expect(loads).toHaveLength(4);
  });

  it('gives up a network that they die of', async () => {
    const { pool, prepare, loads } = deadlyPool(2);
    await pool.loadNetwork(PLAN);
    await pool.loadNetwork(PLAN);
    expect(await prepare('good')).toMatchObject({ ok: true });
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(loads.length).toBeLessThan(12);
  });
});

describe('a pool that is busy with files', () => {
  it('takes an urgent one before those that wait', async () => {
    const { port1, port2 } = new MessageChannel();
    ports.push(port1, port2);
    const begun: string[] = [];
    const opening: (() => void)[] = [];
    const remote: Pick<PictureRemote, 'visit'> = {
      visit: async ({ name }) => {
        begun.push(name);
        if (name !== 'urgent') await new Promise<void>((resolve) => opening.push(resolve));
        return ok({ inspection: INSPECTION, made: null });
      },
    };
    expose(remote, port2);
    const pool = createPicturePool([port1]);
    const visits = Array.from({ length: 20 }, (_, index) =>
      pool.visit({ name: String(index), bytes: new Uint8Array(1) }, null),
    );
    await pool.visit({ name: 'urgent', bytes: new Uint8Array(1) }, null, true);
    expect(begun.length).toBeLessThan(20);
    expect(begun.at(-1)).toBe('urgent');
    const open = setInterval(() => {
      for (const each of opening.splice(0)) each();
    });
    await Promise.all(visits);
    clearInterval(open);
    expect(begun).toHaveLength(21);
  });
});
