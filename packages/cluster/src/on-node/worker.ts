/**
 * What every TypeScript node of a Convoy cluster has: the process `convoy_worker`, which answers `ping` with a printed
 * line, and the functions by which a console asks the node about itself and tells it whom to be connected to.
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

export interface WorkerOptions {
  /** Gets the line that a `ping` prints, without its end. Default: standard output. */
  readonly print?: (line: string) => void;
  /** Told as `versions.convoy`. Default '0.1.0'. */
  readonly version?: string | undefined;
}

/** What `convoy:info()` answers. Strings travel as binaries, `node` and `peers` as atoms; bytes and milliseconds. */
export interface NodeInfo {
  readonly node: string;
  readonly versions: { readonly convoy: string; readonly node: string };
  readonly uptime_ms: number;
  readonly memory: { readonly total: number; readonly heap_used: number };
  /** Visible peers. */
  readonly peers: readonly string[];
  readonly os_pid: number;
}

/** Registers `convoy_worker` and exposes `convoy`. Returns what undoes both. */
export function installWorker(node: Node, options: WorkerOptions = {}): () => void {
  const print = options.print ?? ((line: string) => void process.stdout.write(`${line}\n`));
  const pid = node.spawnServer(
    {
      onMessage(_self, message) {
        if (atomName(message) === 'ping') print(`Received ping on node ${node.name}`);
      },
    },
    { name: workerName },
  );
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
    node.exit(pid, atom('shutdown'));
  };
}

function describe(node: Node, version: string): Term {
  const memory = process.memoryUsage();
  return {
    node: atom(node.name),
    versions: { convoy: version, node: process.versions.node },
    uptime_ms: Math.round(process.uptime() * 1000),
    memory: { total: memory.rss, heap_used: memory.heapUsed },
    peers: node.list('visible').map((peer) => atom(peer)),
    os_pid: process.pid,
  };
}

function nameOf(peer: Term): string {
  const name = typeof peer === 'string' ? peer : atomName(peer);
  if (name === undefined) throw new TypeError("a node name is an atom, e.g. 'app@127.0.0.1'");
  return name;
}
