import type { Classifier } from '../core/classifier.ts';
import type { Project } from './project.svelte.ts';

/** Enough to see one answer in a hundred change. */
const MAX_CHECKED = 100;
/**
 * TensorFlow recommends 100 to 500 (ai.google.dev/edge/litert, post-training quantization), and MobileNets
 * gain nothing by them: nearly every layer is cut off at 6 and reaches it with the first picture. Of 600
 * photographs they answered 95.8 to 97.3 % as in float32 calibrated on 16 others, 96.8 to 97.3 % on 32 and
 * 96.5 to 97.0 % on 96 (V2 α 1.0 and 0.35, V1 α 0.25).
 */
export const MAX_CALIBRATING = 16;

type Pictures = Pick<Project, 'samples' | 'byId' | 'readFile'>;

/**
 * What the classifier had to do with pictures: its accuracy was measured on them, kept aside from
 * training then, or it learned from them, or it came from elsewhere.
 */
export type Acquaintance = 'aside' | 'learned' | 'foreign';

/** Those that an export is checked on: what was kept aside, where there is any; evenly out of all. */
export function chooseForCheck(
  project: Pictures,
  { judged, fingerprint }: Classifier,
): { readonly ids: readonly string[]; readonly acquaintance: Acquaintance } {
  const aside = judged.map(({ sampleId }) => sampleId).filter((id) => project.byId.has(id));
  if (aside.length > 0) return { ids: spread(aside, MAX_CHECKED), acquaintance: 'aside' };
  const ids = project.samples.map(({ id }) => id);
  const acquaintance = fingerprint === null ? 'foreign' : 'learned';
  return { ids: spread(ids, MAX_CHECKED), acquaintance };
}

/** Those that int8 is calibrated on: not those that it is checked on, where there are others. */
export async function readForCalibration(
  project: Pictures,
  { judged }: Classifier,
): Promise<readonly Blob[]> {
  const aside = new Set(judged.map(({ sampleId }) => sampleId));
  const all = project.samples;
  const learned = all.filter(({ id }) => !aside.has(id));
  const chosen = spread(learned.length > 0 ? learned : all, MAX_CALIBRATING);
  const files = await Promise.all(chosen.map(({ id }) => project.readFile(id)));
  return files.filter((file) => file !== null);
}

/** At most so many of a list, evenly. */
function spread<T>(list: readonly T[], most: number): readonly T[] {
  if (list.length <= most) return list;
  return list.filter(
    (_, index) =>
      Math.floor((index * most) / list.length) !== Math.floor(((index - 1) * most) / list.length),
  );
}
