/**
 * An Erlang or Elixir node as the entry: asks it about itself and the others. The programs are parsed on the entry once for each
 * connection; what it returns is sent back to it alone.
 */

import { type Node, RemoteError } from '@convoy/node';
import { atom, atomName, type Pid, type Term, Tuple, tuple } from '@convoy/node/etf';
import { MembersError } from '../../errors.ts';
import { countOf, nodeNamesOf } from '../facts/read-term.ts';
import type { Entry, EntryList, GroupCall, ListenOptions, Outcome } from './entry.ts';
import { askProgram, listenProgram } from './programs.ts';

/** Time for the answers to travel, beyond the time that the entry itself takes. */
const travelMs = 10_000;
const prepareTimeoutMs = 10_000;
const maxReasonLength = 400;

export class EntryNode implements Entry {
  readonly name: string;
  readonly #node: Node;
  readonly #owner: Pid;
  readonly #programs: { readonly listen: Term; readonly ask: Term };
  #questions = 0;

  private constructor(
    node: Node,
    parts: { name: string; owner: Pid; programs: { readonly listen: Term; readonly ask: Term } },
  ) {
    this.name = parts.name;
    this.#node = node;
    this.#owner = parts.owner;
    this.#programs = parts.programs;
  }

  /**
   * Prepares a connected node. `owner` is a process of ours: when it ends, so does what runs on the entry for it. Rejects with
   * `RemoteError` REMOTE_UNDEF if it is not an Erlang node.
   */
  static async prepare(
    node: Node,
    name: string,
    { owner, signal }: { readonly owner: Pid; readonly signal: AbortSignal },
  ): Promise<EntryNode> {
    const parse = async (source: string): Promise<Term> => {
      const options = { timeoutMs: prepareTimeoutMs, signal };
      const characters = Array.from(source, (character) => character.codePointAt(0) ?? 0);
      const tokens = second(await node.rpc(name, 'erl_scan', 'string', [characters], options));
      const forms = second(await node.rpc(name, 'erl_parse', 'parse_exprs', [tokens], options));
      return Array.isArray(forms) ? (forms as readonly Term[])[0] : undefined;
    };
    const [listen, ask] = await Promise.all([parse(listenProgram), parse(askProgram)]);
    return new EntryNode(node, { name, owner, programs: { listen, ask } });
  }

  get questions(): number {
    return this.#questions;
  }

  async listen(hash: number, { waitMs, maxNames, signal }: ListenOptions): Promise<EntryList | undefined> {
    const bindings = { Known: hash, Max: maxNames, Owner: this.#owner, Wait: waitMs };
    const answer = await this.#evaluate(this.#programs.listen, bindings, {
      timeoutMs: waitMs + travelMs,
      signal,
    });
    if (atomName(answer) === 'same') return undefined;
    const [next, visible, hidden, changed] = answer instanceof Tuple ? answer.elements : [];
    const list = {
      hash: countOf(next),
      visible: nodeNamesOf(visible, maxNames),
      hidden: nodeNamesOf(hidden, maxNames),
      changed: nodeNamesOf(changed, maxNames),
    };
    if (isWhole(list)) return list;
    throw unusable(this.name, 'its connections');
  }

  async ask({ names, call, timeoutMs, maxBytes, compare, signal }: GroupCall): Promise<Map<string, Outcome>> {
    const bindings = {
      Args: [...call.args],
      Compare: compare ?? false,
      Function: atom(call.function),
      Max: maxBytes,
      Module: atom(call.module),
      Nodes: names.map((name) => atom(name)),
      Timeout: timeoutMs,
    };
    const options = { timeoutMs: timeoutMs + travelMs, signal };
    const answer = await this.#evaluate(this.#programs.ask, bindings, options);
    if (!Array.isArray(answer)) throw unusable(this.name, 'the answers of the members');
    const asked = new Set(names);
    const outcomes = new Map<string, Outcome>();
    for (const pair of (answer as readonly Term[]).slice(0, names.length)) {
      const name = pair instanceof Tuple ? atomName(pair.at(0)) : undefined;
      if (name !== undefined && asked.has(name)) outcomes.set(name, outcomeOf((pair as Tuple).at(1)));
    }
    return outcomes;
  }

  async #evaluate(
    program: Term,
    bindings: Readonly<Record<string, Term>>,
    options: { readonly timeoutMs: number; readonly signal?: AbortSignal | undefined },
  ): Promise<Term> {
    this.#questions += 1;
    // An orddict: sorted by name.
    const bound = Object.keys(bindings)
      .sort()
      .map((name) => tuple(atom(name), bindings[name]));
    const none = atom('none');
    // With `value` the bindings do not travel back.
    return this.#node.rpc(
      this.name,
      'erl_eval',
      'expr',
      [program, bound, none, none, atom('value')],
      options,
    );
  }
}

/** Whether the entry cannot evaluate Erlang: a TypeScript node, for instance. */
export function cannotEvaluate(error: unknown): boolean {
  return error instanceof RemoteError && error.code === 'REMOTE_UNDEF';
}

function outcomeOf(term: Term): Outcome {
  const why = atomName(term);
  if (why === 'undef') return { kind: 'undefined' };
  if (why !== undefined) return { kind: 'silent', why: /^[a-z_]{1,40}$/.test(why) ? why : 'no answer' };
  const [tag, value] = term instanceof Tuple ? term.elements : [];
  return atomName(tag) === 'ok' ? { kind: 'value', value } : { kind: 'failed', text: reasonOf(value) };
}

function reasonOf(term: Term): string {
  if (!(term instanceof Uint8Array)) return 'an unknown reason';
  return new TextDecoder().decode(term.subarray(0, maxReasonLength)).replaceAll(/[^\x20-\x7e]/g, '?');
}

/** The second element of `{ok, Value, ...}`. */
function second(term: Term): Term {
  return term instanceof Tuple ? term.at(1) : undefined;
}

function isWhole(list: { readonly [Key in keyof EntryList]: EntryList[Key] | undefined }): list is EntryList {
  return Object.values(list).every((value) => value !== undefined);
}

function unusable(entry: string, what: string): MembersError {
  return new MembersError('MEMBERS_NO_ANSWER', `${entry} gave no usable answer about ${what}`, {
    node: entry,
    remedy: 'Use another member as the entry.',
  });
}
