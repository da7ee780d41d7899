import type { App } from '../../state/app.svelte.ts';
import { chooseFiles } from '../common/files.ts';

/** Lets a person choose a model.json with its weights, and uses it. */
export async function chooseModel(engine: App['engine']): Promise<void> {
  const files = await chooseFiles('files', '.json,.bin');
  if (files.length > 0)
    await engine.useModelFiles(
      files.map(({ file }) => file),
      null,
    );
}
