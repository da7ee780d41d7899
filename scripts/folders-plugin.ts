import { createReadStream, existsSync, readdirSync, statSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join, resolve, sep } from 'node:path';
import type { Plugin } from 'vite';
import { indexModels, isModelFile } from './model-index.ts';

type Next = () => void;

/**
 * Serves a folder of backbones as the app's own `models/`, in development,
 * preview and tests, without copying it: HEADSTART_MODELS, read at start.
 */
export function modelsPlugin(folder = givenFolder('HEADSTART_MODELS')): Plugin {
  const serve = (request: IncomingMessage, response: ServerResponse, next: Next) => {
    const [, id = '', file = ''] = /\/models\/([^/]+)(?:\/([^/]+))?$/.exec(pathOf(request)) ?? [];
    if (folder === null || id === '' || !isRead(request)) next();
    else if (id === 'index.json' && file === '')
      sendJson(response, { models: indexModels(folder) });
    else if (isModelFile(folder, id, file)) sendFile(response, join(folder, id, file));
    else next();
  };
  return {
    name: 'headstart-models',
    configureServer: (server) => void server.middlewares.use(serve),
    configurePreviewServer: (server) => void server.middlewares.use(serve),
  };
}

/** Serves labelled pictures to browser tests at `/datasets/`; `?list` gives a folder's names. */
export function datasetsPlugin(): Plugin {
  return folderPlugin('datasets', givenFolder('HEADSTART_DATASETS'));
}

/** Serves exports of Teachable Machine to browser tests at `/teachable/`, likewise. */
export function teachablePlugin(): Plugin {
  return folderPlugin('teachable', givenFolder('HEADSTART_TEACHABLE'));
}

function folderPlugin(name: string, folder: string | null): Plugin {
  const start = `/${name}/`;
  const serve = (request: IncomingMessage, response: ServerResponse, next: Next) => {
    const asked = pathOf(request);
    if (folder === null || !asked.startsWith(start) || !isRead(request)) {
      next();
      return;
    }
    const root = resolve(folder);
    const path = resolve(root, decodeURIComponent(asked.slice(start.length)));
    const inside = path === root || path.startsWith(root + sep);
    if (!inside || !existsSync(path)) next();
    else if (statSync(path).isFile()) sendFile(response, path);
    else sendJson(response, readdirSync(path).sort());
  };
  return {
    name: `headstart-${name}`,
    configureServer: (server) => void server.middlewares.use(serve),
  };
}

/** @throws Error where the variable names no folder: better at start than at each request. */
function givenFolder(variable: string): string | null {
  const folder = process.env[variable] ?? '';
  if (folder === '') return null;
  if (!existsSync(folder) || !statSync(folder).isDirectory()) {
    throw new Error(`${variable} names a folder that is not there: ${folder}`);
  }
  return folder;
}

function pathOf(request: IncomingMessage): string {
  return (request.url ?? '/').split(/[?#]/, 1)[0] ?? '/';
}

function isRead(request: IncomingMessage): boolean {
  return request.method === 'GET' || request.method === 'HEAD';
}

function sendJson(response: ServerResponse, value: unknown) {
  response.setHeader('Content-Type', 'application/json');
  response.end(JSON.stringify(value));
}

function sendFile(response: ServerResponse, path: string) {
  response.setHeader('Content-Length', statSync(path).size);
  response.setHeader('Cross-Origin-Resource-Policy', 'same-origin');
  if (path.endsWith('.json')) response.setHeader('Content-Type', 'application/json');
  createReadStream(path).pipe(response);
}
