/** Process tables connected by wires that carry signals one by one, so that tests choose their order. */

import { systemClock } from '../../src/clock.ts';
import { Pid, Reference, type Term } from '../../src/etf/index.ts';
import { defaultLimits, type Limits } from '../../src/limits.ts';
import { ProcessTable } from '../../src/process/process-table.ts';
import type { Process } from '../../src/process/process.ts';
import type { RemoteName, Router, SentExit, Signal } from '../../src/process/router.ts';

type Delivery = (table: ProcessTable) => void;

/** A process that only keeps what it gets, and its handle. */
export interface Probe {
  readonly self: Process;
  readonly pid: Pid;
  readonly messages: Term[];
}

export class Wires {
  readonly #tables: Map<string, ProcessTable> = new Map();
  readonly #queues: Map<string, Delivery[]> = new Map();
  #creation = 10;

  table(node: string, limits: Partial<Limits> = {}): ProcessTable {
    const table = new ProcessTable({
      node,
      creation: this.#creation++,
      limits: { ...defaultLimits, ...limits },
      clock: systemClock,
      router: this.#routerOf(node),
      randomWord: () => 1,
    });
    this.#tables.set(node, table);
    return table;
  }

  /** Delivers one signal from a node to another, the oldest. `false` when there is none. */
  step(from: string, to: string): boolean {
    const delivery = this.#queues.get(`${from}>${to}`)?.shift();
    const table = this.#tables.get(to);
    if (delivery === undefined || table === undefined) return false;
    delivery(table);
    return true;
  }

  /** Delivers until nothing is under way. */
  flush(): void {
    for (let isBusy = true; isBusy;) {
      isBusy = false;
      for (const pair of this.#queues.keys()) {
        const [from = '', to = ''] = pair.split('>');
        while (this.step(from, to)) isBusy = true;
      }
    }
  }

  #routerOf(from: string): Router {
    const push = (to: string, delivery: Delivery): void => {
      const key = `${from}>${to}`;
      const queue = this.#queues.get(key);
      if (queue === undefined) this.#queues.set(key, [delivery]);
      else queue.push(delivery);
    };
    const sendMessage = (sender: Pid, to: Pid | RemoteName | Reference, message: Term): void => {
      const target = to instanceof Pid || to instanceof Reference ? to : to.name;
      push(to.node, (table) => table.deliverRemote(target, message, sender, from));
    };
    return {
      sendMessage,
      answerMessage: sendMessage,
      sendWhenWritable: async (_node, send) => send(),
      holdBack: () => undefined,
      release: () => undefined,
      sendPriority: (sender: Pid, to: Pid | RemoteName | Reference, message: Term) => {
        const target = to instanceof Pid || to instanceof Reference ? to : to.name;
        push(to.node, (table) => table.deliverPriority(target, message, sender, from));
      },
      sendExit: (sender: Pid, to: Pid | Reference, exit: SentExit) => {
        push(to.node, (table) => table.receiveExit(sender, to, exit));
      },
      sendSignal: (node: string, signal: Signal, reason?: Term) => {
        push(node, (table) => table.signals.receive(signal, reason, from));
      },
    };
  }
}

/** Starts a process that keeps its messages. */
export function startProbe(table: ProcessTable, options: { trapExit?: boolean; name?: string } = {}): Probe {
  const messages: Term[] = [];
  const pid = table.spawnServer(
    { onMessage: (_self, message) => void messages.push(message) },
    options.name === undefined ? {} : { name: options.name },
  );
  const self = table.get(pid);
  self.trapExit = options.trapExit ?? false;
  return { self, pid, messages };
}

/** Lets processes run: they do in microtasks. */
export async function settle(): Promise<void> {
  await new Promise<void>((resolve) => setImmediate(resolve));
}
