/**
 * The dead-man switch of a TypeScript node on another machine, the counterpart of the one in the boot program of Erlang and
 * Elixir nodes: the process `convoy_deadman` receives `{owner, Pid}`, and the node exits when that process has been gone for
 * a grace period without a new owner. `keep` lets the node live on.
 */

import { type Clock, type Node, systemClock, type Timer } from '@convoy/node';
import { atom, atomName, Pid, type Reference, type Term, termKey, Tuple } from '@convoy/node/etf';

/** Options of `installDeadMan`. */
export interface DeadManOptions {
  /** How long the node lives without an owner, also at the start, in milliseconds. */
  readonly graceMs: number;
  /** Called once when the grace period has expired. */
  readonly onExpired: () => void;
  readonly clock?: Clock;
}

/** Registers the switch. Returns the function that removes it, so that the node lives on. */
export function installDeadMan(node: Node, options: DeadManOptions): () => void {
  const { graceMs, onExpired, clock = systemClock } = options;
  let timer: Timer | undefined = clock.after(graceMs, onExpired);
  let watched: Reference | undefined;
  const release = (): void => {
    timer?.cancel();
    timer = undefined;
  };
  const pid = node.spawnServer(
    {
      onMessage(self, message) {
        const [kind, subject] = message instanceof Tuple ? message.elements : [message];
        const name = atomName(kind);
        // Only the owner may name itself: a pid of a third node would make this node dial that one.
        if (name === 'owner' && subject instanceof Pid && subject.node === self.peer) {
          release();
          if (watched !== undefined) self.demonitor(watched, { flush: true });
          watched = self.monitor(subject);
        } else if (name === 'keep') {
          release();
          if (watched !== undefined) self.demonitor(watched, { flush: true });
          watched = undefined;
        } else if (name === 'DOWN' && watched !== undefined && isAbout(message, watched)) {
          watched = undefined;
          timer = clock.after(graceMs, onExpired);
        }
      },
    },
    { name: 'convoy_deadman' },
  );
  return () => {
    release();
    node.processes.exit(pid, atom('shutdown'));
  };
}

function isAbout(message: Term, watched: Reference): boolean {
  return message instanceof Tuple && termKey(message.at(1)) === termKey(watched);
}
