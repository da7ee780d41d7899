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
