import { openDB } from 'idb';
import type { Database, Schema } from './database.ts';
import { upgrade } from './upgrade.ts';

/** Raise it with every change of the stores below, and add a step to {@link upgrade}. */
export const SCHEMA_VERSION = 3;

/**
 * Opens the database, made or upgraded where needed.
 *
 * A tab with a newer version of the app must be able to upgrade it, so this connection closes when
 * one asks; writing then fails here and the person is told. The other way round, waiting for ever
 * behind a tab with an older version would look like a hang: that is an error after `blockedMillis`.
 *
 * @throws where the browser refuses.
 */
export function openDatabase(
  name: string,
  onClosed: () => void,
  blockedMillis = 3000,
): Promise<Database> {
  return new Promise((resolve, reject) => {
    const opening = openDB<Schema>(name, SCHEMA_VERSION, {
      upgrade: (database, oldVersion, _, transaction) =>
        void upgrade(database, oldVersion, transaction),
      blocked: () =>
        setTimeout(() => reject(new Error('another tab holds an older version')), blockedMillis),
      blocking: () => {
        void opening.then((database) => database.close());
        onClosed();
      },
      terminated: onClosed,
    });
    opening.then(resolve, reject);
  });
}
