/** Processes that are called by a name in a registry: `{global, Name}` and `{via, Module, Name}` of Erlang. */

import { CallError } from '../errors.ts';
import { inspect, type Pid, Reference, type Term } from '../etf/index.ts';
import { publishEvent } from '../events.ts';
import type { RemoteName } from '../process/router.ts';

/** Anything that finds processes by name: `node.global`, or a registry of your own. */
export interface NameRegistry {
  /** The process that has the name. */
  whereis(name: Term): Pid | RemoteName | undefined;
}

/** A process by its name in a registry. The name is looked up when a message is sent. */
export type ServerName = { readonly global: Term } | { readonly via: NameRegistry; readonly name: Term };

/** The names that one node knows. */
export class ServerNames {
  readonly #node: { readonly name: string; readonly hidden: boolean };
  readonly #global: NameRegistry;

  constructor(node: { readonly name: string; readonly hidden: boolean }, global: NameRegistry) {
    this.#node = node;
    this.#global = global;
  }

  /** The process to call. Throws `CallError` CALL_NOPROC for a name that nothing has. */
  find<Other extends object | string>(server: Other | ServerName): Other | Pid | RemoteName {
    if (!isServerName(server)) return server;
    const found = this.#lookUp(server);
    if (found !== undefined) return found;
    const target = describe(server);
    throw new CallError('CALL_NOPROC', `${target} cannot be called: no process has that name`, {
      target,
      remedy:
        'global' in server && this.#node.hidden
          ? 'Start this node without `hidden`: a hidden node does not know global names.'
          : 'Check the name, and that the process has registered it.',
    });
  }

  /** The process to send to; `undefined`, and an event, for a name that nothing has. */
  findReceiver<Other extends object | string>(
    server: Other | ServerName,
  ): Other | Pid | RemoteName | undefined {
    if (!isServerName(server)) return server;
    const found = this.#lookUp(server);
    if (found === undefined) this.#reportDropped();
    return found;
  }

  #lookUp(server: ServerName): Pid | RemoteName | undefined {
    return 'global' in server ? this.#global.whereis(server.global) : server.via.whereis(server.name);
  }

  #reportDropped(): void {
    publishEvent('convoy:message.dropped', () => ({
      node: this.#node.name,
      peer: undefined,
      reason: 'no-receiver',
      op: undefined,
      error: undefined,
    }));
  }
}

function isServerName(server: object | string): server is ServerName {
  return (
    typeof server === 'object' && !(server instanceof Reference) && ('global' in server || 'via' in server)
  );
}

function describe(server: ServerName): string {
  const [kind, name] = 'global' in server ? ['global', server.global] : ['registered', server.name];
  return `the ${kind} name ${inspect(name, { maxLength: 100 })}`;
}
