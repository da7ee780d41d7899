import {
  Uint8ArrayReader,
  Uint8ArrayWriter,
  ZipReader,
} from '@zip.js/zip.js/lib/zip-core-custom.js';
import { Dataset, File, Group, ready } from 'h5wasm';

export interface Hdf5Content {
  /** Of every dataset, by its path. */
  readonly data: ReadonlyMap<
    string,
    { readonly shape: readonly number[]; readonly values: unknown }
  >;
  /** Paths of all groups but the root. */
  readonly groups: readonly string[];
  /** By `path@name`; the root's path is empty. */
  readonly attributes: ReadonlyMap<string, unknown>;
}

/** All that an HDF5 file holds. */
export async function readHdf5(bytes: Uint8Array): Promise<Hdf5Content> {
  const { FS } = await ready;
  const path = '/read-back.h5';
  FS.writeFile(path, bytes);
  const file = new File(path, 'r');
  try {
    return contentOf(file);
  } finally {
    file.close();
    FS.unlink(path);
  }
}

function contentOf(file: File): Hdf5Content {
  const data = new Map<string, { shape: readonly number[]; values: unknown }>();
  const groups: string[] = [];
  const attributes = new Map<string, unknown>();
  for (const path of ['', ...file.paths()]) {
    const entity = path === '' ? file : file.get(path);
    if (entity instanceof Dataset)
      data.set(path, { shape: entity.shape ?? [], values: entity.value });
    else if (entity instanceof Group) {
      if (path !== '') groups.push(path);
      for (const [name, { value }] of Object.entries(entity.attrs))
        attributes.set(`${path}@${name}`, value);
    }
  }
  return { data, groups, attributes };
}

export interface ZippedFile {
  readonly name: string;
  /** 0 is stored. */
  readonly method: number;
  readonly bytes: Uint8Array;
}

export async function readStored(archive: Uint8Array<ArrayBuffer>): Promise<ZippedFile[]> {
  const reader = new ZipReader(new Uint8ArrayReader(archive), { useWebWorkers: false });
  const entries = await reader.getEntries();
  return Promise.all(
    entries
      .filter((entry) => !entry.directory)
      .map(async (entry) => ({
        name: entry.filename,
        method: entry.compressionMethod,
        bytes: await entry.getData(new Uint8ArrayWriter(), { checkSignature: true }),
      })),
  );
}

/** What lies at the top of the library’s file system, its own folders included. */
export async function listLibraryFiles(): Promise<string[]> {
  const { FS } = await ready;
  return FS.readdir('/') as string[];
}
