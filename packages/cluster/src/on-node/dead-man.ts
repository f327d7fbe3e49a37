/**
 * The dead-man switch of a TypeScript node on another machine, the counterpart of the one Erlang and Elixir nodes boot
 * with: the process `convoy_deadman` is told `{owner, Pid}`, and the node ends when that process has been gone for a grace
 * period and nobody took its place. `keep` lets the node live on.
 */

import { type Clock, type Node, systemClock, type Timer } from '@convoy/node';
import { atom, atomName, Pid, type Reference, type Term, termKey, Tuple } from '@convoy/node/etf';

export interface DeadManOptions {
  /** How long the node lives without an owner, also in the beginning. */
  readonly graceMs: number;
  /** Called once when it is over. */
  readonly onExpired: () => void;
  readonly clock?: Clock;
}

/** Registers the switch. Returns what takes it away, so that the node lives on. */
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
        // The owner speaks for itself: a pid of a third node would have this one dial that.
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
    node.exit(pid, atom('shutdown'));
  };
}

function isAbout(message: Term, watched: Reference): boolean {
  return message instanceof Tuple && termKey(message.at(1)) === termKey(watched);
}
