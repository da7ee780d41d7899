/** A file of ours does not hold what it should: "backbone.bytes must be a whole number". */
export class ShapeError extends Error {
  override readonly name = 'ShapeError';
  readonly file: string;
  constructor(file: string, reason: string) {
    super(reason);
    this.file = file;
  }
}

/**
 * A value inside JSON of unknown origin, with the way to it. Each reading
 * method checks one thing and throws a {@link ShapeError} that names the
 * place, so that what comes out is exactly what it is typed as.
 *
 * Only own properties are ever read: `__proto__` and `constructor` in a file
 * are names like any others.
 */
export class Field {
  readonly #value: unknown;
  readonly #file: string;
  /** Empty at the top. */
  readonly #path: string;

  private constructor(value: unknown, file: string, path: string) {
    this.#value = value;
    this.#file = file;
    this.#path = path;
  }

  /** @throws ShapeError where the text is not JSON, or nested too deep to read. */
  static parse(text: string, file: string): Field {
    try {
      return new Field(JSON.parse(text), file, '');
    } catch {
      throw new ShapeError(file, 'it is not valid JSON');
    }
  }

  get isNull(): boolean {
    return this.#value === null || this.#value === undefined;
  }

  get isArray(): boolean {
    return Array.isArray(this.#value);
  }

  /** A property of an object; missing ones read as null. */
  get(name: string): Field {
    const value = this.#value;
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw this.error('must be an object');
    }
    const own = Object.hasOwn(value, name) ? (value as Record<string, unknown>)[name] : null;
    return new Field(own, this.#file, this.#path === '' ? name : `${this.#path}.${name}`);
  }

  items(minLength: number, maxLength: number): readonly Field[] {
    const value: unknown = this.#value;
    if (!Array.isArray(value)) throw this.error('must be a list');
    const { length } = value;
    if (length < minLength || length > maxLength) {
      throw this.error(
        `must have ${String(minLength)} to ${String(maxLength)} items, not ${String(length)}`,
      );
    }
    return value.map(
      (item: unknown, index) => new Field(item, this.#file, `${this.#path}[${String(index)}]`),
    );
  }

  text(maxLength: number, pattern?: RegExp): string {
    const value = this.#value;
    if (typeof value !== 'string') throw this.error('must be text');
    if (value.length > maxLength) {
      throw this.error(`must have at most ${String(maxLength)} characters`);
    }
    if (pattern && !pattern.test(value)) throw this.error('has a form that is not expected');
    return value;
  }

  number(min: number, max: number): number {
    const value = this.#value;
    if (typeof value !== 'number' || !(value >= min && value <= max)) {
      throw this.error(`must be a number from ${String(min)} to ${String(max)}`);
    }
    return value;
  }

  integer(min: number, max: number): number {
    const value = this.number(min, max);
    if (!Number.isInteger(value)) throw this.error('must be a whole number');
    return value;
  }

  oneOf<T extends string | number | boolean>(choices: readonly T[]): T {
    const found = choices.find((choice) => choice === this.#value);
    if (found === undefined) throw this.error(`must be one of ${choices.map(String).join(', ')}`);
    return found;
  }

  /** What is wrong here, for the caller to throw. */
  error(reason: string): ShapeError {
    return new ShapeError(this.#file, `${this.#path === '' ? 'it' : this.#path} ${reason}`);
  }
}

/** Of a model.json or metadata.json: larger ones are no model's. */
export const MAX_JSON_BYTES = 64 * 2 ** 20;

/** The files of an export by their names in it, such as `backbone/model.json`. */
export type ExportFiles = ReadonlyMap<string, File>;

/** @throws ShapeError where it is missing or too large. */
export async function readText(files: ExportFiles, name: string): Promise<string> {
  const file = findFile(files, name);
  if (file.size > MAX_JSON_BYTES) throw new ShapeError(name, 'it is too large');
  return await file.text();
}

/** @throws ShapeError where there is none of that name. */
export function findFile(files: ExportFiles, name: string): File {
  const file = files.get(name);
  if (file === undefined) throw new ShapeError(name, 'it is missing');
  return file;
}
