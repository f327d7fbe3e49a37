/**
 * The process of a kept node. It runs in a session of its own, so that neither the terminal nor the end of this process ends
 * it, and its output goes to a file in its folder. A shell starts it, waits for it and records its exit status, which the
 * next process that adopts the node reads: only a parent learns the status of its child.
 */

import { type ChildProcess, spawn } from 'node:child_process';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import type { Node } from '@convoy/node';
import { waitFor } from '@convoy/node/async';
import type { LocalCommand } from '../../launch/child-process.ts';
import type { NodeLog } from '../../launch/node-log.ts';
import { type NodeWatch, type ProcessExit, parseExit, watchNode } from '../../launch/node-watch.ts';
import type { NodeExit } from '../../launch/provider.ts';
import { FileFollower } from './file-follower.ts';
import {
  identityOf,
  isSameProcess,
  type KeptIdentity,
  logFile,
  readExit,
  writeIdentity,
} from './kept-folder.ts';

const lastLines = 20;
const endPollMs = 50;
/** How much of an older log is read. */
const adoptedBytes = 1024 * 1024;
/** The shell records the exit status a moment after the node has ended. */
const statusMs = 500;

/** The follower empties the log when it has so many bytes. It reads it at once, so that nothing is lost. */
const emptyAfterBytes = 16 * 1024 * 1024;

/**
 * Runs the node as a child of this shell. The child reports its process id on descriptor 3, then becomes the node. While no console
 * follows the log, the shell empties it when it has twice as many bytes, and what it had is lost.
 */
const runAndRecordExit = `folder=$1; shift
(trap 'kill "$nap" 2>/dev/null; exit 0' TERM
while kill -0 $$ 2>/dev/null && [ -d "$folder" ]; do
  sleep 60 & nap=$!
  wait "$nap"
  [ "$(wc -c < "$folder/log")" -gt ${2 * emptyAfterBytes} ] && : > "$folder/log"
done) </dev/null >/dev/null 2>&1 3>&- &
watch=$!
/bin/sh -c 'echo $$ > "$0/pid"; echo $$ >&3; exec "$@" 3>&-' "$folder" "$@"
code=$?
kill "$watch" 2>/dev/null
[ -d "$folder" ] && echo "$code" > "$folder/exit"
exit "$code"`;

/** Where a kept node runs, and where what it prints goes. */
export interface KeptPlace {
  /** Full name. */
  readonly name: string;
  readonly folder: string;
  readonly log: NodeLog;
  /** Our node, which notices that the connection to the kept one ends. */
  readonly node: Node;
}

/** A kept node that runs. */
export class KeptProcess {
  /** Resolves, never rejects, when the node has ended, or when it is stopped. Never resolves once it is left. */
  readonly exited: Promise<NodeExit>;
  readonly #place: KeptPlace;
  readonly #identity: KeptIdentity;
  readonly #follower: FileFollower | undefined;
  readonly #watch: NodeWatch;
  #isStopping = false;
  #isLeft = false;

  /** Starts the command. Rejects when the program cannot be run. */
  static async start(command: LocalCommand, place: KeptPlace): Promise<KeptProcess> {
    const { name, folder, log } = place;
    const { pid, ended } = await runInShell(command, folder);
    const identity = identityOf(name, pid) ?? { name, pid, startedAt: '' };
    try {
      await writeIdentity(folder, identity);
      const follower = await FileFollower.follow(join(folder, logFile), { log, emptyAfter: emptyAfterBytes });
      return new KeptProcess(place, { identity, follower, ended });
    } catch (error) {
      signalProcess(identity, 'SIGKILL');
      throw error;
    }
  }

  /** Takes over a node that has proved who it is. `pid` is the process id that it reported. */
  static async adopt(pid: number, place: KeptPlace): Promise<KeptProcess> {
    const { name, folder, log } = place;
    const follower = await FileFollower.follow(join(folder, logFile), {
      log,
      lastBytes: adoptedBytes,
      emptyAfter: emptyAfterBytes,
    }).catch((error: unknown) => {
      log.note(`cannot follow the output of the node: ${(error as Error).message}`);
      return undefined;
    });
    const identity = identityOf(name, pid) ?? { name, pid, startedAt: '' };
    return new KeptProcess(place, { identity, follower });
  }

