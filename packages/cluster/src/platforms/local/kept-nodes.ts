/**
 * The kept nodes of this computer: where each has its folder, what is remembered of it, and how it is found again. A node is
 * remembered before it is told to live on, so that none lives on without being remembered.
 */

import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Node } from '@convoy/node';
import { isAlive } from '../../is-alive.ts';
import type { LocalCommand } from '../../launch/child-process.ts';
import type { NodeLog } from '../../launch/node-log.ts';
import { keepNode, osPidOf } from '../../launch/node-ownership.ts';
import type { NodeMemory, RememberedNode } from '../../launch/remembered-node.ts';
import type { DeadMan } from '../../on-node/beam-boot.ts';
import { isSameProcess, newKeptId, readIdentity, runningNames } from './kept-folder.ts';
import { KeptProcess } from './kept-process.ts';

/** What kept nodes share with all nodes of this computer. */
export interface KeptNodesOptions {
  /** Folder for the nodes' own folders. */
  readonly folder: string;
  readonly node: Node;
  readonly memory?: NodeMemory | undefined;
}

/** Until a node is told to live on, it ends by itself after this time. */
const graceMs = 60_000;

export class KeptNodes {
  readonly deadMan: DeadMan = { kind: 'owner', graceMs };
  readonly #options: KeptNodesOptions;
  /** Names of their folders, by full node name. */
  readonly #ids = new Map<string, string>();

  constructor(options: KeptNodesOptions) {
    this.#options = options;
  }

  /** The folder of a node. */
  folderOf(node: string): string {
    const id = this.#ids.get(node) ?? newKeptId(node);
    this.#ids.set(node, id);
    return join(this.#options.folder, id);
  }

  /** Full names of those that run, also of those that are not remembered. */
  runningNames(): Promise<string[]> {
    return runningNames(this.#options.folder);
  }

  start(
    command: LocalCommand,
    place: { readonly name: string; readonly folder: string; readonly log: NodeLog },
  ): Promise<KeptProcess> {
    return KeptProcess.start(command, { ...place, node: this.#options.node });
  }

  /** Remembers a node that has answered, and then tells it to live on. */
  async settle(known: Omit<RememberedNode, 'id' | 'keep'>, signal: AbortSignal): Promise<void> {
    const { node, memory } = this.#options;
    const { name } = known;
    const id = this.#ids.get(name);
    if (id !== undefined) await memory?.add({ ...known, id, keep: true });
    await keepNode(node, name, signal);
  }

  /** Takes over a node that has answered with its link cookie. */
  async adopt(
    { id, name, kind }: RememberedNode,
    { log, signal }: { readonly log: NodeLog; readonly signal: AbortSignal },
  ): Promise<KeptProcess> {
    const { node, folder } = this.#options;
    this.#ids.set(name, id);
    await keepNode(node, name, signal);
    // Of the process id only the node itself is believed: what was remembered may be damaged, and its process is going to be
    // stopped by it.
    const pid = await osPidOf(node, { name, kind, signal });
    return KeptProcess.adopt(pid, { name, folder: join(folder, id), log, node });
  }

  /** Whether a remembered node still runs. Removes what is left of one that has ended, also from the memory. */
  async isRunning({ id, name, osPid }: RememberedNode): Promise<boolean> {
    const folder = join(this.#options.folder, id);
    const identity = await readIdentity(folder);
    const isItsOwn = identity?.name === name;
    if (isItsOwn ? isSameProcess(identity) : isAlive(osPid)) return true;
    // A folder in which another node runs stays.
    if (isItsOwn || identity === undefined || !isSameProcess(identity)) {
      await rm(folder, { recursive: true, force: true, maxRetries: 3 });
    }
    await this.#options.memory?.delete(name);
    return false;
  }

  /** Forgets a node that was stopped. */
  async forget(name: string): Promise<void> {
    this.#ids.delete(name);
    await this.#options.memory?.delete(name);
  }
}
