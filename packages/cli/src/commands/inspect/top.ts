/** `convoy top NODE`: the overview of a node and the processes that work most, again and again on a terminal. */

import type { Command } from 'commander';
import { abortable, pause } from '@convoy/node/async';
import { oneOf, parseCount } from '../../options/config.ts';
import { addExamples, addReachOptions, guarded, nodeArgument } from '../../options/shared-options.ts';
import { isDumbTerminal, printResult } from '../../output.ts';
import { inspectNode } from '../../targets/inspecting/inspect-node.ts';
import {
  type Answer,
  type InspectedNode,
  remedyOf,
  valueOf,
} from '../../targets/inspecting/inspected-node.ts';
import type { ReachOptions } from '../../targets/visits/visitor.ts';
import { terminalWidth } from '../../terminal/fitted-table.ts';
import { interruptSignal, noteInterruption } from '../../terminal/interrupt-signal.ts';
import { createRepaint } from '../../terminal/repaint.ts';
import { costText, overviewText } from './overview-text.ts';
import { processTable } from './process-table.ts';

interface TopOptions extends ReachOptions {
  readonly once?: boolean;
  readonly interval?: string;
  readonly sort?: string;
  readonly limit?: string;
}

const sorts = ['reductions', 'memory', 'queue'] as const;

interface View {
  readonly sort: (typeof sorts)[number];
  readonly limit: number;
}

/** Both questions at once: the list of processes by reductions takes a second. */
async function ask(node: InspectedNode, view: View) {
  const [about, list] = await Promise.all([node.overview(), node.processes(view)]);
  return { about, list };
}

type Answers = Awaited<ReturnType<typeof ask>>;

async function runTop(name: string, options: TopOptions): Promise<void> {
  const sort = oneOf(options.sort ?? 'reductions', sorts, '--sort');
  const limit = parseCount(options.limit ?? '20', '--limit', [1, 500]);
  const intervalMs = parseCount(options.interval ?? '2', '--interval', [1, 3600]) * 1000;
  const isWatched = process.stdout.isTTY && !isDumbTerminal();
  const isOnce = options.once === true || options.json === true || !isWatched;
  await inspectNode(name, options, (node) =>
    isOnce ? printOnce(node, { sort, limit }, options) : repaintTop(node, { sort, limit }, intervalMs),
  );
}

async function printOnce(inspected: InspectedNode, view: View, options: TopOptions): Promise<void> {
  const { node } = inspected;
  const { about, list } = await ask(inspected, view);
  const overview = valueOf(about);
  // A TypeScript node has an overview and no list of processes.
  const processes = list.state === 'answered' ? list.value : { problem: list.problem };
  const costs = { overview: about.cost, processes: list.cost };
  printResult(options, { node, overview, processes, costs }, screen(node, view, { about, list }));
}

/** Shows the node until the command is interrupted. A question that is not answered is a line of the screen. */
async function repaintTop(inspected: InspectedNode, view: View, intervalMs: number): Promise<void> {
  const ending = interruptSignal();
  const repaint = createRepaint(process.stdout);
  try {
    while (!ending.aborted) {
      const answers = await abortable(ask(inspected, view), ending);
      repaint(screen(inspected.node, view, answers));
      // Without a console, the rest of the node is left to the command.
      await pause(Math.max(intervalMs, answers.list.cost.restMs ?? 0), ending);
    }
  } catch (error) {
    if (!noteInterruption(ending)) throw error;
  }
}

function screen(node: string, view: View, { about, list }: Answers): string {
  const width = terminalWidth(process.stdout);
  return [
    about.state === 'answered' ? overviewText(node, about.value) : `${node}\n${problemText(about)}`,
    costText([about.cost, list.cost]),
    '',
    list.state === 'answered' ? processTable(list.value, view.sort, width) : problemText(list),
  ].join('\n');
}

function problemText({ problem }: Extract<Answer<unknown>, { readonly state: 'unavailable' }>): string {
  return [problem.message, remedyOf(problem)].filter((part) => part !== undefined).join(' ');
}

export function configureTop(command: Command): void {
  command
    .argument(...nodeArgument)
    .option('--once', 'print it once, as without a terminal')
    .option('--interval <seconds>', 'how long to wait between two looks (else 2)')
    .option('--sort <order>', 'reductions per second, memory or queue (else reductions)')
    .option('--limit <count>', 'how many processes to list, up to 500 (else 20)');
  addReachOptions(command);
  addExamples(
    command,
    'convoy top app@127.0.0.1',
    'convoy top prod:app@10.0.0.5 --sort memory',
    'convoy top app@127.0.0.1 --once --json',
  );
  command.action((name: string, options: TopOptions) => guarded(options, () => runTop(name, options)));
}
