import type { Words } from '../state/settings.ts';
import { say } from './messages.ts';
import { projectName } from './problem-message.ts';

/** The words of the catalogue that become part of what a person keeps. */
export const WORDS: Words = {
  className: (number) => say('pictures.className', { number }),
  copyName: (name) => say('projects.copyOf', { name: projectName(name) }),
};
