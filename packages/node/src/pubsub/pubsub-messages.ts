/** The message of Phoenix.PubSub between nodes, and the names of its groups. Pure. */

import { atom, atomName, type Term, TermMap, Tuple, tuple } from '../etf/index.ts';

/** The scope that Phoenix.PubSub uses on every node. */
export const pubSubScope = 'Elixir.Phoenix.PubSub';
/** The dispatcher of `Phoenix.PubSub.broadcast/3`: subscribers get the message as it is. */
export const plainDispatcher = 'Elixir.Phoenix.PubSub';
/** The dispatcher of Phoenix channels: the message must be a `Phoenix.Socket.Broadcast`. */
export const channelDispatcher = 'Elixir.Phoenix.Channel.Server';

/** `{forward_to_local, Topic, Message, Dispatcher}`, read. */
export interface Forwarded {
  readonly topic: string;
  readonly message: Term;
  readonly dispatcher: string;
}

/** The longest topic that is accepted, in bytes. */
export const maxTopicBytes = 65_535;

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Reads a broadcast of another node; `undefined` for any other message, which Phoenix.PubSub ignores as well. */
export function parseForwarded(term: Term): Forwarded | undefined {
  if (!(term instanceof Tuple) || term.length !== 4 || atomName(term.at(0)) !== 'forward_to_local')
    return undefined;
  const topic = topicOf(term.at(1));
  const dispatcher = atomName(term.at(3));
  if (topic === undefined || dispatcher === undefined) return undefined;
  return { topic, message: term.at(2), dispatcher };
}

function topicOf(term: Term): string | undefined {
  if (typeof term === 'string') return term;
  if (!(term instanceof Uint8Array) || term.length > maxTopicBytes) return undefined;
  try {
    return utf8.decode(term);
  } catch {
    // No subscriber here has a topic that is not text.
    return undefined;
  }
}

export function forwardMessage({ topic, message, dispatcher }: Forwarded): Term {
  return tuple(atom('forward_to_local'), topic, message, atom(dispatcher));
}

/**
 * The names of the groups of a PubSub, which are those of its registered processes too: `Elixir.MyApp.PubSub.Adapter`, then
 * `..._2` and so on. `name` may be given as Elixir writes it, `MyApp.PubSub`.
 */
export function adapterGroups(name: string, poolSize: number): readonly string[] {
  const plain = name.startsWith('Elixir.') ? name.slice('Elixir.'.length) : name;
  const first = `Elixir.${plain}.Adapter`;
  return Array.from({ length: poolSize }, (_, index) => (index === 0 ? first : `${first}_${index + 1}`));
}

/** `%Phoenix.Socket.Broadcast{}`, the message of channels. */
export function socketBroadcast(topic: string, event: string, payload: Term): Term {
  return new TermMap([
    [atom('__struct__'), atom('Elixir.Phoenix.Socket.Broadcast')],
    [atom('topic'), topic],
    [atom('event'), event],
    [atom('payload'), payload],
  ]);
}
