import type { ClassLabel, Sample } from './dataset.ts';
import type { Problem } from './problem.ts';

/** Fewest pictures of a class: one to learn from, one to judge by. */
export const MIN_IMAGES = 2;
/** Fewest classes: with one there is nothing to tell apart. */
export const MIN_CLASSES = 2;

/** Below this a class works but is judged by one or two pictures. */
const FEW_IMAGES = 10;
/** The largest class may have this many times the pictures of the smallest before it is said. */
const UNBALANCED_RATIO = 4;

/** What does not stop training but is better said before than after. */
export type Advice =
  | { code: 'few-images'; label: string; images: number; recommended: number }
  /** The head will lean towards the larger class; balanced class weights help. */
  | {
      code: 'unbalanced';
      larger: string;
      largerImages: number;
      smaller: string;
      smallerImages: number;
    };

/** What stops training, for all classes at once; nothing when training can start. */
export function readiness(
  classes: readonly ClassLabel[],
  samples: readonly Sample[],
): readonly Problem[] {
  const problems: Problem[] = [];
  if (classes.length < MIN_CLASSES)
    problems.push({ code: 'too-few-classes', classes: classes.length });
  for (const { label, images } of countTrainable(classes, samples)) {
    if (images === 0) problems.push({ code: 'class-empty', label });
    else if (images < MIN_IMAGES) {
      problems.push({ code: 'class-too-small', label, images, minImages: MIN_IMAGES });
    }
  }
  return problems;
}

/** What should be said of classes that can be trained on. */
export function advice(
  classes: readonly ClassLabel[],
  samples: readonly Sample[],
): readonly Advice[] {
  const counts = countTrainable(classes, samples).filter(({ images }) => images >= MIN_IMAGES);
  const advices: Advice[] = counts
    .filter(({ images }) => images < FEW_IMAGES)
    .map(({ label, images }) => ({ code: 'few-images', label, images, recommended: FEW_IMAGES }));
  const bySize = counts.toSorted((a, b) => a.images - b.images);
  const smaller = bySize[0];
  const larger = bySize.at(-1);
  if (smaller && larger && larger.images >= smaller.images * UNBALANCED_RATIO) {
    advices.push({
      code: 'unbalanced',
      larger: larger.label,
      largerImages: larger.images,
      smaller: smaller.label,
      smallerImages: smaller.images,
    });
  }
  return advices;
}

/** Pictures of each class that a head could be fitted to. */
function countTrainable(
  classes: readonly ClassLabel[],
  samples: readonly Sample[],
): { label: string; images: number }[] {
  const images = new Map<string, number>();
  for (const { classId, purpose } of samples) {
    if (purpose === 'learn' && classId !== null)
      images.set(classId, (images.get(classId) ?? 0) + 1);
  }
  return classes.map(({ id, label }) => ({ label, images: images.get(id) ?? 0 }));
}
