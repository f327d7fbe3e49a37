/**
 * Packing what is published. It is built in a copy of the sources, so that nothing else that lies in a working folder, such as the output of
 * a file that was removed since, gets into a tarball.
 */

import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readlinkSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { published } from './published.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** What the tarballs are made from, relative to the root: tracked files, and new ones that Git does not ignore. */
export function packedSources(): string[] {
  const places = ['packages', 'scripts', 'package.json', 'tsconfig.base.json', 'LICENSE'];
  const words = ['ls-files', '-z', '--cached', '--others', '--exclude-standard', '--', ...places];
  const { status, stdout, stderr } = spawnSync('git', words, { cwd: root, encoding: 'utf8' });
  if (status !== 0) throw new Error(`git ls-files: ${stderr}`);
  return stdout
    .split('\0')
    .filter((path) => path !== '' && !/^packages\/[^/]+\/test\//.test(path))
    .sort();
}

/** The dependencies and programs that are installed here, with the copy's own packages in place of ours. */
function linkDependencies(copy: string): void {
  const [from, to] = [join(root, 'node_modules'), join(copy, 'node_modules')];
  for (const folder of ['@convoy', '.bin']) mkdirSync(join(to, folder), { recursive: true });
  for (const name of readdirSync(from)) {
    if (!['@convoy', '.bin', '.cache'].includes(name)) symlinkSync(join(from, name), join(to, name));
  }
  // Their links are relative, and so lead to what is in the copy.
  for (const name of readdirSync(join(from, '.bin')))
    symlinkSync(readlinkSync(join(from, '.bin', name)), join(to, '.bin', name));
  for (const name of readdirSync(join(copy, 'packages')))
    symlinkSync(join(copy, 'packages', name), join(to, '@convoy', name));
}

/** Copies the sources into the empty folder `copy`, as a clone in which `npm ci` has run. */
export function copySources(copy: string): void {
  for (const path of packedSources()) {
    mkdirSync(dirname(join(copy, path)), { recursive: true });
    cpSync(join(root, path), join(copy, path));
  }
  linkDependencies(copy);
}

/** Packs every published package into `folder`. */
export function packInto(folder: string): void {
  const copy = mkdtempSync(join(tmpdir(), 'convoy-pack-'));
  try {
    copySources(copy);
    mkdirSync(folder, { recursive: true });
    const workspaces = published.map((name) => `--workspace=packages/${name}`);
    const destination = `--pack-destination=${resolve(folder)}`;
    for (const words of [
      ['run', '--silent', 'build'],
      ['pack', '--silent', '--ignore-scripts', destination, ...workspaces],
    ]) {
      const { status } = spawnSync('npm', words, { cwd: copy, stdio: ['ignore', 'ignore', 'inherit'] });
      if (status !== 0) throw new Error(`npm ${words[0]} failed in ${copy}`);
    }
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}
