import type { Arrival } from '../../state/arrival.svelte.ts';
import { chooseFiles } from '../common/files.ts';
import { run } from '../common/run.ts';

/** Opens a picker and lets in what was chosen. */
export function choosePictures(arrival: Arrival, what: 'files' | 'folder', classId?: string): void {
  run(
    chooseFiles(what).then((files) =>
      files.length === 0 ? undefined : arrival.addFiles(files, classId),
    ),
  );
}
