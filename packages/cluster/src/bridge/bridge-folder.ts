/**
 * The private folder of one bridge, with the files that stock nodes read while the bridge is open. Only the user can read
 * it; it is removed with the bridge.
 */

import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';

export interface BridgeFolder extends AsyncDisposable {
  readonly path: string;
  /** Writes a file atomically, readable by its owner only. Returns its path. */
  write(name: string, text: string): Promise<string>;
}

/** Creates the folder in the user's cache folder: a temporary folder may be cleaned while the tunnel is still in use. */
export async function createBridgeFolder(env: NodeJS.ProcessEnv = process.env): Promise<BridgeFolder> {
  const parent = join(env['XDG_CACHE_HOME'] || join(env['HOME'] || homedir(), '.cache'), 'convoy');
  await mkdir(parent, { recursive: true, mode: 0o700 });
  const path = await mkdtemp(join(parent, 'bridge-'));
  return {
    path,
    async write(name, text) {
      const file = join(path, name);
      await writeFile(`${file}.new`, text, { mode: 0o600, flag: 'wx' });
      await rename(`${file}.new`, file);
      return file;
    },
    [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }),
  };
}
