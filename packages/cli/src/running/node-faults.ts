/**
 * Handling of uncaught errors in `convoy node`: those of one call, process or shell are logged and counted and end nothing
 * else. One of the module's own, or of the node itself, closes the node and ends the process.
 */

import { AsyncLocalStorage } from 'node:async_hooks';
import type { Node, RunWork } from '@convoy/node';
import { exitCodes } from '../exit-codes.ts';
import { LineLimiter } from './node-log.ts';
import { ignoreLostOutput, note } from '../output.ts';

const closeGraceMs = 1500;

export class NodeFaults {
  readonly #work = new AsyncLocalStorage<string | undefined>();
  readonly #log = new LineLimiter(note);
  #count = 0;

  /** For `NodeOptions.runWork`. */
  readonly runWork: RunWork = (what, work) => this.#work.run(what, work);

  /** Handles the uncaught errors of this process from now on. */
  contain(node: Node): void {
    const take = (fault: unknown): void => {
      const what = this.#work.getStore();
      // Node goes on in the context of what failed; what runs next has nothing to do with it.
      this.#work.enterWith(undefined);
      if (what === undefined) endWith(node, fault);
      else this.#report(what, fault);
    };
    process.on('uncaughtException', take);
    process.on('unhandledRejection', take);
    ignoreLostOutput();
  }

  #report(what: string, fault: unknown): void {
    this.#count += 1;
    this.#log.write(`${what} failed (fault ${this.#count}): ${describe(fault)}`, performance.now());
  }
}

function endWith(node: Node, fault: unknown): void {
  note(`convoy: the node failed and is shutting down: ${describe(fault)}`);
  const exit = (): never => process.exit(exitCodes.fault);
  setTimeout(exit, closeGraceMs);
  node.close().then(exit, exit);
}

function describe(fault: unknown): string {
  return fault instanceof Error ? (fault.stack ?? fault.message) : `it threw ${String(fault)}`;
}
