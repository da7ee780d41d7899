/**
 * The few words that become part of what a person keeps. The composition root
 * brings them from the message catalogue; these stand in where there is none.
 */
export interface Words {
  /** What a class is called until it is named; `number` from 1. */
  readonly className: (number: number) => string;
  /** What the project is called until it is named. */
  readonly projectName: string;
}

export const PLAIN_WORDS: Words = {
  className: (number) => `Class ${String(number)}`,
  projectName: 'My project',
};
