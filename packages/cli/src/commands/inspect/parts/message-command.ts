/** What `convoy send` and `convoy call` have in common: a term for a process of each of some nodes, and answers side by side. */

import type { Command } from 'commander';
import { exitCodes } from '../../../exit-codes.ts';
import { oneOf } from '../../../options/config.ts';
import { addReachOptions } from '../../../options/shared-options.ts';
import { groupedText, type OutputOptions, printResult } from '../../../output.ts';
import {
  confirmOnProduction,
  type ConfirmFlags,
  yesOption,
} from '../../../targets/clusters/confirm-change.ts';
import { inspectNode } from '../../../targets/inspecting/inspect-node.ts';
import {
  type Answer,
  type InspectedNode,
  remedyOf,
  type Shown,
} from '../../../targets/inspecting/inspected-node.ts';
import type { SentMessage } from '../../../targets/inspecting/inspected-parts.ts';
import type { ReachOptions } from '../../../targets/visits/visitor.ts';

/** Options of both commands. */
export interface MessageOptions extends ReachOptions, ConfirmFlags {
  readonly syntax?: string;
}

/** What a node answered, by the name it has here. */
export interface SideBySide<Value> {
  readonly node: string;
  readonly answer: Answer<Value>;
}

/** What is sent where. */
export interface MessageTarget {
  readonly verb: 'Send' | 'Call';
  readonly to: string;
  readonly message: string;
  readonly nodes: readonly string[];
}

/** Asks each node, one after the other, after confirming it for those of production. */
export async function messageEach<Value>(
  { verb, to, message, nodes }: MessageTarget,
  options: MessageOptions,
  act: (inspected: InspectedNode, sent: SentMessage) => Promise<Answer<Value>>,
): Promise<SideBySide<Value>[]> {
  const syntax = oneOf(options.syntax ?? 'erlang', ['erlang', 'elixir', 'json'], '--syntax');
  const answers: SideBySide<Value>[] = [];
  for (const name of nodes) {
    const answered = await inspectNode(name, options, async (inspected) => {
      const { node, cluster } = inspected;
      const what = verb === 'Send' ? `to ${to} on ${node}` : `${to} on ${node}`;
      await confirmOnProduction({ verb, what }, cluster, options);
      return { node, answer: await act(inspected, { to, message, syntax }) };
    });
    answers.push(answered);
  }
  return answers;
}

/** Prints the answers; nodes with equal ones stand together. */
export function printSideBySide<Value>(
  options: OutputOptions,
  { to }: Pick<MessageTarget, 'to'>,
  {
    answers,
    shown,
  }: { readonly answers: readonly SideBySide<Value>[]; readonly shown: (value: Shown<Value>) => string },
): void {
  const isWhole = answers.every(({ answer }) => answer.state === 'answered');
  const documents = answers.map(({ node, answer }) => ({ node, ...answer }));
  printResult(options, { to, answers: documents }, sideBySideText(answers, shown));
  if (!isWhole) process.exitCode = exitCodes.failed;
}

/** The answers as text. */
export function sideBySideText<Value>(
  answers: readonly SideBySide<Value>[],
  shown: (value: Shown<Value>) => string,
): string {
  const texts = answers.map(({ node, answer }) => ({ node, text: answerText(answer, shown) }));
  return groupedText(texts);
}

function answerText<Value>(answer: Answer<Value>, shown: (value: Shown<Value>) => string): string {
  if (answer.state === 'answered') return shown(answer.value);
  const remedy = remedyOf(answer.problem);
  return [answer.problem.message, ...(remedy === undefined ? [] : [remedy])].join('\n');
}

/** Adds the arguments and options of both commands. */
export function addMessageOptions(command: Command): void {
  command
    .argument('<to>', 'a registered process, e.g. cache or Shop.Cart, or a pid such as <0.85.0>')
    .argument('<message>', 'a literal term; nothing in it is evaluated')
    .argument('<nodes...>', 'the nodes: name@host, or ids of `convoy list` such as prod:app@10.0.0.5')
    .option('--syntax <language>', 'language of the message: erlang, elixir or json (else erlang)')
    .option(...yesOption);
  addReachOptions(command);
}

/** The arguments that were given. */
export function messageArguments(command: Command): Omit<MessageTarget, 'verb'> {
  const [to = '', message = '', nodes = []] = command.processedArgs as [string?, string?, string[]?];
  return { to, message, nodes };
}
