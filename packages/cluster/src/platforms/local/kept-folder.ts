/**
 * The folder of a kept node: what the node and its shell write there, and how a later process tells whether the node still runs.
 *
 * | file      | written by      | content                                                    |
 * |-----------|-----------------|------------------------------------------------------------|
 * | `log`     | the node        | its output                                                 |
 * | `pid`     | its shell       | its process id, for people                                 |
 * | `exit`    | its shell       | its exit status, as a shell reports it                     |
 * | `process` | the provider    | its name, its process id, and when the process started     |
 *
 * Its name starts with that of the node and ends in random digits, so that no other launch uses it, whatever was forgotten.
 */

import { randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { splitNodeName } from '@convoy/node/names';
import type { ProcessExit } from '../../launch/node-watch.ts';
import { parseExit } from '../../launch/node-watch.ts';
import { isRunning, startOfProcess } from '../../process-identity.ts';

/** The process of a node. */
export interface KeptIdentity {
  /** Full name of the node. */
  readonly name: string;
  readonly pid: number;
  /** When the process started, by which it is told from a later one with the same id. */
  readonly startedAt: string;
}

/** The file that its output goes to. */
export const logFile = 'log';
const exitFile = 'exit';
const processFile = 'process';

/** Ids of kept nodes: no other folder has such a name, and none of them leads out of its parent. */
const idForm = /^[A-Za-z][\w-]{0,39}-[0-9a-f]{8}$/;

/** Name of the folder for a new node. */
export function newKeptId(node: string): string {
  return `${splitNodeName(node).name.slice(0, 40)}-${randomBytes(4).toString('hex')}`;
}

/** Writes down which process the node is. */
export async function writeIdentity(folder: string, { name, pid, startedAt }: KeptIdentity): Promise<void> {
  await writeFile(join(folder, processFile), JSON.stringify({ name, pid, startedAt }), { mode: 0o600 });
}

/** Which process the node of this folder is; `undefined` when that was not written, or cannot be read. */
export async function readIdentity(folder: string): Promise<KeptIdentity | undefined> {
  try {
    const value: unknown = JSON.parse(await readFile(join(folder, processFile), 'utf8'));
    if (typeof value !== 'object' || value === null) return undefined;
    const { name, pid, startedAt } = value as Record<string, unknown>;
    if (typeof name !== 'string' || typeof pid !== 'number' || typeof startedAt !== 'string')
      return undefined;
    return { name, pid, startedAt };
  } catch {
    return undefined;
  }
}

/** The process with this id as the one of a node; `undefined` if it has ended. */
export function identityOf(name: string, pid: number): KeptIdentity | undefined {
  const startedAt = startOfProcess(pid);
  return startedAt === undefined ? undefined : { name, pid, startedAt };
}

/** Whether the process is still the one that was written down. */
export function isSameProcess({ pid, startedAt }: KeptIdentity): boolean {
  return isRunning(pid, startedAt);
}

/** How the node of this folder exited, as far as its shell has written it. */
export async function readExit(folder: string): Promise<ProcessExit> {
  try {
    return parseExit((await readFile(join(folder, exitFile), 'utf8')).trim());
  } catch {
    return { isDeliberate: false, reason: 'its exit status is not known' };
  }
}

/** Names of the kept nodes whose processes run, whether or not they are remembered. */
export async function runningNames(parent: string): Promise<string[]> {
  const known = await Promise.all((await keptIds(parent)).map((id) => readIdentity(join(parent, id))));
  return known
    .filter((one) => one !== undefined)
    .filter(isSameProcess)
    .map(({ name }) => name);
}

/**
 * Creates the folder of all nodes, and removes from it what nodes that have ended left behind. Keeps the folders of kept nodes
 * that run, and of those that `isKnown` says are remembered.
 */
export async function clearNodesFolder(parent: string, isKnown: (id: string) => boolean): Promise<void> {
  await mkdir(parent, { recursive: true, mode: 0o700 });
  const kept = new Set(await keptIds(parent));
  for (const name of await readdir(parent)) {
    if (kept.has(name) && (isKnown(name) || (await isRunningIn(join(parent, name))))) continue;
    await rm(join(parent, name), { recursive: true, force: true });
  }
}

async function isRunningIn(folder: string): Promise<boolean> {
  const identity = await readIdentity(folder);
  return identity !== undefined && isSameProcess(identity);
}

async function keptIds(parent: string): Promise<string[]> {
  return (await readdir(parent).catch(() => [])).filter((name) => idForm.test(name));
}
