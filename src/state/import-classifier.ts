import type { BackboneInfo } from '../core/backbone.ts';
import type { Classifier } from '../core/classifier.ts';
import type { Head } from '../core/head.ts';
import type { ProjectOptions } from '../core/options.ts';
import type { ClassLabel } from '../core/dataset.ts';
import type { ImportedClassifier } from '../formats/contract.ts';
import { newClassId } from './class-id.ts';

/** An imported classifier in this project's terms. */
export interface Adopted {
  readonly classifier: Classifier;
  /** The project's classes, with those of the classifier that it doesn't have yet. */
  readonly classes: readonly ClassLabel[];
}

/**
 * Gives an imported classifier's classes ids of this project: those of its
 * classes with the same labels, new ones for the others. The ids in the file
 * are somebody else's text and mean nothing here.
 */
export function adoptClassifier(
  imported: ImportedClassifier,
  backbone: BackboneInfo,
  present: readonly ClassLabel[],
  options: ProjectOptions,
): Adopted {
  const classes = [...present];
  const own = imported.classes.map(({ label }): ClassLabel => {
    const same = classes.find((one) => one.label === label);
    if (same) return same;
    const added = { id: newClassId(classes), label };
    classes.push(added);
    return added;
  });
  const head: Head = { ...imported.head, classIds: own.map(({ id }) => id) };
  const classifier: Classifier = {
    head,
    classes: own,
    backbone,
    crop: imported.crop,
    history: [],
    bestEpoch: 0,
    validation: imported.validation,
    test: imported.test,
    judged: [],
    options: { ...options, backboneId: backbone.id, crop: imported.crop },
    fingerprint: null,
    fittedAtMillis: imported.fittedAtMillis,
  };
  return { classifier, classes };
}