  private constructor(
    place: KeptPlace,
    parts: {
      readonly identity: KeptIdentity;
      readonly follower: FileFollower | undefined;
      readonly ended?: Promise<ProcessExit>;
    },
  ) {
    this.#place = place;
    this.#identity = parts.identity;
    this.#follower = parts.follower;
    const { node, name, log } = place;
    const lastOutput = async (): Promise<readonly string[]> => {
      await this.#follower?.flush();
      return log.tail(lastLines);
    };
    this.#watch = watchNode({ node, name, exitOf: () => this.#exit(), lastOutput });
    const { promise, resolve } = Promise.withResolvers<NodeExit>();
    this.exited = promise;
    const settle = (exit: NodeExit): void => {
      if (!this.#isLeft) resolve(exit);
    };
    void this.#watch.exited.then(settle);
    void parts.ended?.then(async (exit) => {
      // Only its shell has ended; the watch will notice when the node does.
      if (isSameProcess(this.#identity)) return;
      settle({ ...exit, expected: this.#isStopping, lastOutput: await lastOutput() });
    });
  }

  get osPid(): number {
    return this.#identity.pid;
  }

  /** Stops the node: SIGTERM, then SIGKILL after `graceMs`. Resolves when it has ended. */
  async stop(graceMs: number): Promise<void> {
    this.#isStopping = true;
    this.#watch.end();
    signalProcess(this.#identity, 'SIGTERM');
    const hasEnded = (): boolean => !isSameProcess(this.#identity);
    try {
      await waitFor(AbortSignal.timeout(graceMs), hasEnded, { everyMs: endPollMs });
    } catch {
      signalProcess(this.#identity, 'SIGKILL');
      await waitFor(undefined, hasEnded, { everyMs: endPollMs });
    }
    await this.#follower?.flush();
    await this.#follower?.close();
  }

  /** Stops watching the node and following its output; it lives on. Idempotent. */
  leave(): void {
    this.#isLeft = true;
    this.#watch.end();
    void this.#follower?.close();
  }

  async #exit(): Promise<ProcessExit | undefined> {
    if (isSameProcess(this.#identity)) return undefined;
    const { folder } = this.#place;
    const hasStatus = async (): Promise<ProcessExit | false> => {
      const exit = await readExit(folder);
      return exit.reason === undefined && exit;
    };
    return waitFor(AbortSignal.timeout(statusMs), hasStatus, { everyMs: endPollMs }).catch(() =>
      readExit(folder),
    );
  }
}

/** Starts the shell and, in it, the node. Its output is appended to the log in the folder. */
async function runInShell(
  { file, args, env }: LocalCommand,
  folder: string,
): Promise<{ readonly pid: number; readonly ended: Promise<ProcessExit> }> {
  const output = await open(join(folder, logFile), 'a', 0o600);
  try {
    const child = spawn('/bin/sh', ['-c', runAndRecordExit, 'convoy-node', folder, file, ...args], {
      env,
      detached: true,
      stdio: ['ignore', output.fd, output.fd, 'pipe'],
    });
    const ended = new Promise<ProcessExit>((resolve) => {
      child.once('exit', (code, signal) =>
        resolve(signal === null ? parseExit(String(code)) : { signal, isDeliberate: false }),
      );
    });
    await new Promise<void>((resolve, reject) => {
      child.once('spawn', resolve);
      child.once('error', reject);
    });
    // This process may end while the node runs.
    child.unref();
    return { pid: await reportedPid(child), ended };
  } finally {
    await output.close();
  }
}

/** Never signals another process that has the same id by now. */
function signalProcess(identity: KeptIdentity, signal: NodeJS.Signals): void {
  if (!isSameProcess(identity)) return;
  try {
    process.kill(identity.pid, signal);
  } catch {
    // It has just ended.
  }
}

/** The process id that the child reports before it becomes the node. */
async function reportedPid(child: ChildProcess): Promise<number> {
  const pipe = child.stdio[3] as Readable;
  let text = '';
  try {
    for await (const chunk of pipe) {
      text += String(chunk);
      if (text.includes('\n')) break;
    }
  } finally {
    pipe.destroy();
  }
  const pid = Number(text.trim());
  if (Number.isSafeInteger(pid) && pid > 1) return pid;
  throw new Error('its shell did not report its process id');
}
