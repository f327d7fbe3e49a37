/** `convoy trace NODE FUNCTION`: prints who calls a function with what, what it returns and after how long, within bounds. */

import type { Command } from 'commander';
import type { TraceEndView, TraceEventView } from '@convoy/console/protocol';
import { CliError } from '../../errors.ts';
import { exitCodes } from '../../exit-codes.ts';
import { parseCount } from '../../options/config.ts';
import { addExamples, addReachOptions, guarded, nodeArgument } from '../../options/shared-options.ts';
import { note, print, printableLine } from '../../output.ts';
import { confirmOnProduction, type ConfirmFlags, yesOption } from '../../targets/clusters/confirm-change.ts';
import { traceNode } from '../../targets/tracing/trace-node.ts';
import type { TraceWork } from '../../targets/tracing/traceable-node.ts';
import type { ReachOptions } from '../../targets/visits/visitor.ts';
import { interruptSignal, noteInterruption } from '../../terminal/interrupt-signal.ts';
import { pidOf } from './pid-argument.ts';
import { endText, eventText } from './trace-text.ts';

interface TraceCommandOptions extends ReachOptions, ConfirmFlags {
  readonly max?: string;
  readonly for?: string;
  readonly pid?: readonly string[];
  readonly returns?: boolean;
}

const longestMs = 600_000;
/** The ends of a trace that has done what it was asked for. */
const goodEnds: ReadonlySet<TraceEndView['reason']> = new Set(['calls', 'time', 'stopped']);

async function runTrace(node: string, text: string, options: TraceCommandOptions): Promise<void> {
  const { function: name } = await targetOf(text);
  const work: TraceWork = {
    function: text,
    maxCalls: parseCount(options.max ?? '100', '--max', [1, 10_000]),
    maxMs: durationOf(options.for ?? '10s'),
    pids: options.pid?.map(pidOf),
    withReturns: options.returns ?? true,
  };
  await traceNode(node, options, async (found) => {
    await confirmOnProduction({ verb: 'Trace', what: `${text} on ${found.node}` }, found.cluster, options);
    const ending = interruptSignal();
    const isJson = options.json === true;
    const show = (event: TraceEventView): void =>
      print(isJson ? printableLine(event) : eventText(event, name));
    const onStarted = (arities: readonly number[]): void => note(startText(text, arities, work));
    const onEvents = (events: readonly TraceEventView[]): void => events.forEach(show);
    try {
      const end = await found.trace(work, { onStarted, onEvents }, ending);
      finish(end, isJson);
    } catch (error) {
      if (!ending.aborted) throw error;
    }
    noteInterruption(ending);
  });
}

function finish(end: TraceEndView, isJson: boolean): void {
  if (isJson) print(printableLine({ end }));
  note(`convoy: ${endText(end)}`);
  if (!goodEnds.has(end.reason)) process.exitCode = exitCodes.failed;
}

function startText(text: string, arities: readonly number[], { maxCalls, maxMs }: TraceWork): string {
  const which = text.includes('/') || arities.length < 2 ? '' : ` with ${arities.join(', ')} arguments`;
  const calls = maxCalls === 1 ? 'one call' : `${maxCalls} calls`;
  return `convoy: tracing ${text}${which}: at most ${calls}, for ${maxMs / 1000} s. Ctrl-C ends it.`;
}

/** What is traced, or CLI_BAD_OPTION. */
async function targetOf(text: string) {
  const { InspectError, parseTraceTarget } = await import('@convoy/cluster/inspect');
  try {
    return parseTraceTarget(text);
  } catch (error) {
    if (!(error instanceof InspectError)) throw error;
    throw new CliError('CLI_BAD_OPTION', error.message, { remedy: error.remedy });
  }
}

/** `10s`, `500ms`, `2m`; a number alone is seconds. Throws CLI_BAD_OPTION. */
export function durationOf(text: string): number {
  const [, number, unit = 's'] = /^(\d{1,9}(?:\.\d{1,6})?)(ms|s|m|min)?$/.exec(text) ?? [];
  const ms = Number(number) * (unit === 'ms' ? 1 : unit === 's' ? 1000 : 60_000);
  if (ms >= 100 && ms <= longestMs) return Math.round(ms);
  throw new CliError('CLI_BAD_OPTION', `--for ${text} is not a time from 100ms to 10m`, {
    remedy: 'Use a number and a unit, for instance 500ms, 10s or 2m.',
  });
}

export function configureTrace(command: Command): void {
  command
    .argument(...nodeArgument)
    .argument('<function>', 'shop_cart:add/2 or Shop.Cart.add/2; without the arity, all of that name')
    .option('--max <count>', 'end after so many calls, up to 10000 (else 100)')
    .option('--for <time>', 'end after this time, up to 10m (else 10s)')
    .option('--pid <pid...>', 'only calls by these processes (else by all)')
    .option('--no-returns', 'do not wait for what the calls return')
    .option(...yesOption);
  addReachOptions(command);
  addExamples(
    command,
    'convoy trace app@127.0.0.1 Shop.Cart.add/2',
    'convoy trace prod:app@10.0.0.5 shop_cart:add --max 10 --for 1m',
    "convoy trace app@127.0.0.1 lists:last/1 --pid '<0.85.0>' --json",
  );
  command.action((node: string, text: string, options: TraceCommandOptions) =>
    guarded({ json: options.json === true, isStream: true }, () => runTrace(node, text, options)),
  );
}
