/** The names and aliases of the processes on one node. Pure tables. */

import type { Reference } from '../etf/index.ts';
import { NodeError } from '../errors.ts';
import { referenceKey } from './relations/identity.ts';
import type { LocalProcess } from './local-process.ts';
import type { AliasUse } from './relations/alias-use.ts';

/** Registered names: one process per name, one name per process, as in Erlang. */
export class NameRegistry {
  readonly #processes: Map<string, LocalProcess> = new Map();

  register(name: string, process: LocalProcess): void {
    if (name === '' || name === 'undefined' || name.length > 255) {
      throw new NodeError('PROCESS_BAD_NAME', `${JSON.stringify(name)} is not a valid process name`, {
        value: name,
        remedy: 'Use 1 to 255 characters other than "undefined".',
      });
    }
    if (this.#processes.has(name)) {
      throw new NodeError('PROCESS_NAME_TAKEN', `a process is already registered as ${name}`, {
        value: name,
        remedy: 'Unregister it first.',
      });
    }
    if (process.registeredName !== undefined) {
      const which = `${process.pid.toString()} is already registered as ${process.registeredName}`;
      throw new NodeError(
        'PROCESS_NAME_TAKEN',
        `${which} and cannot also be registered as ${name}: a process has one name`,
        { value: name, remedy: 'Unregister its present name first.' },
      );
    }
    this.#processes.set(name, process);
    process.registeredName = name;
  }
  unregister(name: string): boolean {
    const process = this.#processes.get(name);
    if (process === undefined) return false;
    process.registeredName = undefined;
    return this.#processes.delete(name);
  }
  find(name: string): LocalProcess | undefined {
    return this.#processes.get(name);
  }
  names(): string[] {
    return [...this.#processes.keys()].sort();
  }
}

export interface Alias extends AliasUse {
  readonly process: LocalProcess;
}

/** References that are aliases of processes. */
export class AliasRegistry {
  readonly #aliases: Map<string, Alias> = new Map();

  add(ref: Reference, alias: Alias): void {
    this.#aliases.set(referenceKey(ref), alias);
  }
  remove(ref: Reference): void {
    this.#aliases.delete(referenceKey(ref));
  }
  find(ref: Reference): Alias | undefined {
    return this.#aliases.get(referenceKey(ref));
  }
  /** The alias, if it was made for messages with priority. */
  findPriority(ref: Reference): Alias | undefined {
    const alias = this.find(ref);
    return alias?.isPriority === true ? alias : undefined;
  }
}
