/** `convoy logs [NODE...]`: prints the logs of nodes, and follows them. */

import type { Command } from 'commander';
import type { LogLine, NodeView } from '@convoy/console/protocol';
import { parseCount, withSettings } from '../../options/config.ts';
import { CliError } from '../../errors.ts';
import { note, print, printableLine, printResult, showsColours } from '../../output.ts';
import type { ConsoleClient } from '../../targets/console-client.ts';
import { findNode } from '../../targets/console-nodes.ts';
import { clientOf, type ConsoleOptions } from '../../targets/console-options.ts';
import { FollowedLogs } from '../../targets/logs/followed-logs.ts';
import { type LogFilter, type LogFilterFlags, logFilterOf } from '../../targets/logs/log-filter.ts';
import { logText } from '../../targets/logs/log-text.ts';
import { storedLines } from '../../targets/logs/stored-lines.ts';
import { followConsole } from '../../targets/live-console.ts';
import { addConsoleOptions, addExamples, guarded } from '../../options/shared-options.ts';

interface LogsOptions extends ConsoleOptions, LogFilterFlags {
  readonly lines?: string;
  readonly follow?: boolean;
}

interface NodeLine extends LogLine {
  readonly node: string;
}

/** The log of a node, as far as it is stored. */
interface StoredLog {
  readonly node: string;
  readonly lines: readonly LogLine[];
  /** Number of its last line, also of one that is not printed. */
  readonly lastSeq: number;
}

/** A node that was named, or that the console has launched. */
interface ChosenNode {
  readonly id: string;
  readonly view: NodeView | undefined;
}

const defaultLines = '100';
/** With `--since`, every line from then on, up to this many. */
const linesSince = '10000';

async function chooseNodes(ask: ConsoleClient, names: readonly string[]): Promise<ChosenNode[]> {
  const views = await ask('GET /api/nodes');
  if (names.length === 0) {
    return views.filter(({ origin }) => origin === 'launched').map((view) => ({ id: view.id, view }));
  }
  return names.map((name) => {
    const view = findNode(views, name);
    return { id: view?.id ?? name, view };
  });
}

/** As with the live socket: the output of launched nodes, unless something else was asked for. */
async function readLog(
  ask: ConsoleClient,
  { id, view }: ChosenNode,
  { filter, count }: { readonly filter: LogFilter; readonly count: number },
): Promise<StoredLog> {
  const source = filter.source ?? (view?.origin === 'launched' ? 'output' : undefined);
  const stored = await storedLines(ask, { name: id, count, query: { ...filter.query, source } });
  return { node: id, ...stored };
}

async function runLogs(names: readonly string[], flags: LogsOptions): Promise<void> {
  const options = await withSettings(flags, ['lines', 'dataDir']);
  const filter = logFilterOf(options, Date.now());
  const lines = options.lines ?? (options.since === undefined ? defaultLines : linesSince);
  const count = parseCount(lines, '--lines', [0, 100_000]);
  if (options.follow === true && options.until !== undefined) refuseUntil();
  const ask = await clientOf(options);
  const nodes = await chooseNodes(ask, names);
  const logs = await Promise.all(nodes.map((node) => readLog(ask, node, { filter, count })));
  if (options.follow === true) return followLogs(logs, { options, filter, names });
  const shown = inOrder(logs);
  const isOne = names.length === 1;
  const text = shown.map((line) => textOf(line, !isOne)).join('\n');
  printResult(options, isOne ? shown.map(({ node: _node, ...line }) => line) : shown, text);
  if (options.json === true) return;
  if (shown.length === 0) hintAtFollowing(nodes);
  if (options.level !== undefined && nodes.some(({ view }) => view?.origin === 'launched'))
    note(withoutLevel);
}

/** A report that a node prints has several lines, and only the first states its level. */
const withoutLevel = 'convoy: lines that state no level are left out by --level.';

function refuseUntil(): never {
  throw new CliError('CLI_BAD_OPTION', '--until and --follow do not go together', {
    remedy: 'Leave --follow out to see what is stored, or --until to see what comes.',
  });
}

/** The logger of a node is followed only while somebody asks for it. */
function hintAtFollowing(nodes: readonly ChosenNode[]): void {
  const other = nodes.find(({ view }) => view !== undefined && view.origin !== 'launched');
  if (other === undefined) return;
  note(`The console has no lines of ${other.id}: add --follow to follow its logger.`);
}

function textOf(line: NodeLine, isSeveral: boolean): string {
  return logText(line.node, line, { isSeveral, hasColours: showsColours(process.stdout) });
}

function inOrder(logs: readonly StoredLog[]): NodeLine[] {
  return logs
    .flatMap(({ node, lines }) => lines.map((line) => ({ node, ...line })))
    .toSorted((a, b) => a.at - b.at);
}

interface Following {
  readonly options: LogsOptions;
  readonly filter: LogFilter;
  readonly names: readonly string[];
}

/** Follows the logs until their nodes end; without names also those of later nodes, until the console ends. */
async function followLogs(logs: readonly StoredLog[], { options, filter, names }: Following): Promise<void> {
  const done = new AbortController();
  let isSaid = options.level === undefined || options.json === true;
  const leaveOut = ({ level }: LogLine): void => {
    if (isSaid || level !== undefined) return;
    isSaid = true;
    note(withoutLevel);
  };
  const printLine = (line: NodeLine): void =>
    print(options.json === true ? printableLine(line) : textOf(line, names.length !== 1));
  for (const line of inOrder(logs)) printLine(line);
  const followed = new FollowedLogs({
    from: new Map(logs.map(({ node, lastSeq }) => [node, lastSeq])),
    isOpen: names.length === 0,
    source: filter.source,
    print: (node, lines) => {
      for (const line of lines)
        if (filter.passes(line)) printLine({ node, ...line });
        else leaveOut(line);
    },
    onNote: (sentence) => note(`convoy: ${sentence}`),
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
    .option('-f, --follow', 'print new lines as they come, until the nodes or the console end')
    .option(
      '--source <source>',
      'output of launched nodes, events of the logger of Erlang and Elixir nodes, or all, where an event that a node also prints stands twice: output, logger, all (else output, or logger where there is none)',
    )
    .option(
      '--level <level>',
      'only lines of this level or a more severe one: debug, info, notice, warning, error, ...; lines that state no level are left out',
    )
    .option(
      '--match <expression>',
      'only lines that match this regular expression; (?i) at its start ignores case',
    )
    .option('--since <time>', 'only lines from this time on: 14:02, 10m (ago), 2h, or 2026-12-01T10:00:00Z')
    .option('--until <time>', 'only lines before this time, written in the same way');
  addConsoleOptions(command);
  addExamples(
    command,
    'convoy logs ts-1@127.0.0.1 --lines 20',
    'convoy logs worker --follow',
    'convoy logs --follow prod:app@10.0.0.5 prod:app@10.0.0.6 --level warning',
    'convoy logs worker --since 10m --match "timeout|refused"',
    'convoy logs worker --since 14:01 --until 14:04 --level error',
    'convoy logs --follow --json',
  );
  command.action((names: string[], options: LogsOptions) =>
    guarded({ json: options.json === true, isStream: options.follow }, () => runLogs(names, options)),
  );
}
