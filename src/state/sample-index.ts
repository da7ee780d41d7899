import type { ClassLabel, Sample } from '../core/sample.ts';

/** Sample id to sample. */
export function indexById(samples: readonly Sample[]): ReadonlyMap<string, Sample> {
  return new Map(samples.map((sample) => [sample.id, sample]));
}

/** Class id to its samples, in their order. Every class has an entry. */
export function groupByClass(
  classes: readonly ClassLabel[],
  samples: readonly Sample[],
): ReadonlyMap<string, readonly Sample[]> {
  const groups = new Map<string, Sample[]>(classes.map(({ id }) => [id, []]));
  for (const sample of samples) groups.get(sample.classId)?.push(sample);
  return groups;
}

/** With some samples replaced by what they are now. */
export function withReplaced(
  samples: readonly Sample[],
  updates: readonly { readonly sample: Sample }[],
): readonly Sample[] {
  const replaced = new Map(updates.map(({ sample }) => [sample.id, sample]));
  return samples.map((sample) => replaced.get(sample.id) ?? sample);
}

export function withoutIds(samples: readonly Sample[], ids: readonly string[]): readonly Sample[] {
  const gone = new Set(ids);
  return samples.filter(({ id }) => !gone.has(id));
}

/** In order of arrival; only pictures that come back from a removal belong in the middle. */
export function withAdded(samples: readonly Sample[], added: readonly Sample[]): readonly Sample[] {
  const last = samples.at(-1)?.addedAtMillis ?? 0;
  const together = [...samples, ...added];
  if (added.every(({ addedAtMillis }) => addedAtMillis > last)) return together;
  return together.sort((a, b) => a.addedAtMillis - b.addedAtMillis);
}

/** The classes of a classifier, by the names that the project calls them now. */
export function withPresentLabels(
  classes: readonly ClassLabel[],
  present: readonly ClassLabel[],
): readonly ClassLabel[] {
  const byId = new Map(present.map((one) => [one.id, one]));
  return classes.map((one) => byId.get(one.id) ?? one);
}
