/**
 * Part of every TypeScript node of a Convoy cluster: the process `convoy_worker`, also called
 * `Convoy.ConvoyWorker`, which prints a line when it receives `ping`,
 * and the functions with which a console queries the node and manages its connections.
 *
 * | call                     | does                                                                        |
 * |--------------------------|-----------------------------------------------------------------------------|
 * | `convoy:info()`          | a map with atom keys: versions, uptime, memory, peers, see `NodeInfo`         |
 * | `convoy:connect(Node)`   | `true`, or fails with `{convoy_error, Code, Message}`                         |
 * | `convoy:disconnect(Node)`| whether there was a connection                                                |
 */

import type { Node } from '@convoy/node';
import { type Term, atom, atomName } from '@convoy/node/etf';

/** The registered name of the worker process. */
export const workerName = 'convoy_worker';

/** The worker as an Elixir module is called, for `send({Convoy.ConvoyWorker, node}, :ping)`. A process has one name, so it is a second one. */
const moduleWorkerName = 'Elixir.Convoy.ConvoyWorker';

/** Options of `installWorker`. */
export interface WorkerOptions {
  /** Called with the line that a `ping` prints, without the newline. Default: writes to standard output. */
  readonly print?: (line: string) => void;
  /** Reported as `versions.convoy`. Default '0.1.0'. */
  readonly version?: string | undefined;
}

/** The result of `convoy:info()`, in bytes and milliseconds. Strings are sent as binaries, `node` and `peers` as atoms. */
export interface NodeInfo {
  readonly node: string;
  readonly versions: { readonly convoy: string; readonly node: string };
  readonly uptime_ms: number;
  readonly memory: { readonly total: number; readonly heap_used: number };
  /** Time in which the event loop was busy, and in which it was not, since the node started. */
  readonly event_loop: { readonly active_ms: number; readonly idle_ms: number };
  /** Visible peers. */
  readonly peers: readonly string[];
  readonly os_pid: number;
}

/** Registers `convoy_worker` and `Convoy.ConvoyWorker`, and exposes `convoy`. Returns the function that undoes it. */
export function installWorker(node: Node, options: WorkerOptions = {}): () => void {
  const print = options.print ?? ((line: string) => void process.stdout.write(`${line}\n`));
  const worker = {
    onMessage(_self: unknown, message: Term) {
      if (atomName(message) === 'ping') print(`Received ping on node ${node.name}`);
    },
  };
  // `convoy_worker` comes last: it is what others look for.
  const pids = [moduleWorkerName, workerName].map((name) => node.spawnServer(worker, { name }));
  const hide = node.expose('convoy', {
    info: () => describe(node, options.version ?? '0.1.0'),
    connect: async (peer: Term) => {
      await node.connect(nameOf(peer));
      return true;
    },
    disconnect: (peer: Term) => node.disconnect(nameOf(peer)),
  });
  return () => {
    hide();
    for (const pid of pids) node.processes.exit(pid, atom('shutdown'));
  };
}

function describe(node: Node, version: string): Term {
  const memory = process.memoryUsage();
  const { active, idle } = performance.eventLoopUtilization();
  return {
    node: atom(node.name),
    versions: { convoy: version, node: process.versions.node },
    uptime_ms: Math.round(process.uptime() * 1000),
    memory: { total: memory.rss, heap_used: memory.heapUsed },
    event_loop: { active_ms: Math.round(active), idle_ms: Math.round(idle) },
    peers: node.list('visible').map((peer) => atom(peer)),
    os_pid: process.pid,
  };
}

function nameOf(peer: Term): string {
  const name = typeof peer === 'string' ? peer : atomName(peer);
  if (name === undefined) throw new TypeError("a node name must be an atom, e.g. 'app@127.0.0.1'");
  return name;
}
