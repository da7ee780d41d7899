import { createInstance, type ParseKeys } from 'i18next';

import { formatBytes, formatDuration, formatPercent, formatRate } from './format.ts';
import { en } from './messages/en.ts';

declare module 'i18next' {
  interface CustomTypeOptions {
    defaultNS: 'translation';
    resources: { translation: typeof en };
    nsSeparator: false;
  }
}

/** A sentence of the catalogue. */
export type MessageKey = ParseKeys;

/** What a sentence is filled with. Strings are names that a person or a file gave: hostile text. */
export type MessageValues = Readonly<Record<string, string | number>>;

/** A stretch of a sentence; `isName`: filled in from outside. */
export interface Part {
  readonly text: string;
  readonly isName: boolean;
}

const LANGUAGE = 'en';

const catalogue = createInstance();
// With everything at hand the initialisation is synchronous.
void catalogue.init({
  lng: LANGUAGE,
  resources: { [LANGUAGE]: { translation: en } },
  nsSeparator: false,
  initAsync: false,
  // Svelte escapes; escaping twice would show `&amp;`.
  interpolation: { escapeValue: false },
});

const FORMATS = {
  percent: formatPercent,
  bytes: formatBytes,
  duration: formatDuration,
  rate: formatRate,
};
for (const [name, format] of Object.entries(FORMATS)) {
  catalogue.services.formatter?.add(name, (value: unknown) => format(Number(value)));
}

/** Right-to-left letters and bidirectional controls (Unicode's UAX #9). */
const TURNS_TEXT =
  /[\u0590-\u08FF\uFB1D-\uFDFF\uFE70-\uFEFC\u200E\u200F\u202A-\u202E\u2066-\u2069\u{10800}-\u{10FFF}\u{1E800}-\u{1EFFF}]/u;

/** A sentence as plain text, for attributes. Names that could turn the text around them are isolated. */
export function say(key: MessageKey, values: MessageValues = {}): string {
  return translate(
    key,
    mapStrings(values, (name) => (TURNS_TEXT.test(name) ? `\u2068${name}\u2069` : name)),
  );
}

/** Private-use characters: no catalogue has them, and in names they are dropped. */
const NAME_START = '\uE000';
const NAME_END = '\uE001';
const MARKS = /[\uE000\uE001]/u;

/** A sentence in stretches, so that the names in it become elements of their own. */
export function sayInParts(key: MessageKey, values: MessageValues = {}): Part[] {
  const marked = mapStrings(
    values,
    (name) => NAME_START + name.replaceAll(NAME_START, '').replaceAll(NAME_END, '') + NAME_END,
  );
  return translate(key, marked)
    .split(MARKS)
    .map((text, index) => ({ text, isName: index % 2 === 1 }))
    .filter(({ text }) => text !== '');
}

/** Whether the catalogue has a sentence, for values that come from outside the type system. */
export function hasMessage(key: string): boolean {
  return catalogue.exists(key, { count: 1 });
}

function translate(key: MessageKey, values: MessageValues): string {
  // The catalogue's own type wants the values of each sentence one by one; the test of messages checks them.
  return (catalogue.t as (key: string, values: MessageValues) => string)(key, values);
}

function mapStrings(values: MessageValues, change: (text: string) => string): MessageValues {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      name,
      typeof value === 'string' ? change(value) : value,
    ]),
  );
}
