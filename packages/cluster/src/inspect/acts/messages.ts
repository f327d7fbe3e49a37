/** Messages and calls to several nodes at once: each gets the same term, and answers for itself. */

import { atom, type Term } from '@convoy/node/etf';
import { InspectError } from '../../errors.ts';
import { askCall, askNode, type InspectOptions, readAnswer } from '../asking/ask-node.ts';
import type { Asker } from '../asking/asker.ts';
import { nodeList, text, timeout } from '../asking/options.ts';
import { type NodeAnswer, onEach } from '../asking/several.ts';
import type { InspectAnswer, InspectProblem } from '../read/answer.ts';
import { isWord, pidTextOf } from '../read/read-term.ts';
import { callBody, rpcBody, sendBody } from './act-program.ts';
import { target } from './processes.ts';
import { readTold, type ShownValue, shownValue } from './read-acts.ts';
import { type ReadTerm, termOf, type TermSyntax } from './term-source.ts';

/** Options of `send`. `timeoutMs` is 5000 by default. */
export interface SendOptions extends InspectOptions {
  /** The process on each node: a registered name (`cache`, `Shop.Cart`), or its pid, `<0.85.0>`. */
  readonly to: string;
  /** A literal term, in the language of `syntax`. It is read, never evaluated. */
  readonly message: string;
  /**
   * The language of the term. Default `erlang`. In `json` strings are binaries, `null` is `nil`, and the keys of objects are atoms.
   * `elixir` needs a node that has Elixir, which reads it.
   */
  readonly syntax?: TermSyntax | undefined;
}

/** Options of `call`. `timeoutMs`, the time for the reply, is 5000 by default. */
export type CallOptions = SendOptions;

/** Options of `rpc`. `timeoutMs` is 5000 by default; what runs longer is ended there. */
export interface RpcOptions extends InspectOptions {
  /** `lists`, `Elixir.Enum` or `Enum`. */
  readonly module: string;
  readonly function: string;
  /** The list of its arguments, a literal in the language of `syntax`: `[1, [2, 3]]`. Default: no arguments. */
  readonly args?: string | undefined;
  /** See `send`. Default `erlang`. */
  readonly syntax?: TermSyntax | undefined;
}

/** Time for the frame to notice that a process has not replied. */
const graceMs = 1000;
const maxArguments = 255;

export async function sendEach(
  asker: Asker,
  names: readonly string[],
  options: SendOptions,
): Promise<NodeAnswer<string>[]> {
  const { to, signal } = options;
  const [nodes, Target] = [nodeList(names), target(to)];
  const timeoutMs = timeout(options.timeoutMs, 5000);
  const message = await messageOf(asker, nodes, options);
  return onEach<string>(nodes, async (node) => {
    if ('problem' in message) return without(message.problem);
    const bindings = { Message: message.term, Target };
    const answer = await askNode(asker, { node, body: sendBody, bindings, timeoutMs, signal });
    return readAnswer(answer, node, (value) =>
      isWord(value, 'gone') ? gone(to, node) : pidTextOf(value, node),
    );
  });
}

export async function callEach(
  asker: Asker,
  names: readonly string[],
  options: CallOptions,
): Promise<NodeAnswer<ShownValue>[]> {
  const { to, signal } = options;
  const [nodes, Target] = [nodeList(names), target(to)];
  const Patience = timeout(options.timeoutMs, 5000);
  const message = await messageOf(asker, nodes, options);
  return onEach<ShownValue>(nodes, async (node) => {
    if ('problem' in message) return without(message.problem);
    const bindings = { Message: message.term, Patience, Target };
    const timeoutMs = Patience + graceMs;
    const answer = await askNode(asker, { node, body: callBody, bindings, timeoutMs, signal });
    return readAnswer(answer, node, (value) => {
      if (isWord(value, 'gone')) return gone(to, node);
      if (isWord(value, 'slow')) return unanswered({ to, node, timeoutMs: Patience });
      return readTold(value, { what: `A call of ${to}`, node });
    });
  });
}

export async function rpcEach(
  asker: Asker,
  names: readonly string[],
  options: RpcOptions,
): Promise<NodeAnswer<ShownValue>[]> {
  const { args = '[]', signal, syntax } = options;
  const nodes = nodeList(names);
  const module = moduleName(text('module', options.module, 255));
  const functionName = text('function', options.function, 255);
  const timeoutMs = timeout(options.timeoutMs, 5000);
  const source = { option: 'args', value: args, syntax };
  const read = argumentsOf(await termOf(asker, nodes, { source, signal }));
  return onEach<ShownValue>(nodes, async (node) => {
    if ('problem' in read) return without(read.problem);
    const call = { module, function: functionName, args: read.args };
    return rpcOn(asker, node, { call, timeoutMs, signal });
  });
}

async function rpcOn(
  asker: Asker,
  node: string,
  {
    call,
    timeoutMs,
    signal,
  }: {
    readonly call: { readonly module: string; readonly function: string; readonly args: readonly Term[] };
    readonly timeoutMs: number;
    readonly signal: AbortSignal | undefined;
  },
): Promise<InspectAnswer<ShownValue>> {
  const bindings = { Arguments: [...call.args], Function: atom(call.function), Module: atom(call.module) };
  const answer = await askNode(asker, { node, body: rpcBody, bindings, timeoutMs, signal });
  if (answer.state === 'unavailable' && answer.problem.kind === 'unsupported') {
    // It does not evaluate Erlang, so nothing has been called yet: it may be a TypeScript node, which has functions too.
    const plain = await askCall(asker, { node, call, timeoutMs, signal });
    const cost = { ...plain.cost, questions: 2 };
    return { ...readAnswer(plain, node, shownValue), cost };
  }
  const what = `${call.module}:${call.function}/${call.args.length}`;
  return readAnswer(answer, node, (value) => readTold(value, { what, node }));
}

async function messageOf(
  asker: Asker,
  nodes: readonly string[],
  { message, syntax, signal }: SendOptions,
): Promise<ReadTerm> {
  return termOf(asker, nodes, { source: { option: 'message', value: message, syntax }, signal });
}

function argumentsOf(
  read: ReadTerm,
): { readonly args: readonly Term[] } | { readonly problem: InspectProblem } {
  if ('problem' in read) return read;
  const { term } = read;
  if (Array.isArray(term) && term.length <= maxArguments) return { args: term as readonly Term[] };
  throw new InspectError('INSPECT_BAD_OPTION', `args is not a list of at most ${maxArguments} arguments`, {
    remedy: 'Write the arguments as a list, for instance [1, 2].',
  });
}

/** `Enum` is `Elixir.Enum`: modules of Erlang begin with a small letter. */
function moduleName(name: string): string {
  return /^\p{Lu}/u.test(name) && !name.startsWith('Elixir.') ? `Elixir.${name}` : name;
}

function gone(to: string, node: string): InspectProblem {
  return { kind: 'gone', message: `${node} has no process ${to}.` };
}

function unanswered({
  to,
  node,
  timeoutMs,
}: {
  to: string;
  node: string;
  timeoutMs: number;
}): InspectProblem {
  return {
    kind: 'slow',
    message: `${to} on ${node} did not reply within ${timeoutMs / 1000} s. The request is still in its queue.`,
    remedy: 'Raise `timeoutMs`, or look at what the process is doing.',
  };
}

function without(problem: InspectProblem): InspectAnswer<never> {
  return { state: 'unavailable', problem, cost: { questions: 0 } };
}
