/** `convoy logs [NODE...]`: prints the output of launched nodes, and follows it. */

import type { Command } from 'commander';
import type { LogLine } from '@convoy/console/protocol';
import { parseCount, withSettings } from '../../options/config.ts';
import { note, print, printableLine, printResult } from '../../output.ts';
import type { ConsoleClient } from '../../targets/console-client.ts';
import { findNode } from '../../targets/console-nodes.ts';
import { clientOf, type ConsoleOptions } from '../../targets/console-options.ts';
import { FollowedLogs } from '../../targets/followed-logs.ts';
import { followConsole } from '../../targets/live-console.ts';
import { addConsoleOptions, addExamples, guarded } from '../../options/shared-options.ts';

interface LogsOptions extends ConsoleOptions {
  readonly lines?: string;
  readonly follow?: boolean;
}

interface NodeLine extends LogLine {
  readonly node: string;
}

async function lastLines(ask: ConsoleClient, name: string, count: number): Promise<readonly LogLine[]> {
  return ask('GET /api/nodes/:name/logs', { params: { name }, query: { lines: String(count) } });
}

/** The ids of the nodes that are named, or of all that the console has launched. */
async function chooseNodes(ask: ConsoleClient, names: readonly string[]): Promise<string[]> {
  const views = await ask('GET /api/nodes');
  if (names.length > 0) return names.map((name) => findNode(views, name)?.id ?? name);
  return views.filter(({ origin }) => origin === 'launched').map(({ id }) => id);
}

/** Formats lines: with several nodes, each line starts with the name of its node. */
function formatterFor(isSeveral: boolean): (node: string, line: LogLine) => string {
  return isSeveral ? (node, { text }) => `${node} | ${text}` : (_, { text }) => text;
}

async function runLogs(names: readonly string[], flags: LogsOptions): Promise<void> {
  const options = await withSettings(flags, ['lines', 'dataDir']);
  const count = parseCount(options.lines ?? '100', '--lines', [0, 100_000]);
  const ask = await clientOf(options);
  const nodes = await chooseNodes(ask, names);
  const logs = await Promise.all(
    // Without lines to print, the last one still says where to go on.
    nodes.map(async (node) => ({ node, lines: await lastLines(ask, node, Math.max(count, 1)) })),
  );
  const format = formatterFor(names.length !== 1);
  if (options.follow === true) return followLogs(names.length === 0, { options, count, logs, format });
  const shown = logs.flatMap(({ node, lines }) => lastOf(lines, count).map((line) => ({ node, ...line })));
  const lines = inOrder(shown);
  const text = lines.map((line) => format(line.node, line)).join('\n');
  printResult(options, names.length === 1 ? lines.map(({ node: _node, ...line }) => line) : lines, text);
}

function lastOf(lines: readonly LogLine[], count: number): readonly LogLine[] {
  return count === 0 ? [] : lines.slice(-count);
}

function inOrder(lines: readonly NodeLine[]): NodeLine[] {
  return lines.toSorted((a, b) => a.at - b.at);
}

interface Followed {
  readonly options: LogsOptions;
  readonly count: number;
  readonly logs: readonly { readonly node: string; readonly lines: readonly LogLine[] }[];
  readonly format: (node: string, line: LogLine) => string;
}

/** Follows the logs until their nodes end; with `isOpen` also those of later nodes, until the console ends. */
async function followLogs(isOpen: boolean, { options, count, logs, format }: Followed): Promise<void> {
  const done = new AbortController();
  const printLine = (line: NodeLine): void =>
    print(options.json === true ? printableLine(line) : format(line.node, line));
  const shown = logs.flatMap(({ node, lines }) => lastOf(lines, count).map((line) => ({ node, ...line })));
  for (const line of inOrder(shown)) printLine(line);
  const followed = new FollowedLogs({
    from: new Map(logs.map(({ node, lines }) => [node, lines.at(-1)?.seq ?? 0])),
    isOpen,
    print: (node, lines) => lines.forEach((line) => printLine({ node, ...line })),
    onEnd: (sentence) => note(`convoy: ${sentence}`),
    onDone: (error) => done.abort(error),
  });
  await followConsole(options.dataDir, followed, done.signal);
}

export function configureLogs(command: Command): void {
  command
    .argument(
      '[node...]',
      'names as `convoy list` shows them, or the parts before the @ (else all launched nodes)',
    )
    .option('--lines <count>', 'how many of the last lines of each node (CONVOY_LINES, else 100)')
    .option('-f, --follow', 'print new lines as they come, until the nodes or the console end');
  addConsoleOptions(command);
  addExamples(
    command,
    'convoy logs ts-1@127.0.0.1 --lines 20',
    'convoy logs worker --follow',
    'convoy logs --follow --json',
  );
  command.action((names: string[], options: LogsOptions) =>
    guarded({ json: options.json === true, isStream: options.follow }, () => runLogs(names, options)),
  );
}
