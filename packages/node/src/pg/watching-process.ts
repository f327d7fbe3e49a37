/** A registered process that no peer can end, and that watches others: its monitors call functions. */

import { atom, atomName, type Pid, Reference, termKey, type Term, Tuple } from '../etf/index.ts';
import type { Process } from '../process/process.ts';
import type { PgHost } from './pg-host.ts';

export interface WatchingProcessOptions {
  /** The name it is registered under. */
  readonly name: string;
  /** Called for each message but those of its monitors. `peer` is the node that sent it. */
  readonly onMessage: (message: Term, peer: string) => void;
  /** Called once, when the process has ended. */
  readonly onEnd: () => void;
}

export class WatchingProcess {
  readonly pid: Pid;
  readonly #started: PromiseWithResolvers<void> = Promise.withResolvers();
  readonly #watches: Map<string, () => void> = new Map();
  #self: Process | undefined;
  #isAlive = true;

  /** Throws `NodeError` PROCESS_NAME_TAKEN. */
  constructor(host: PgHost, options: WatchingProcessOptions) {
    this.pid = host.spawnServer(
      {
        onMessage: (self, message) => {
          // The first message is usually the one sent below; any will do.
          this.#self = self;
          this.#started.resolve();
          if (!this.#takeDown(message)) options.onMessage(message, self.peer);
        },
        onTerminate: () => {
          this.#isAlive = false;
          this.#started.resolve();
          options.onEnd();
        },
      },
      { name: options.name, isSystem: true },
    );
    host.send(this.pid, atom('start'));
  }

  get isAlive(): boolean {
    return this.#isAlive;
  }

  /** Resolves once it can watch, or has ended. */
  get started(): Promise<void> {
    return this.#started.promise;
  }

  /** Calls `onDown` when a process ends or its node is lost. Returns a function that ends the watch. */
  watch(pid: Pid, onDown: () => void): () => void {
    if (this.#self === undefined || !this.#isAlive) return () => undefined;
    const ref = this.#self.monitor(pid);
    this.#watches.set(termKey(ref), onDown);
    return () => {
      if (this.#watches.delete(termKey(ref)) && this.#isAlive) this.#self?.demonitor(ref);
    };
  }

  stop(): void {
    if (!this.#isAlive) return;
    try {
      this.#self?.exit(atom('normal'));
    } catch {
      // `exit` never returns, so that the code of a process goes no further.
    }
  }

  /** Whether the message is the `{'DOWN', ...}` of a watch, which it ends. */
  #takeDown(message: Term): boolean {
    if (!(message instanceof Tuple) || message.length !== 5 || atomName(message.at(0)) !== 'DOWN')
      return false;
    const ref = message.at(1);
    if (!(ref instanceof Reference)) return false;
    const onDown = this.#watches.get(termKey(ref));
    if (onDown === undefined) return false;
    this.#watches.delete(termKey(ref));
    onDown();
    return true;
  }
}
