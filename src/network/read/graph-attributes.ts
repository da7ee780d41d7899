import { isRecord } from './model-parts.ts';

/** A graph node's attributes, read as what they should be. */
export interface Attributes {
  text(name: string, missing: string): string;
  texts(name: string): readonly string[];
  number(name: string, missing: number): number;
  integers(name: string): readonly number[];
  flag(name: string): boolean;
  /** Rows and columns of an attribute with four sides; one by one where it is missing. */
  spatial(name: string): readonly [number, number];
}

export function readAttributes(attributes: Record<string, unknown>): Attributes {
  const field = (name: string, key: string): unknown => {
    const attribute = Object.hasOwn(attributes, name) ? attributes[name] : null;
    return isRecord(attribute) ? attribute[key] : undefined;
  };
  const list = (name: string, key: string): readonly unknown[] => {
    const values = field(name, 'list');
    const found = isRecord(values) ? values[key] : undefined;
    return Array.isArray(found) ? (found as unknown[]) : [];
  };
  const integers = (name: string) => list(name, 'i').map(Number);
  return {
    text: (name, missing) => textOf(field(name, 's')) ?? missing,
    texts: (name) => list(name, 's').flatMap((value) => textOf(value) ?? []),
    number: (name, missing) => {
      const value = field(name, 'f') ?? field(name, 'i');
      return value === undefined ? missing : Number(value);
    },
    integers,
    flag: (name) => field(name, 'b') === true,
    spatial: (name) => {
      const [, rows = 1, columns = 1] = integers(name);
      return [rows, columns];
    },
  };
}

/** Bytes are base64 in JSON. */
function textOf(value: unknown): string | null {
  if (typeof value !== 'string') return null;
  try {
    return atob(value);
  } catch {
    return null;
  }
}
