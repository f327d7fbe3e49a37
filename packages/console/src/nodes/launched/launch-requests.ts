/**
 * The requests by which the nodes of this console were launched, so that a node that has ended can be launched again with the
 * same variables. Their values may be secrets: they are kept in memory only, and no answer contains them.
 */

import { splitNodeName } from '@convoy/node/names';
import { ConsoleError } from '../../errors.ts';
import type { LaunchRequest } from '../../protocol/index.ts';

/** Launch requests by full node name. */
export class LaunchRequests {
  readonly #requests = new Map<string, LaunchRequest>();

  /** Keeps the request for a node. The next launch gets the same name. */
  keep(node: string, request: LaunchRequest): void {
    this.#requests.set(node, { ...request, name: splitNodeName(node).name });
  }

  /** Notes that a node has another full name than was planned. */
  rename(node: string, to: string): void {
    const request = this.#requests.get(node);
    if (request === undefined) return;
    this.#requests.delete(node);
    this.#requests.set(to, request);
  }

  /** Forgets the request for a node that was removed. */
  forget(node: string): void {
    this.#requests.delete(node);
  }

  /** The request for a node. Throws CONSOLE_LAUNCH_UNKNOWN for a node that an earlier console launched. */
  of(node: string): LaunchRequest {
    const request = this.#requests.get(node);
    if (request !== undefined) return request;
    throw new ConsoleError(
      'CONSOLE_LAUNCH_UNKNOWN',
      `the variables that ${node} was launched with are not known`,
      {
        remedy:
          'Delete the node, and launch it with the variables that it needs: an earlier console launched it.',
      },
    );
  }
}
