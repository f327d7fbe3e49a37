/** Reads the options of a strategy from text or configuration file values, and tracks which were read. Pure. */

import { DiscoveryError } from './discovery-error.ts';

export class OptionReader {
  readonly #strategy: string;
  readonly #options: Readonly<Record<string, unknown>>;
  readonly #read = new Set<string>();

  constructor(strategy: string, options: Readonly<Record<string, unknown>>) {
    this.#strategy = strategy;
    this.#options = options;
  }

  /** Text options; missing ones are left out. */
  texts<Name extends string>(...names: readonly Name[]): { [Key in Name]?: string } {
    return Object.fromEntries(
      names.flatMap((name) => {
        const value = this.#take(name);
        if (value === undefined) return [];
        if (typeof value !== 'string' || value === '') throw this.#bad(name, value, 'text');
        return [[name, value]];
      }),
    ) as { [Key in Name]?: string };
  }

  /** Integer options; missing ones are left out. */
  numbers<Name extends string>(...names: readonly Name[]): { [Key in Name]?: number } {
    return Object.fromEntries(
      names.flatMap((name) => {
        const value = this.#number(name);
        return value === undefined ? [] : [[name, value]];
      }),
    ) as { [Key in Name]?: number };
  }

  /** Options in milliseconds, renamed to their keys in code. */
  times<Key extends string>(names: Readonly<Record<string, Key>>): { [Name in Key]?: number } {
    return Object.fromEntries(
      Object.entries(names).flatMap(([name, key]) => {
        const value = this.#number(name);
        return value === undefined ? [] : [[key, value]];
      }),
    ) as { [Name in Key]?: number };
  }

  /** A list option: `a+b`, or an array. */
  list(name: string): string[] | undefined {
    const value = this.#take(name);
    if (value === undefined) return undefined;
    if (typeof value === 'string') return value.split('+').filter((part) => part !== '');
    if (Array.isArray(value) && value.every((part) => typeof part === 'string')) return value;
    throw this.#bad(name, value, 'a list: a+b');
  }

  choices<const Choice extends string>(name: string, choices: readonly Choice[]): Choice[] | undefined {
    return this.list(name)?.map((text) => {
      const found = choices.find((choice) => choice === text);
      if (found === undefined) throw this.#bad(name, text, `one of ${choices.join(', ')}`);
      return found;
    });
  }

  flag(name: string): boolean | undefined {
    const value = this.#take(name);
    if (value === undefined || typeof value === 'boolean') return value;
    if (value === 'true' || value === 'false') return value === 'true';
    throw this.#bad(name, value, 'true or false');
  }

  /** An option of pairs: `version=2+region=ams`, or an object. */
  pairs(name: string): Record<string, string> | undefined {
    const value = this.#options[name];
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      this.#read.add(name);
      const pairs = Object.entries(value as Record<string, unknown>);
      return Object.fromEntries(pairs.map(([key, one]) => [key, String(one)]));
    }
    const parts = this.list(name);
    return parts && Object.fromEntries(parts.map((part) => this.#pair(name, part)));
  }

  /** Throws DISCOVERY_BAD_OPTION when there are options that were not read. */
  end(): void {
    const unknown = Object.keys(this.#options).find((name) => !this.#read.has(name));
    if (unknown === undefined) return;
    const message = `${this.#strategy}: unknown option ${JSON.stringify(unknown)}`;
    throw new DiscoveryError('DISCOVERY_BAD_OPTION', message, {
      remedy: `Use one of ${[...this.#read].toSorted().join(', ')}.`,
    });
  }

  #take(name: string): unknown {
    this.#read.add(name);
    return Object.hasOwn(this.#options, name) ? this.#options[name] : undefined;
  }

  #number(name: string): number | undefined {
    const value = this.#take(name);
    if (value === undefined) return undefined;
    const number = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value;
    if (typeof number !== 'number' || !Number.isSafeInteger(number))
      throw this.#bad(name, value, 'an integer');
    return number;
  }

  #pair(name: string, part: string): [string, string] {
    const at = part.indexOf('=');
    if (at < 1) throw this.#bad(name, part, 'name=value');
    return [part.slice(0, at), part.slice(at + 1)];
  }

  #bad(name: string, value: unknown, wanted: string): DiscoveryError {
    const shown = JSON.stringify(value) ?? 'nothing';
    return new DiscoveryError(
      'DISCOVERY_BAD_OPTION',
      `${this.#strategy}: ${name} is ${shown.slice(0, 100)}, which is not ${wanted}`,
      { value, remedy: `Set ${name} to ${wanted}.` },
    );
  }
}
