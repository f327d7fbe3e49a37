/** The `ip` command, and whether this machine can create network namespaces with it. */

import { execFile, spawnSync } from 'node:child_process';
import { readdir, rm } from 'node:fs/promises';
import { promisify } from 'node:util';
import { randomBytes } from 'node:crypto';
import { childEnvironment, isAlive } from '@convoy/cluster';

const run = promisify(execFile);
/** The names of our namespaces contain the id of this process, so that those of dead processes can be recognised. */
const prefix = 'convoy-sim';
/** The kernel makes and removes namespaces one at a time, so a busy machine takes seconds; no command takes this long. */
const timeoutMs = 30_000;

/** Runs `ip`. Rejects with its error output. */
export async function ip(...words: readonly string[]): Promise<void> {
  await run('ip', [...words], { env: childEnvironment(), timeout: timeoutMs });
}

/** Why this machine cannot create network namespaces, as one sentence; `undefined` when it can. */
export function missingNamespaces(): string | undefined {
  if (process.platform !== 'linux') return 'network namespaces need Linux';
  if (process.getuid?.() !== 0) return 'network namespaces need root';
  const env = childEnvironment();
  if (spawnSync('ip', ['-V'], { env, timeout: timeoutMs }).status !== 0) return 'iproute2 is not installed';
  const name = namespaceName();
  const made = spawnSync('ip', ['netns', 'add', name], { env, encoding: 'utf8', timeout: timeoutMs });
  if (made.error !== undefined) return `"ip netns add" failed: ${made.error.message}`;
  if (made.status !== 0) return `this machine cannot create network namespaces: ${made.stderr.trim()}`;
  spawnSync('ip', ['netns', 'del', name], { env, timeout: timeoutMs });
  return undefined;
}

export function namespaceName(): string {
  return `${prefix}-${process.pid}-${randomBytes(4).toString('hex')}`;
}

/** Folder of the files that `ip netns exec` puts in place of those in `/etc`. */
export function etcFolder(namespace: string): string {
  return `/etc/netns/${namespace}`;
}

/** Removes the namespaces of simulators that were killed. */
export async function sweepNamespaces(): Promise<void> {
  const names = new Set([...(await list('/run/netns')), ...(await list('/etc/netns'))]);
  const isLeft = (name: string): boolean => {
    const [, pid] = new RegExp(`^${prefix}-(\\d+)-[0-9a-f]{8}$`).exec(name) ?? [];
    return pid !== undefined && !isAlive(Number(pid));
  };
  await Promise.all([...names].filter(isLeft).map((name) => removeNamespace(name)));
}

/** Removes a namespace with everything in it, except processes. */
export async function removeNamespace(name: string): Promise<void> {
  await rm(etcFolder(name), { recursive: true, force: true });
  await ip('netns', 'del', name).catch(() => undefined);
}

async function list(folder: string): Promise<string[]> {
  return readdir(folder).catch(() => []);
}
