/** Folders in which a command looks for its configuration. */

import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { makeFolder } from '../temporary-folder.ts';

export interface World extends Disposable {
  readonly places: { readonly env: NodeJS.ProcessEnv; readonly folder: string; readonly home: string };
  file(name: string): string;
}

/** Working directories and homes of a test's own; `files` by their path below it: `work/...`, `home/...`. */
export function world(files: Readonly<Record<string, string>>, env: NodeJS.ProcessEnv = {}): World {
  const root = makeFolder();
  for (const [name, text] of [...Object.entries(files), ['work/.keep', ''], ['home/.keep', '']] as const) {
    mkdirSync(dirname(root.file(name)), { recursive: true });
    writeFileSync(root.file(name), text);
  }
  return {
    places: { env, folder: root.file('work'), home: root.file('home') },
    file: root.file,
    [Symbol.dispose]: () => root[Symbol.dispose](),
  };
}
