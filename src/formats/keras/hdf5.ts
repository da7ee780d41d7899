import type { File, Group } from 'h5wasm';
import { NotFetched } from '../../core/problem.ts';

/** The library's own file system is all in memory, and writing gives way to nothing else: one name does. */
const PATH = '/model.h5';

/**
 * An HDF5 file, as old a form of it as h5py writes by default: any reader since HDF5 1.8 opens it. The
 * library (4 MB) is loaded on the first call; its WebAssembly is in its script, and it evaluates no text.
 *
 * @param fill writes into the open file, and keeps nothing of it.
 * @returns the file's bytes. In the library's file system nothing stays.
 * @throws NotFetched where the library can't be had, as offline before its first use.
 * @throws Error what HDF5 refuses, such as a name that is there already, or what `fill` throws.
 */
export async function writeHdf5(fill: (root: Group) => void): Promise<Uint8Array<ArrayBuffer>> {
  const hdf5 = await import('h5wasm').catch((cause: unknown) => {
    throw new NotFetched('h5wasm', { cause });
  });
  const library = await hdf5.ready;
  // Else it writes errors to the console and goes on.
  library.activate_throwing_error_handler();
  try {
    fillFile(new hdf5.File(PATH, 'w', { libver: ['earliest', 'v108'] }), fill);
    return new Uint8Array(library.FS.readFile(PATH));
  } finally {
    if (library.FS.analyzePath(PATH).exists) library.FS.unlink(PATH);
  }
}

function fillFile(file: File, fill: (root: Group) => void): void {
  try {
    fill(file);
  } finally {
    file.close();
  }
}
