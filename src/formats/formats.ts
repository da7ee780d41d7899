import type { Formats } from './contract.ts';

/**
 * Each format's code comes with its first use.
 *
 * @param app what exports say wrote them, such as "Headstart 0.1.0".
 */
export function createFormats(app = 'Headstart'): Formats {
  return {
    readDrop: async (...dropped) => {
      const { readDrop } = await import('./read-drop.ts');
      return readDrop(...dropped);
    },
    writeClassifier: async (source) => {
      const { writeClassifier } = await import('./write-classifier.ts');
      return writeClassifier(source, app);
    },
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
