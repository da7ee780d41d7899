import { describe, expect, test, vi } from 'vitest';
import { WorkerGone } from '../core/problem.ts';
import { drop, drops, makeApp, type Made } from './testing/make-app.ts';

/** Trained on ten hats and ten shoes, and kept up to date. */
async function followed(): Promise<Made> {
  const made = await makeApp();
  const { app } = made;
  await app.arrival.addFiles(drops(['hat', 'shoes'], 10));
  await app.training.train();
  app.upToDate.set(true);
  await app.upToDate.settled();
  return made;
}

const idOf = ({ app }: Made, label: string) =>
  app.project.classes.find((one) => one.label === label)?.id ?? '';

describe('always up to date', () => {
  test('nothing is fitted before the first training, nor without a change', async () => {
    const made = await makeApp();
    made.app.upToDate.set(true);
    await made.app.arrival.addFiles(drops(['hat', 'shoes'], 10));
    await made.app.embedding.finish();
    await made.app.upToDate.settled();
    expect(made.app.training.classifier).toBeNull();
    const { engine } = await followed();
    expect(engine.trainings).toHaveLength(2);
  });

  test('pictures that come, move, go and come back are taken in', async () => {
    const made = await followed();
    const { app, engine } = made;
    const first = app.training.classifier;
    await app.arrival.addFiles(drops(['cap'], 10));
    await app.upToDate.settled();
    expect(app.training.outdated).toBe(false);
    expect(app.training.labels).toEqual(['cap', 'hat', 'shoes']);
    expect(engine.head?.classIds).toHaveLength(3);
    expect(app.training.classifier).not.toBe(first);

    const [sample] = app.project.byClass.get(idOf(made, 'hat')) ?? [];
    app.project.moveSamples([sample?.id ?? ''], idOf(made, 'shoes'));
    expect(app.training.outdated).toBe(true);
    expect(app.upToDate.busy).toBe(true);
    await app.upToDate.settled();
    expect(app.training.outdated).toBe(false);
    app.project.removeClass(idOf(made, 'cap'));
    await app.upToDate.settled();
    expect(app.training.labels).toEqual(['hat', 'shoes']);
    app.history.undo();
    await app.upToDate.settled();
    expect(app.training.labels).toEqual(['cap', 'hat', 'shoes']);
    expect(app.upToDate.busy).toBe(false);
    expect(app.notices.list.filter(({ kind }) => kind !== 'info')).toEqual([]);
  });

  test('it gives what training gives, from the weights before', async () => {
    const { app, engine } = await followed();
    await app.arrival.addFiles([drop('hat/more.png', 'hat more')]);
    await app.upToDate.settled();
    const followedTo = app.training.classifier;
    const starts = engine.trainings.slice(2).map(({ options }) => options.start?.classIds);
    expect(starts[0]).toEqual(followedTo?.head.classIds);
    await app.training.train();
    expect(app.training.classifier).toMatchObject({
      fingerprint: followedTo?.fingerprint,
      validation: followedTo?.validation,
    });
  });

  test('a fit to what was is given up for one to what is', async () => {
    const made = await followed();
    const { app, engine } = made;
    let open = (): void => undefined;
    engine.gate = new Promise((resolve) => (open = resolve));
    const [one, two] = app.project.byClass.get(idOf(made, 'hat')) ?? [];
    app.project.removeSamples([one?.id ?? '']);
    await vi.waitFor(() => {
      expect(engine.trainings).toHaveLength(3);
    });
    app.project.removeSamples([two?.id ?? '']);
    open();
    await app.upToDate.settled();
    // The one that was given up, then a fit and its refit.
    expect(engine.trainings).toHaveLength(5);
    expect(engine.trainings.at(-1)?.set.trainingRows).toHaveLength(18);
    expect(app.training.outdated).toBe(false);
  });

  test('without what training needs the classifier stays, and goes on when it is there', async () => {
    const made = await followed();
    const { app } = made;
    const before = app.training.classifier;
    app.project.removeClass(idOf(made, 'hat'));
    await app.upToDate.settled();
    expect(app.training.classifier).toBe(before);
    expect(app.training.outdated).toBe(true);
    expect(app.upToDate.busy).toBe(false);
    app.history.undo();
    await app.upToDate.settled();
    expect(app.training.outdated).toBe(false);
    expect(app.training.classifier).toBe(before);
  });

  test('going step by step is a person’s to begin; switched off, nothing follows', async () => {
    const { app } = await followed();
    const before = app.training.classifier;
    app.project.setTraining({ solver: 'step-by-step' });
    await app.upToDate.settled();
    expect(app.training.outdated).toBe(true);
    app.project.resetTraining();
    app.upToDate.set(false);
    await app.arrival.addFiles(drops(['cap'], 10));
    await app.upToDate.settled();
    expect(app.training.classifier).toBe(before);
    app.upToDate.set(true);
    await app.upToDate.settled();
    expect(app.training.labels).toEqual(['cap', 'hat', 'shoes']);
  });

  test('cancelled, it waits for the next change; a worker that dies is said', async () => {
    const { app, engine } = await followed();
    let open = (): void => undefined;
    engine.gate = new Promise((resolve) => (open = resolve));
    await app.arrival.addFiles([]);
    app.project.setTraining({ seed: 5 });
    await vi.waitFor(() => {
      expect(engine.trainings).toHaveLength(3);
    });
    app.upToDate.cancel();
    open();
    await app.upToDate.settled();
    expect(app.training.outdated).toBe(true);
    engine.crash = new WorkerGone({ code: 'engine-crashed', reason: 'out of memory' });
    app.project.setTraining({ seed: 6 });
    await app.upToDate.settled();
    expect(app.upToDate.problem).toEqual({ code: 'engine-crashed', reason: 'out of memory' });
    engine.crash = null;
    app.project.setTraining({ seed: 7 });
    await app.upToDate.settled();
    expect(app.upToDate.problem).toBeNull();
    expect(app.training.outdated).toBe(false);
  });

  test('switched off and on again during a fit, it ends up to date', async () => {
    const { app, engine } = await followed();
    let open = (): void => undefined;
    engine.gate = new Promise((resolve) => (open = resolve));
    app.project.setTraining({ seed: 5 });
    await vi.waitFor(() => {
      expect(engine.trainings).toHaveLength(3);
    });
    app.upToDate.set(false);
    expect(app.upToDate.busy).toBe(false);
    app.upToDate.set(true);
    open();
    await app.upToDate.settled();
    expect(app.training.outdated).toBe(false);
  });

  test('training takes over from a fit that runs', async () => {
    const { app, engine } = await followed();
    let open = (): void => undefined;
    engine.gate = new Promise((resolve) => (open = resolve));
    app.project.setTraining({ seed: 5 });
    await vi.waitFor(() => {
      expect(engine.trainings).toHaveLength(3);
    });
    const training = app.training.train();
    open();
    await training;
    await app.upToDate.settled();
    expect(engine.trainings).toHaveLength(5);
    expect(app.training.outdated).toBe(false);
  });

  test('another backbone’s classifier is fitted anew on the one in use', async () => {
    const { app } = await followed();
    await app.engine.chooseBackbone('mobilenet_v1_0.25_224');
    await app.upToDate.settled();
    expect(app.training.usable).toBe(true);
    expect(app.training.classifier?.backbone.id).toBe('mobilenet_v1_0.25_224');
  });
});
