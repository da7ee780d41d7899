/** Pretrained backbones and photographs, which the test server has where they are given. */

// Nobody's weights or photographs are in the repository.
export const haveModels = import.meta.env['HEADSTART_MODELS'] !== '';
export const haveDatasets = import.meta.env['HEADSTART_DATASETS'] !== '';

/** To put behind the title of what doesn't run without them. */
export const whySkipped =
  haveModels && haveDatasets
    ? ''
    : ' (skipped: HEADSTART_MODELS and HEADSTART_DATASETS are not both given)';

export interface RealModel {
  /** Its folder's name. */
  readonly id: string;
  /** The name of its one weight file. */
  readonly weights: string;
}

/** As a person would choose them. @throws where they aren't served. */
export async function fetchModel({ id, weights }: RealModel): Promise<readonly File[]> {
  return Promise.all(['model.json', weights].map((name) => fetchFile(`/models/${id}/`, name)));
}

/** The first photographs of a label of the clothing data set's training part. */
export async function fetchPhotographs(label: string, count: number): Promise<readonly File[]> {
  const folder = `/datasets/clothing/train/${label}/`;
  const names = (await (await fetch(`${folder}?list`)).json()) as readonly string[];
  return Promise.all(names.slice(0, count).map((name) => fetchFile(folder, name)));
}

async function fetchFile(path: string, name: string): Promise<File> {
  const response = await fetch(path + name);
  if (!response.ok) throw new Error(`${path}${name}: ${String(response.status)}`);
  return new File([await response.blob()], name);
}
