/** Writes one export and runs it; a worker for each, which ends with it. */
import '../hold-lock.ts';
import { expose } from 'comlink';
import type { ExportRemote } from '../remote.ts';
import { runExport, writeExport } from './whole-export.ts';
import { writePage } from './write-page.ts';

const remote: ExportRemote = {
  write: writeExport,
  writePage,
  run: runExport,
};

expose(remote);
