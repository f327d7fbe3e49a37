/** Connects to a member and prepares it as an entry. */

import type { Clock, Node } from '@convoy/node';
import type { Pid } from '@convoy/node/etf';
import { MembersError } from '../errors.ts';
import type { Connections } from './connections.ts';
import type { Entry } from './entry/entry.ts';
import { cannotEvaluate, EntryNode } from './entry/entry-node.ts';
import { LoneEntry } from './entry/lone-entry.ts';
import { infoCall } from './facts/identity.ts';
import { fieldOf, nodeNamesOf } from './facts/read-term.ts';

export interface DialEntryOptions {
  readonly node: Node;
  readonly connections: Connections;
  /** A process of ours: see `EntryNode.prepare`. */
  readonly owner: Pid;
  readonly clock: Clock;
  /** Whether to take it although it cannot ask others. */
  readonly isLone: boolean;
  readonly signal: AbortSignal;
  readonly answerMs: number;
  /** Maximum number of names from an unsuitable entry. */
  readonly maxPeers: number;
}

/** The connection is held, except after a failure. */
export type DialEntryOutcome =
  | { readonly kind: 'entry'; readonly entry: Entry }
  /** It is connected and cannot ask others, but names them. */
  | { readonly kind: 'unsuitable'; readonly peers: readonly string[]; readonly error: MembersError }
  | { readonly kind: 'failed'; readonly error: unknown };

/** Never rejects. */
export async function dialEntry(name: string, options: DialEntryOptions): Promise<DialEntryOutcome> {
  const { node, connections, owner, signal, isLone, clock } = options;
  try {
    await connections.hold(name, signal);
  } catch (error) {
    return { kind: 'failed', error };
  }
  if (isLone) return { kind: 'entry', entry: new LoneEntry(node, name, clock) };
  try {
    return { kind: 'entry', entry: await EntryNode.prepare(node, name, { owner, signal }) };
  } catch (error) {
    if (cannotEvaluate(error)) return unsuitable(name, options);
    connections.release(name);
    return { kind: 'failed', error };
  }
}

/** A TypeScript node cannot ask others for us, but it names them. */
async function unsuitable(
  name: string,
  { node, signal, answerMs, maxPeers }: DialEntryOptions,
): Promise<DialEntryOutcome> {
  const { module, function: functionName, args } = infoCall;
  const options = { timeoutMs: answerMs, signal };
  const info = await node.rpc(name, module, functionName, args, options).catch(() => undefined);
  const error = new MembersError('MEMBERS_NO_ANSWER', `${name} cannot ask other nodes for us`, {
    node: name,
    remedy: 'Use an Erlang or Elixir node as the entry.',
  });
  return { kind: 'unsuitable', peers: nodeNamesOf(fieldOf(info, 'peers'), maxPeers) ?? [], error };
}
