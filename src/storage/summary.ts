import type { Dataset } from '../core/dataset.ts';
import { edit, type Versioned } from '../core/history.ts';
import type { Sha256 } from '../core/dataset.ts';
import { MOST_MOSAIC, type DuplicateAs, type ProjectSummary } from './contract.ts';

/** What the list tells of a dataset. */
export function describe({
  dataset,
}: Versioned): Pick<ProjectSummary, 'name' | 'pictures' | 'classes' | 'mosaic'> {
  return {
    name: dataset.name,
    pictures: dataset.samples.length,
    classes: dataset.classes.length,
    mosaic: mosaicOf(dataset),
  };
}

/** The step that gives a copy its name. */
export function nameCopy(original: Versioned, { id, name }: DuplicateAs): Versioned {
  return edit(original, { kind: 'rename-project', name }, `copy-${id}`);
}

/** The one that was changed last comes first. */
export function newestFirst(summaries: readonly ProjectSummary[]): readonly ProjectSummary[] {
  return summaries.toSorted((a, b) => b.changedAtMillis - a.changedAtMillis);
}

/** The first pictures of all classes in turn, those without a label last. */
export function mosaicOf({ classes, samples }: Dataset): readonly Sha256[] {
  const firsts = new Map<string | null, Sha256[]>(classes.map(({ id }) => [id, []]));
  firsts.set(null, []);
  for (const { classId, hash } of samples) {
    const own = firsts.get(classId);
    if (own !== undefined && own.length < MOST_MOSAIC && !own.includes(hash)) own.push(hash);
  }
  const mosaic = new Set<Sha256>();
  for (let turn = 0; turn < MOST_MOSAIC; turn++)
    for (const own of firsts.values()) {
      const hash = own[turn];
      if (hash !== undefined && mosaic.size < MOST_MOSAIC) mosaic.add(hash);
    }
  return [...mosaic];
}
