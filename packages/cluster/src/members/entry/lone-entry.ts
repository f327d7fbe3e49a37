/**
 * A TypeScript node as the entry, in a cluster without Erlang nodes: it names its peers and cannot ask them for us, so that only it
 * itself is asked.
 */

import { type Clock, type Node, RemoteError } from '@convoy/node';
import type { Term } from '@convoy/node/etf';
import { MembersError } from '../../errors.ts';
import { infoCall } from '../facts/identity.ts';
import type { MemberCall } from '../facts/question.ts';
import { fieldOf, nodeNamesOf } from '../facts/read-term.ts';
import type { Entry, EntryList, GroupCall, ListenOptions, Outcome } from './entry.ts';

/** It does not tell when its connections change. */
const pollMs = 10_000;
const answerMs = 5000;

export class LoneEntry implements Entry {
  readonly name: string;
  readonly #node: Node;
  readonly #clock: Clock;
  #questions = 0;
  #last: string | undefined;
  #hash = 0;

  constructor(node: Node, name: string, clock: Clock) {
    this.name = name;
    this.#node = node;
    this.#clock = clock;
  }

  get questions(): number {
    return this.#questions;
  }

  async listen(hash: number, { waitMs, maxNames, signal }: ListenOptions): Promise<EntryList | undefined> {
    if (hash === this.#hash) await this.#pause(Math.min(waitMs, pollMs), signal);
    const info = await this.#call(infoCall, { timeoutMs: answerMs, signal }).catch((error: unknown) => {
      throw hasNoSuchFunction(error) ? namesNobody(this.name) : error;
    });
    const visible = nodeNamesOf(fieldOf(info, 'peers'), maxNames);
    if (visible === undefined) throw namesNobody(this.name);
    const text = visible.sort().join(' ');
    if (text !== this.#last) this.#hash += 1;
    this.#last = text;
    return hash === this.#hash ? undefined : { hash: this.#hash, visible, hidden: [], changed: [] };
  }

  async ask({ names, call, timeoutMs, signal }: GroupCall): Promise<Map<string, Outcome>> {
    const outcomes = names.map(async (name): Promise<readonly [string, Outcome]> => {
      if (name !== this.name) return [name, { kind: 'silent', why: 'absent' }];
      return [name, await this.#outcomeOf(call, { timeoutMs, signal })];
    });
    return new Map(await Promise.all(outcomes));
  }

  async #outcomeOf(call: MemberCall, options: CallOptions): Promise<Outcome> {
    try {
      return { kind: 'value', value: await this.#call(call, options) };
    } catch (error) {
      if (!(error instanceof RemoteError)) throw error;
      return hasNoSuchFunction(error) ? { kind: 'undefined' } : { kind: 'failed', text: error.message };
    }
  }

  #call(call: MemberCall, options: CallOptions): Promise<Term> {
    this.#questions += 1;
    return this.#node.rpc(this.name, call.module, call.function, call.args, options);
  }

  #pause(ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const onAbort = (): void => {
        timer.cancel();
        reject(signal.reason as Error);
      };
      const timer = this.#clock.after(ms, () => {
        signal.removeEventListener('abort', onAbort);
        resolve();
      });
      signal.addEventListener('abort', onAbort, { once: true });
      if (signal.aborted) onAbort();
    });
  }
}

interface CallOptions {
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

function hasNoSuchFunction(error: unknown): boolean {
  return error instanceof RemoteError && error.code === 'REMOTE_UNDEF';
}

function namesNobody(name: string): MembersError {
  return new MembersError(
    'MEMBERS_NO_ANSWER',
    `${name} cannot ask other nodes for us and does not name them`,
    {
      node: name,
      remedy: 'Use an Erlang or Elixir node as the entry.',
    },
  );
}
