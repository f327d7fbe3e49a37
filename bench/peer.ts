/** The TypeScript side of the benches: the same echo, sink and client loops as convoy_bench.erl. */

import { type Node, Pid, tuple, Tuple, type Process, type Term } from '@convoy/node';
import { atom } from '@convoy/node';

/** A process that answers a bench: its pid, or its name at a node. */
export type Target = Pid | { readonly name: string; readonly node: string };

/** Registers `bench_echo` and `bench_sink`, and exposes `convoy_bench:identity/1`. */
export function installBenchPeer(node: Node): void {
  node.expose('convoy_bench', { identity: (value: Term) => value });
  node.spawnServer(
    {
      onMessage(self, message) {
        if (message instanceof Tuple && message.at(0) instanceof Pid)
          self.send(message.at(0) as Pid, tuple(atom('echo'), message.at(1)));
      },
    },
    { name: 'bench_echo' },
  );
  let count = 0;
  node.spawnServer(
    {
      onMessage(self, message) {
        const from = message instanceof Tuple && message.length === 2 ? message.at(1) : undefined;
        if (!(from instanceof Pid)) return void (count += 1);
        self.send(from, tuple(atom('synced'), count));
        count = 0;
      },
    },
    { name: 'bench_sink' },
  );
}

/** Runs `work` in a process of `node` and gives its result. */
export function inProcess<Result>(node: Node, work: (self: Process) => Promise<Result>): Promise<Result> {
  return new Promise((resolve, reject) => {
    node.spawn(async (self) => {
      await work(self).then(resolve, reject);
    });
  });
}

/** Microseconds to send `count` messages to a sink, until it says that it has them all. */
export function oneWay(node: Node, to: Target, count: number): Promise<number> {
  return inProcess(node, async (self) => {
    const small = new TextEncoder().encode('small');
    const label = atom('message');
    const started = performance.now();
    for (let n = count; n > 0; n -= 1) {
      self.send(to, tuple(label, n, small));
      // Lets the socket breathe, as a program that does anything else would.
      if (n % 5000 === 0) await new Promise(setImmediate);
    }
    self.send(to, tuple(atom('sync'), self.pid));
    await self.receive();
    return (performance.now() - started) * 1000;
  });
}

export interface EchoResult {
  readonly microseconds: number;
  /** Median round trip in nanoseconds, and the 99th percentile; only for a window of 1. */
  readonly median: number;
  readonly p99: number;
}

/** `count` echoes of `message` with `window` outstanding. */
export function echo(
  node: Node,
  to: Target,
  plan: { count: number; window: number; message: Term },
): Promise<EchoResult> {
  const { count, window, message } = plan;
  return inProcess(node, async (self) => {
    const request = tuple(self.pid, message);
    const times: number[] = [];
    const started = performance.now();
    for (let sent = 0; sent < Math.min(window, count); sent += 1) self.send(to, request);
    let last = performance.now();
    for (let received = 0; received < count; received += 1) {
      await self.receive();
      const now = performance.now();
      if (window === 1) times.push(now - last);
      last = now;
      if (received + window < count) self.send(to, request);
    }
    const microseconds = (performance.now() - started) * 1000;
    times.sort((a, b) => a - b);
    const [median = 0, p99 = 0] = [times[times.length >> 1], times[Math.floor(times.length * 0.99)]];
    return { microseconds, median: median * 1e6, p99: p99 * 1e6 };
  });
}

/** Microseconds for `count` remote calls, one after the other. */
export async function calls(node: Node, peer: string, count: number): Promise<number> {
  const started = performance.now();
  for (let n = 0; n < count; n += 1) await node.rpc(peer, 'convoy_bench', 'identity', [n]);
  return (performance.now() - started) * 1000;
}
