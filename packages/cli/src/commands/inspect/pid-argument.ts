/** Processes as arguments of commands: by their registered name, or by their pid as its node prints it or without the brackets. */

import type { ProcessDetailsView } from '@convoy/console/protocol';
import { CliError } from '../../errors.ts';
import { type InspectedNode, valueOf } from '../../targets/inspecting/inspected-node.ts';
import { calledText } from './process-table.ts';

/** Name and description of the argument, for commander. */
export const processArgument = [
  '<process>',
  "its registered name, or its pid as the node prints it, in quotes: '<0.85.0>', or without the brackets: 0.85.0",
] as const;

/** As many names as a node is asked for at once. */
const mostNames = 1000;

/** The pid in brackets. Throws CLI_BAD_OPTION. */
export function pidOf(text: string): string {
  const [, digits] = /^<?(0\.\d{1,10}\.\d{1,10})>?$/.exec(text) ?? [];
  if (digits !== undefined) return `<${digits}>`;
  throw new CliError('CLI_BAD_OPTION', `${text.slice(0, 40)} is not a pid of a node`, {
    value: text.slice(0, 40),
    remedy: 'Write it as `convoy ps NODE` shows it, in quotes or without the brackets: 0.85.0.',
  });
}

/** A process as it was called. */
export type CalledProcess = { readonly pid: string } | { readonly name: string };

/** Reads the argument, before anybody is asked. Throws CLI_BAD_OPTION. */
export function processOf(text: string): CalledProcess {
  // Names do not begin like that, and a pid of another node is not one of this node.
  return /^[<\d]/.test(text) ? { pid: pidOf(text) } : { name: text };
}

/** Its pid. Rejects with CLI_NO_ANSWER if no process has the name. */
export async function findProcess(
  { node, names }: Pick<InspectedNode, 'node' | 'names'>,
  called: CalledProcess,
): Promise<string> {
  if ('pid' in called) return called.pid;
  const wanted = plainName(called.name);
  const { registered } = valueOf(await names({ filter: wanted, limit: mostNames }));
  const pid = registered.rows.find(({ name }) => plainName(name) === wanted)?.process?.pid;
  if (pid !== undefined) return pid;
  throw new CliError('CLI_NO_ANSWER', `no process of ${node} is registered as ${called.name.slice(0, 255)}`, {
    kind: 'gone',
    remedy: '`convoy names NODE` lists the names of a node, `convoy ps NODE` its processes.',
  });
}

/** A process that was found, with what it is called for people. */
export interface FoundProcess {
  readonly pid: string;
  /** `<0.85.0> (shop_cache) on app@127.0.0.1` */
  readonly what: string;
  /** Its registered name and the function it was started with, as far as they are known. */
  readonly called: Pick<ProcessDetailsView, 'name' | 'initialCall'>;
}

/** Finds a process, and asks which one it is. Rejects with CLI_NO_ANSWER. */
export async function identifyProcess(inspected: InspectedNode, asked: CalledProcess): Promise<FoundProcess> {
  const pid = await findProcess(inspected, asked);
  const details = valueOf(await inspected.process(pid, false));
  const text = calledText(details);
  const { name, initialCall } = details;
  const what = `${pid}${text === '' ? '' : ` (${text})`} on ${inspected.node}`;
  return { pid, what, called: { name, initialCall } };
}

/** `Shop.Cart` for `'Elixir.Shop.Cart'` and `Elixir.Shop.Cart`, `cache` for `:cache`. */
function plainName(name: string): string {
  return name
    .replace(/^'(.*)'$/, '$1')
    .replace(/^:/, '')
    .replace(/^Elixir\./, '');
}
