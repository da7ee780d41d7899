import { findBackbone, parseBackboneId } from '../core/backbone-catalogue.ts';
import type { EditSummary } from '../core/edit-summary.ts';
import type { Problem } from '../core/problem.ts';
import type { Advice } from '../core/readiness.ts';
import { hasMessage, say, type MessageKey, type MessageValues } from './messages.ts';
import type { Words } from '../state/settings.ts';

export interface Sentence {
  readonly key: MessageKey;
  readonly values: MessageValues;
}

/** The sentence that tells a problem. */
export function problemSentence(problem: Problem): Sentence {
  return { key: `problems.${problem.code}`, values: valuesOf(problem) };
}

export function adviceSentence(advice: Advice): Sentence {
  const key = `advices.${advice.code}` as const;
  if (advice.code === 'unbalanced') return { key, values: { ...advice } };
  return { key, values: { ...advice, count: advice.images } };
}

/** Only what needs other words than the problem's own fields. */
function valuesOf(problem: Problem): MessageValues {
  switch (problem.code) {
    case 'too-few-classes':
      return { count: problem.classes };
    case 'class-too-small':
      return { ...plain(problem), count: problem.images };
    case 'project-damaged':
      return { ...plain(problem), count: problem.pictures };
    case 'model-weights-missing':
      return {
        file: problem.file,
        missing: problem.missing.join(', '),
        count: problem.missing.length,
      };
    case 'backbone-unreachable':
    case 'backbone-interrupted':
      return { ...plain(problem), id: backboneName(problem.id) };
    case 'backend-failed':
      return { backend: backendName(problem.backend), reason: ended(problem.reason) };
    case 'device-lost':
      return { backend: backendName(problem.backend), next: backendName(problem.next) };
    case 'option-invalid':
      return { ...plain(problem), option: optionName(problem.option) };
    case 'model-json-invalid':
    case 'classifier-invalid':
    case 'project-file-invalid':
    case 'project-backbone-invalid':
    case 'file-not-written':
    case 'engine-crashed':
    case 'engine-keeps-crashing':
    case 'export-crashed':
    case 'unexpected':
      return { ...plain(problem), reason: ended(problem.reason) };
    default:
      return plain(problem);
  }
}

/** The fields that can stand in a sentence as they are. */
function plain(problem: Problem): MessageValues {
  const fields = Object.entries(problem).filter(
    (entry): entry is [string, string | number] =>
      typeof entry[1] === 'string' || typeof entry[1] === 'number',
  );
  return Object.fromEntries(fields);
}

/** The catalogue puts the full stop. */
function ended(reason: string): string {
  let end = reason.length;
  while (end > 0 && /[.!\s]/u.test(reason.charAt(end - 1))) end -= 1;
  return reason.slice(0, end).trimStart();
}

export function backboneName(id: string): string {
  return findBackbone(id)?.name ?? parseBackboneId(id)?.name ?? id;
}

export function backendName(backend: string): string {
  const key = `engine.backends.${backend}`;
  return hasMessage(key) ? say(key as MessageKey) : backend;
}

function optionName(option: string): string {
  const key = `options.${option}.name`;
  return hasMessage(key) ? say(key as MessageKey, { layer: 1 }) : option;
}

/** What was done, as it stands after "Undo": "adding 12 pictures". */
export function editPhrase(summary: EditSummary): string {
  const { kind, ...values } = summary;
  return say(`edits.${kind}`, values);
}

/** What a project is called, named or not. */
export function projectName(name: string): string {
  return name === '' ? say('app.unnamed') : name;
}

/** The words of the catalogue that become part of what a person keeps. */
export const WORDS: Words = {
  className: (number) => say('pictures.className', { number }),
  copyName: (name) => say('projects.copyOf', { name: projectName(name) }),
};
