import { describe, expect, test } from 'vitest';
import type { BackboneInfo } from '../core/backbone.ts';
import type { Classifier } from '../core/classifier.ts';
import type { Dataset } from '../core/dataset.ts';
import { DEFAULT_PROJECT_OPTIONS } from '../core/default-options.ts';
import { madeSample } from '../core/testing/random-edits.ts';
import { noRows } from './embed.ts';
import { fingerprintOf } from './fingerprint.ts';
import { Scheduler } from './scheduler.ts';
import { declareStages, type Sources, type StageName } from './stages.ts';

const CLASSES = ['hat', 'shoes'].map((id) => ({ id, label: id }));
const SAMPLES = Array.from({ length: 8 }, (_, index) =>
  madeSample(index, CLASSES[index % 2]?.id ?? '', index),
);
const SMALL = { id: 'small', sha256: 'of small' } as BackboneInfo;
const LARGE = { id: 'large', sha256: 'of large' } as BackboneInfo;
const DATASET: Dataset = {
  name: '',
  classes: CLASSES,
  samples: SAMPLES,
  options: { ...DEFAULT_PROJECT_OPTIONS, backboneId: SMALL.id },
};
const ASKS_FOR_LARGE: Dataset = {
  ...DATASET,
  options: { ...DATASET.options, backboneId: LARGE.id },
};

function classifierOf(dataset: Dataset, backbone: BackboneInfo): Classifier {
  const { classes, samples, options } = dataset;
  const fingerprint = fingerprintOf(classes, samples, backbone.sha256, options);
  return { backbone, fingerprint } as Classifier;
}

/** Stages that note what they made, and do it at once. */
function makeStages(patch: Partial<Sources> = {}) {
  let now: Sources = {
    dataset: DATASET,
    backbone: SMALL,
    backboneProblem: null,
    rows: noRows(SMALL.sha256, 'centre'),
    better: null,
    betterRows: null,
    classifier: null,
    arriving: false,
    loading: false,
    upToDate: true,
    ...patch,
  };
  const ran: string[] = [];
  const embed = (which: 'rows' | 'betterRows') => () => {
    for (const { hash } of now.dataset.samples) now[which]?.set(hash, 0);
  };
  const make: Record<StageName, () => void> = {
    embeddings: embed('rows'),
    head: () => {
      if (now.backbone) now = { ...now, classifier: classifierOf(now.dataset, now.backbone) };
    },
    'better-embeddings': embed('betterRows'),
    comparison: () => undefined,
    upgrade: () => {
      now = { ...now, backbone: now.better, rows: now.betterRows, better: null, betterRows: null };
    },
  };
  const run = (name: StageName) => () => {
    ran.push(name);
    make[name]();
    return Promise.resolve();
  };
  const scheduler = new Scheduler(
    declareStages(() => now, {
      embeddings: run('embeddings'),
      head: run('head'),
      'better-embeddings': run('better-embeddings'),
      comparison: run('comparison'),
      upgrade: run('upgrade'),
    }),
  );
  /** What is made after a change. */
  const after = async (change: Partial<Sources> = {}): Promise<readonly string[]> => {
    now = { ...now, ...change };
    ran.length = 0;
    scheduler.changed();
    await scheduler.settled();
    return [...ran];
  };
  return { scheduler, after, ran };
}

const withTraining = (patch: Partial<Dataset['options']['training']>): Dataset => ({
  ...DATASET,
  options: { ...DATASET.options, training: { ...DATASET.options.training, ...patch } },
});
const withMore: Dataset = { ...DATASET, samples: [...SAMPLES, madeSample(8, 'hat', 8)] };

/** Trained once, and up to date. */
async function trained(patch: Partial<Sources> = {}) {
  const made = makeStages(patch);
  await made.scheduler.want('head', { anew: true });
  await made.scheduler.settled();
  return made;
}

