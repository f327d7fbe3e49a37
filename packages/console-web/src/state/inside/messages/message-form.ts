/** What is sent or called, as the user has entered it, and the request that follows from it. Pure but for the signal. */

import type { MessageRequest, Problem } from '@convoy/console/protocol';
import { signal, type Signal } from '@preact/signals';

/** A message to a process, a call of a server, or a call of a function. */
export type MessageAct = 'send' | 'call' | 'rpc';

export const acts: readonly (readonly [MessageAct, string])[] = [
  ['call', 'Call a server'],
  ['send', 'Send a message'],
  ['rpc', 'Call a function'],
];

export type Syntax = MessageRequest['syntax'];

export const syntaxes: readonly (readonly [Syntax, string])[] = [
  ['erlang', 'Erlang'],
  ['elixir', 'Elixir'],
  ['json', 'JSON'],
];

export interface MessageForm {
  readonly act: MessageAct;
  readonly syntax: Syntax;
  /** The process, by its registered name or its pid. */
  readonly to: string;
  /** `shop_cart:total` or `Shop.Cart.total` */
  readonly function: string;
  /** The message, or the list of arguments. */
  readonly term: string;
  readonly timeoutMs: number;
}

export const messageForm: Signal<MessageForm> = signal({
  act: 'call',
  syntax: 'erlang',
  to: '',
  function: '',
  term: '',
  timeoutMs: 5000,
});

export function changeForm(change: Partial<MessageForm>): void {
  messageForm.value = { ...messageForm.value, ...change };
}

/** Examples of a term, which tell how each language writes the same. */
export const examples: Readonly<Record<Syntax, Readonly<Record<'message' | 'args', string>>>> = {
  erlang: { message: '{user, 7, <<"anna">>}', args: '[{user, 7}, #{page => 1}]' },
  elixir: { message: '{:user, 7, "anna"}', args: '[{:user, 7}, %{page: 1}]' },
  json: { message: '{"user": 7, "name": "anna"}', args: '[7, {"page": 1}]' },
};

/** A function as people write it: `lists:sum`, `Shop.Cart.total/1`, `:lists.sum`. The arity follows from the arguments. */
export function functionIn(text: string): { readonly module: string; readonly function: string } | undefined {
  const whole = text.trim().replace(/\/\d+$/, '');
  // An Erlang module comes before a colon; an Elixir function after the last dot, unless it is an operator.
  const [, module, name] = /^:?([^:]+):([^:]+)$/.exec(whole) ?? /^:?(.+)\.([^.]+)$/.exec(whole) ?? [];
  if (module === undefined || name === undefined) return undefined;
  return { module: unquoted(module), function: unquoted(name) };
}

function unquoted(name: string): string {
  return /^'.*'$/.test(name) ? name.slice(1, -1) : name;
}

/** What is missing before it can be sent to so many nodes; `undefined` if nothing is. */
export function missingIn(
  { act, to, function: name, term }: MessageForm,
  nodeCount: number,
): string | undefined {
  if (nodeCount === 0) return 'Choose a node.';
  if (act === 'rpc') return functionIn(name) === undefined ? 'Enter a module and a function.' : undefined;
  if (to.trim() === '') return 'Enter the process.';
  // The same numbers are another process on another node.
  if (nodeCount > 1 && /^<[\d.]+>$/.test(to.trim()))
    return 'A pid is of one node: enter a name, or choose one node.';
  return term.trim() === '' ? 'Enter the message.' : undefined;
}

/** What it is called in a sentence: `Shop.Cart.total`, `cache`. */
export function targetOf({ act, to, function: name }: MessageForm): string {
  return (act === 'rpc' ? name : to).trim();
}

/** What is known of a request that has failed. The console may have passed on what it could not answer. */
export function failureTitle({ code }: Pick<Problem, 'code'>): string {
  const isLost = /^(?:CONSOLE_UNREACHABLE|CONSOLE_WRONG_ANSWER|HTTP_5\d\d|PAGE_FAULT)$/.test(code);
  return isLost ? 'It may have been sent: the answer is lost' : 'Nothing was sent';
}
