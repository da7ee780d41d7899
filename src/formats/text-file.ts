import type { ModelFile } from '../core/backbone.ts';

/** A file of UTF-8. */
export function textFile(name: string, text: string): ModelFile {
  return { name, bytes: new TextEncoder().encode(text) };
}

/** `labels.txt`: one a line, in the order of the outputs. A label's own line breaks become spaces. */
export function labelsFile(labels: readonly string[]): ModelFile {
  const lines = labels.map((label) => `${label.replace(/[\r\n\u2028\u2029]+/gu, ' ')}\n`);
  return textFile('labels.txt', lines.join(''));
}