describe('what depends on what', () => {
  test('pictures are embedded by themselves; the first head is a person’s to ask for', async () => {
    const { scheduler, after, ran } = makeStages();
    expect(await after()).toEqual(['embeddings']);
    await scheduler.want('head', { anew: true });
    expect(ran).toEqual(['embeddings', 'head']);
    expect(await after()).toEqual([]);
  });

  test.each<[string, Partial<Sources>, StageName[]]>([
    ['a name', { dataset: { ...DATASET, name: 'caps' } }, []],
    [
      'labels of classes',
      { dataset: { ...DATASET, classes: CLASSES.map(({ id }) => ({ id, label: `${id}s` })) } },
      [],
    ],
    ['pictures', { dataset: withMore }, ['embeddings', 'head']],
    ['a picture less', { dataset: { ...DATASET, samples: SAMPLES.slice(1) } }, ['head']],
    ['options of training', { dataset: withTraining({ seed: 7 }) }, ['head']],
    [
      'the backbone',
      { dataset: ASKS_FOR_LARGE, backbone: LARGE, rows: noRows(LARGE.sha256, 'centre') },
      ['embeddings', 'head'],
    ],
    [
      'the crop',
      {
        dataset: { ...DATASET, options: { ...DATASET.options, crop: 'pad' } },
        rows: noRows(SMALL.sha256, 'pad'),
      },
      ['embeddings', 'head'],
    ],
    ['pictures, step by step', { dataset: { ...withMore, ...withStepByStep() } }, ['embeddings']],
    ['pictures, while it may not follow', { dataset: withMore, upToDate: false }, ['embeddings']],
    ['pictures that are still coming', { dataset: withMore, arriving: true }, ['embeddings']],
    [
      'options, while a backbone is loading',
      { dataset: withTraining({ seed: 7 }), loading: true },
      [],
    ],
    [
      'a class without pictures',
      { dataset: { ...DATASET, classes: [...CLASSES, { id: 'cap', label: 'cap' }] } },
      [],
    ],
  ])('another than before: %s', async (_, change, expected) => {
    const { after } = await trained();
    expect(await after(change)).toEqual(expected);
  });

  test('an engine that began anew is asked again, and what was fitted stays', async () => {
    const rows = noRows(SMALL.sha256, 'centre');
    const { after } = await trained({ rows });
    rows.forget();
    expect(await after()).toEqual(['embeddings']);
  });

  test('one that was imported follows nothing', async () => {
    const classifier = { backbone: SMALL, fingerprint: null } as Classifier;
    const { after } = makeStages({ classifier });
    expect(await after()).toEqual(['embeddings']);
  });
});

describe('a better backbone', () => {
  const beside = (): Partial<Sources> => ({
    better: LARGE,
    betterRows: noRows(LARGE.sha256, 'centre'),
  });

  test('is gone over to where there is no classifier to lose', async () => {
    const { after } = makeStages(beside());
    expect(await after()).toEqual(['embeddings', 'better-embeddings', 'upgrade']);
    expect(await after()).toEqual([]);
  });

  test('is compared with the classifier there is, again after each other one', async () => {
    const { after } = await trained({ dataset: ASKS_FOR_LARGE });
    expect(await after(beside())).toEqual(['better-embeddings', 'comparison']);
    expect(await after({ dataset: withMore })).toEqual([
      'embeddings',
      'head',
      'better-embeddings',
      'comparison',
    ]);
  });

  test('isn’t compared with one that is out of date', async () => {
    const { after } = await trained({ dataset: ASKS_FOR_LARGE });
    expect(await after({ ...beside(), dataset: withMore, upToDate: false })).toEqual([
      'embeddings',
      'better-embeddings',
    ]);
  });

  test('waits for pictures that are coming', async () => {
    const { after } = makeStages({ ...beside(), arriving: true });
    expect(await after()).toEqual(['embeddings']);
    expect(await after({ arriving: false })).toEqual(['better-embeddings', 'upgrade']);
  });

  test('its own classifier isn’t replaced by what is in use in its place', async () => {
    const classifier = classifierOf(DATASET, LARGE);
    const { after } = makeStages({ dataset: ASKS_FOR_LARGE, classifier });
    expect(await after()).toEqual(['embeddings']);
  });
});

test('what keeps from training is told to who waits for it', async () => {
  const few = makeStages({ dataset: { ...DATASET, classes: CLASSES.slice(1) } });
  await expect(few.scheduler.want('head')).rejects.toMatchObject({
    problem: { code: 'too-few-classes' },
  });
  const backboneProblem = { code: 'engine-crashed', reason: 'no memory' } as const;
  const none = makeStages({ backbone: null, backboneProblem, rows: null });
  await expect(none.scheduler.want('head')).rejects.toMatchObject({ problem: backboneProblem });
});

test('training that is asked for while its backbone is loading waits for it', async () => {
  const { scheduler, after, ran } = makeStages({ backbone: null, rows: null, loading: true });
  const wanted = scheduler.want('head', { anew: true });
  await scheduler.settled();
  expect(ran).toEqual([]);
  const backbone = { backbone: SMALL, rows: noRows(SMALL.sha256, 'centre'), loading: false };
  expect(await after(backbone)).toEqual(['embeddings', 'head']);
  await wanted;
});

function withStepByStep(): Pick<Dataset, 'options'> {
  return { options: withTraining({ solver: 'step-by-step' }).options };
}
