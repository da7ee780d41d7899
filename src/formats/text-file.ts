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

/** Plain text for people: headings, lists and paragraphs of a bearable width. */
const COLUMNS = 76;

export function heading(text: string, line = '-'): string {
  return `${text}\n${line.repeat(text.length)}`;
}

export function list(rows: readonly (readonly [name: string, what: string])[]): string {
  return rows.map(([name, what]) => wrap(what, name.padEnd(25))).join('\n');
}

/** Breaks at spaces; later lines are indented under the first's text. */
export function wrap(text: string, first = ''): string {
  const indent = ' '.repeat(first.length);
  const lines: string[] = [];
  let words: string[] = [];
  for (const word of text.split(' ')) {
    const longer = [...words, word].join(' ');
    if (words.length > 0 && indent.length + longer.length > COLUMNS) {
      lines.push(words.join(' '));
      words = [word];
    } else words.push(word);
  }
  return first + [...lines, words.join(' ')].join(`\n${indent}`);
}
