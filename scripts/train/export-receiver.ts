import { createWriteStream, mkdirSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { dirname, resolve, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Plugin } from 'vite';

/** Takes the export's files from the page and writes them into a folder. */
export interface ExportReceiver {
  /** Known to nobody else on this machine: the server listens on loopback, not behind a door. */
  readonly path: string;
  readonly plugin: Plugin;
}

export function receiveExport(folder: string): ExportReceiver {
  const path = `/export-${randomBytes(16).toString('hex')}`;
  const receive = (request: IncomingMessage, response: ServerResponse, next: () => void): void => {
    const url = new URL(request.url ?? '/', 'http://127.0.0.1');
    if (request.method !== 'POST' || url.pathname !== path) {
      next();
      return;
    }
    writeInto(folder, url.searchParams.get('name') ?? '', request).then(
      () => response.end(),
      (error: unknown) => {
        response.statusCode = 500;
        response.end(error instanceof Error ? error.message : String(error));
      },
    );
  };
  const plugin: Plugin = {
    name: 'headstart-export-receiver',
    configurePreviewServer: (server) => void server.middlewares.use(receive),
  };
  return { path, plugin };
}

/** @throws where the name would lead out of the folder, or writing fails. */
export async function writeInto(
  folder: string,
  name: string,
  content: NodeJS.ReadableStream,
): Promise<void> {
  const root = resolve(folder);
  const target = resolve(root, name);
  if (name === '' || !target.startsWith(root + sep)) throw new Error(`not inside ${root}: ${name}`);
  mkdirSync(dirname(target), { recursive: true });
  await pipeline(content, createWriteStream(target));
}
