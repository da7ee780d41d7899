import { PROJECT_FILE } from './layout.ts';

/** A local header is so long before the name. */
const HEADER_BYTES = 30;

/** Whether a zip's first entry is that of a project, whatever else may be wrong with it. */
export async function isProjectFile(file: Blob): Promise<boolean> {
  const head = file.slice(HEADER_BYTES, HEADER_BYTES + PROJECT_FILE.length);
  try {
    return (await head.text()) === PROJECT_FILE;
  } catch {
    return false;
  }
}
