import type { BackboneInfo } from '../core/backbone.ts';
import type { Classifier } from '../core/classifier.ts';
import { addingClasses } from '../core/compose-edit.ts';
import type { ClassLabel } from '../core/dataset.ts';
import type { Head } from '../core/head.ts';
import type { ProjectOptions } from '../core/options.ts';
import type { ImportedClassifier } from '../formats/contract.ts';
import { newClassId } from '../pipeline/class-id.ts';
import type { ClassifierState } from './classifier-state.svelte.ts';
import type { EngineState } from './engine-state.svelte.ts';
import type { Notices } from './notices.svelte.ts';
import type { Versions } from './versions.svelte.ts';

export interface ImportParts {
  readonly engineState: EngineState;
  readonly versions: Versions;
  readonly classifierState: ClassifierState;
  readonly notices: Notices;
}

/** An export was dropped: its backbone is loaded, its head used; pictures that are there stay as they are. */
export async function importClassifier(
  imported: ImportedClassifier,
  { engineState, versions, classifierState, notices }: ImportParts,
): Promise<void> {
  const sameBackbone = engineState.backbone?.sha256 === imported.backboneSha256;
  const backbone = sameBackbone
    ? engineState.backbone
    : await engineState.useModelFiles(imported.backboneFiles, imported.inputRange);
  if (!backbone) return;
  // It can't be fitted anew on another backbone: there are no pictures of it.
  if (sameBackbone) await engineState.keepFallback();
  const { classes, options, samples } = versions.dataset;
  const picturesKept = samples.length;
  const adopted = adoptClassifier(imported, backbone, classes, options);
  // Beside a person's own pictures, classes without any would only stand in the way of training.
  const fresh = adopted.classes.slice(classes.length);
  if (picturesKept === 0 && (fresh.length > 0 || options.crop !== imported.crop)) {
    versions.edit({
      kind: 'together',
      edits: [
        addingClasses(classes, fresh),
        { kind: 'set-options', options: { ...options, crop: imported.crop } },
      ],
    });
  }
  await classifierState.keep(adopted.classifier);
  const labels = imported.classes.map(({ label }) => label);
  notices.say({ key: 'classifier-imported', labels, picturesKept });
}

/** An imported classifier in this project's terms. */
interface Adopted {
  readonly classifier: Classifier;
  /** The project's classes, with those of the classifier that it doesn't have yet. */
  readonly classes: readonly ClassLabel[];
}

/**
 * Gives an imported classifier's classes ids of this project: those of its
 * classes with the same labels, new ones for the others. The ids in the file
 * are somebody else's text and mean nothing here.
 */
function adoptClassifier(
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
