/** Monitors of the processes that own global names or hold locks: one per process, counted by use. */

import { atomName, type Pid, Reference, termKey, Tuple, type Term } from '../../etf/index.ts';
import type { NodeCore } from '../runtime/node-core.ts';

export class GlobalWatches {
  readonly #core: NodeCore;
  readonly #owner: Pid;
  readonly #watches = new Map<string, { readonly pid: Pid; readonly ref: Reference; uses: number }>();
  readonly #pidOfRef = new Map<string, Pid>();

  constructor(core: NodeCore, owner: Pid) {
    this.#core = core;
    this.#owner = owner;
  }

  watch(pid: Pid): void {
    const key = termKey(pid);
    const watch = this.#watches.get(key);
    if (watch !== undefined) {
      watch.uses += 1;
      return;
    }
    const ref = this.#core.processes.monitor(this.#owner, pid);
    this.#watches.set(key, { pid, ref, uses: 1 });
    this.#pidOfRef.set(termKey(ref), pid);
  }

  unwatch(pid: Pid): void {
    const key = termKey(pid);
    const watch = this.#watches.get(key);
    if (watch === undefined) return;
    watch.uses -= 1;
    if (watch.uses > 0) return;
    this.#watches.delete(key);
    this.#pidOfRef.delete(termKey(watch.ref));
    this.#core.processes.demonitor(this.#owner, watch.ref);
  }

  /** Handles a message. Returns the watched process that ended, if it is a DOWN message for one; that watch is over. */
  accept(message: Term): Pid | undefined {
    if (!(message instanceof Tuple) || message.length !== 5 || atomName(message.at(0)) !== 'DOWN')
      return undefined;
    const ref = message.at(1);
    if (!(ref instanceof Reference)) return undefined;
    const pid = this.#pidOfRef.get(termKey(ref));
    if (pid === undefined) return undefined;
    this.#pidOfRef.delete(termKey(ref));
    this.#watches.delete(termKey(pid));
    return pid;
  }
}
