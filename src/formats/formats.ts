import type { Formats } from './contract.ts';
import { readDrop } from './read-drop.ts';
import { writeClassifier } from './write-classifier.ts';

/** @param app what exports say wrote them, such as "Headstart 0.1.0". */
export function createFormats(app = 'Headstart'): Formats {
  return {
    readDrop,
    writeClassifier: (source) => writeClassifier(source, app),
    zip: async (files) => {
      const { writeZip } = await import('./write-zip.ts');
      return writeZip(files);
    },
    writeProject: async (...written) => {
      const { writeProject } = await import('./project-file/write.ts');
      return writeProject(...written);
    },
    openProject: async (...opened) => {
      const { openProjectFile } = await import('./project-file/read.ts');
      return openProjectFile(...opened);
    },
  };
}
