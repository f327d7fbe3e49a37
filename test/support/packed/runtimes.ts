/**
 * What programs of strangers run on: the oldest and the newest Node.js that the packages support, Node.js that is too old, Bun and Deno; and the
 * version manager mise. Each comes from npm into a folder of its own beside the other peers (CONVOY_PEERS, else ~/.cache/convoy), when a test
 * first wants it.
 */

import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { peersFolder } from '../../../scripts/testing/peers.ts';

export interface Runtime {
  readonly name: string;
  /** The package of npm, and the program in it. */
  readonly source: string;
  readonly program: string;
  /** Words before the script. */
  readonly flags: readonly string[];
  /** Its tests skip without it, in CI too. */
  readonly isOptional?: true;
}

function node(version: string): Runtime {
  const source = `node-linux-${process.arch}`;
  const program = `node_modules/${source}/bin/node`;
  return { name: `Node.js ${version}`, source: `${source}@${version}`, program, flags: [] };
}

/** The oldest that `engines` allows, and the newest of npm; between them is the one that runs the tests. */
export const oldestNode: Runtime = node('22.18.0');
export const newestNode: Runtime = node('26.12.1');
export const outdatedNodes: readonly Runtime[] = ['8.17.0', '12.22.12', '18.20.8', '20.20.2', '22.12.0'].map(
  node,
);
export const bun: Runtime = {
  name: 'Bun',
  source: '@oven/bun-linux-x64@1.4.5',
  program: 'node_modules/@oven/bun-linux-x64/bin/bun',
  flags: [],
  isOptional: true,
};
export const deno: Runtime = {
  name: 'Deno',
  source: '@deno/linux-x64-glibc@2.9.6',
  program: 'node_modules/@deno/linux-x64-glibc/deno',
  flags: ['run', '--allow-all', '--quiet'],
  isOptional: true,
};

/** A program of 150 MB, so it is no dependency of ours. */
export const mise: Runtime = {
  name: 'mise',
  source: '@jdxcode/mise-linux-x64@2026.9.15',
  program: 'node_modules/@jdxcode/mise-linux-x64/bin/mise',
  flags: [],
  isOptional: true,
};

/** The npm that comes with the oldest Node.js, for a machine that has no other. */
export const npmOfOldestNode: Runtime = {
  name: 'npm 10.9.3',
  source: 'npm@10.9.3',
  program: 'node_modules/npm/bin/npm-cli.js',
  flags: [],
};

/** The one that runs this. */
export const ownNode: Runtime = {
  name: `Node.js ${process.versions.node}`,
  source: '',
  program: process.execPath,
  flags: [],
};

function folderOf({ source }: Runtime): string {
  const [, name = '', version = ''] = /(node-linux|bun|deno|mise|npm).*@(.+)$/.exec(source) ?? [];
  return join(peersFolder(), `${name.replace('-linux', '')}-${version}`);
}

/** Its program and the words before the script. */
export function commandOf(runtime: Runtime): readonly [program: string, ...flags: string[]] {
  const program = runtime.source === '' ? runtime.program : join(folderOf(runtime), runtime.program);
  return [program, ...runtime.flags];
}

/**
 * Why a test on it cannot run here, or `false`. Fetches it if it is not there yet. Throws where `CI` is set, because there a
 * missing one is a failure.
 */
export function missingRuntime(runtime: Runtime): string | false {
  if (runtime.source === '' || existsSync(commandOf(runtime)[0])) return false;
  const where = `${runtime.name} is not in ${folderOf(runtime)}, and npm cannot fetch ${runtime.source}`;
  if (isForUs(runtime) && fetchRuntime(runtime)) return false;
  if (process.env['CI'] && runtime.isOptional !== true)
    throw new Error(`a runtime is missing and CI is set: ${where}`);
  return where;
}

function isForUs({ source }: Runtime): boolean {
  const [, arch = process.arch] = /(x64|arm64)/.exec(source) ?? [];
  return process.platform === 'linux' && arch === process.arch;
}

function fetchRuntime(runtime: Runtime): boolean {
  const folder = folderOf(runtime);
  // Another test may fetch it at the same time: one of the two folders becomes the one.
  const half = `${folder}.${randomUUID()}`;
  mkdirSync(half, { recursive: true });
  writeFileSync(join(half, 'package.json'), '{ "private": true }\n');
  const words = [
    'install',
    '--no-save',
    '--no-audit',
    '--no-fund',
    '--ignore-scripts',
    '--force',
    '--fetch-retries=0',
    runtime.source,
  ];
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('npm_')));
  const { status } = spawnSync('npm', words, { cwd: half, env, stdio: 'ignore' });
  const program = join(half, runtime.program);
  if (status !== 0 || !existsSync(program)) {
    rmSync(half, { recursive: true, force: true });
    return existsSync(join(folder, runtime.program));
  }
  chmodSync(program, 0o755);
  try {
    renameSync(half, folder);
  } catch {
    rmSync(half, { recursive: true, force: true });
  }
  return true;
}
