import type { ExportFormat } from '../../core/export-format.ts';

/** All but the page, which the engine writes: it carries the engine's own plan of the network. */
export type WholeFormat = Exclude<ExportFormat, 'page'>;
