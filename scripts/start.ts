/** `npm start`: builds the app where that is due, serves it on this machine only, and says where. */
import { parseArgs } from 'node:util';
import { serveBuilt } from './serve.ts';

const values = readArguments();
const port = Number(values.port);
if (!Number.isInteger(port) || port < 1 || port > 65_535) {
  console.error(`--port takes a number from 1 to 65535, not "${values.port}".`);
  process.exit(2);
}
const server = await serveBuilt({ port, build: !values.built });
console.log(`Headstart is at ${server.url}`);

function readArguments(): { port: string; built: boolean } {
  try {
    return parseArgs({
      options: {
        port: { type: 'string', default: '4173' },
        built: { type: 'boolean', default: false },
      },
    }).values;
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    process.exit(2);
  }
}
