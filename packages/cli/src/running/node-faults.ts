/**
 * Handles uncaught errors in `convoy node`. An error in one call, process or shell is logged and counted, and ends nothing
 * else. An error of the module or of the node itself closes the node and ends the process.
 */

import { AsyncLocalStorage } from 'node:async_hooks';
import type { Node, RunWork } from '@convoy/node';
import { exitCodes } from '../exit-codes.ts';
import { LineLimiter } from './node-log.ts';
import { ignoreLostOutput } from '../lost-output.ts';
import { note } from '../output.ts';

const closeGraceMs = 1500;

/** How long calls under way may take. */
const drainMs = 1000;

/** Tells apart whose work an uncaught error comes from. */
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
      // Node.js continues in the async context of the failed work; what runs next does not belong to it.
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
  // The command ends when the node has closed, with this code.
  process.exitCode = exitCodes.fault;
  setTimeout(exit, closeGraceMs);
  node.close({ timeoutMs: drainMs }).then(exit, exit);
}

function describe(fault: unknown): string {
  return fault instanceof Error ? (fault.stack ?? fault.message) : `it threw ${String(fault)}`;
}
