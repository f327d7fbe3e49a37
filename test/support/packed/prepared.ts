/**
 * The packages as they would be published, and a project that has installed them. Both are made once for each state of the sources and kept
 * in node_modules; tests only read them.
 */

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import {
  existsSync,
  globSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { packedSources, packInto } from '../../../scripts/packaging/packing.ts';
import { ProcessOutput } from '../child-process.ts';
import { LocalRegistry } from './local-registry.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const cache = join(root, 'node_modules/.cache/packed');

export const packageNames = ['cli', 'cluster', 'console', 'node', 'railway-simulator', 'shell'].map(
  (name) => `@convoy/${name}`,
);

/** A hash of all files that the tarballs are made from. */
function stateOfSources(): string {
  const hash = createHash('sha256');
  for (const path of [...packedSources(), 'package-lock.json'])
    hash
      .update(path)
      .update('\0')
      .update(readFileSync(join(root, path)))
      .update('\0');
  return hash.digest('hex').slice(0, 16);
}

/** Makes a folder under a temporary name first, so that an existing folder is always complete; if two processes make it, one wins. */
async function once(folder: string, make: (folder: string) => Promise<void> | void): Promise<string> {
  if (existsSync(folder)) return folder;
  const half = `${folder}.${randomUUID()}`;
  await make(half);
  try {
    renameSync(half, folder);
  } catch {
    rmSync(half, { recursive: true, force: true });
  }
  return folder;
}

/** A folder with the tarballs. */
export async function packedPackages(): Promise<string> {
  const state = stateOfSources();
  mkdirSync(cache, { recursive: true });
  for (const name of readdirSync(cache).filter((name) => !name.includes(state)))
    rmSync(join(cache, name), { recursive: true, force: true });
  return once(join(cache, `${state}-tarballs`), packInto);
}

/** The environment of a stranger: nothing of the npm that runs the tests, and nothing that configures Convoy or Erlang. */
export function strangersEnvironment(): NodeJS.ProcessEnv {
  const foreign = /^(?:npm_|NODE_|INIT_CWD$|CONVOY_|RELEASE_|ERL_)/i;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !foreign.test(name)));
}

/** Runs npm to its end, without blocking the registry in this process. Fails with what it printed; returns that otherwise. */
export async function npm(
  folder: string,
  words: readonly string[],
  env: NodeJS.ProcessEnv = {},
): Promise<string> {
  const child = spawn('npm', words, {
    cwd: folder,
    env: { ...strangersEnvironment(), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = new ProcessOutput(child, `npm ${words.join(' ')}`);
  await output.closed;
  assert.equal(child.exitCode, 0, `npm ${words.join(' ')} failed:\n${output.text}`);
  return output.text;
}

/** A project that was empty and has installed every package by its name. */
export async function installedProject(): Promise<string> {
  const tarballs = await packedPackages();
  return once(tarballs.replace(/-tarballs$/, '-project'), async (folder) => {
    await using registry = await LocalRegistry.start(tarballs);
    mkdirSync(folder);
    writeFileSync(
      join(folder, 'package.json'),
      '{ "name": "stranger", "private": true, "type": "module" }\n',
    );
    const own = ['--no-audit', '--no-fund', '--ignore-scripts', `--registry=${registry.url}`];
    await npm(folder, ['install', ...own, `--cache=${join(folder, '.npm')}`, ...packageNames]);
    rmSync(join(folder, '.npm'), { recursive: true, force: true });
  });
}

/** Every door of every published package, as programs import it. */
export function publishedDoors(): string[] {
  return globSync('packages/*/package.json', { cwd: root }).flatMap((file) => {
    const manifest = JSON.parse(readFileSync(join(root, file), 'utf8')) as {
      name: string;
      private?: boolean;
      exports?: Record<string, unknown>;
    };
    const paths = manifest.private === true ? [] : Object.keys(manifest.exports ?? {});
    return paths.filter((path) => path !== './package.json').map((path) => join(manifest.name, path));
  });
}
