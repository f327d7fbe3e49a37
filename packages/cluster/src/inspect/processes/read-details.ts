/** Reads what a node tells about one process. Pure. */

import { atomName, type Term } from '@convoy/node/etf';
import type { InspectPart, InspectProblem } from '../read/answer.ts';
import {
  countOf,
  elementsOf,
  fieldsOf,
  functionOf,
  given,
  listOf,
  nameOf,
  partyOf,
  pidTextOf,
  textOf,
} from '../read/read-term.ts';
import { maxMemoryBytes, maxQueue, maxShown, maxStateCharacters, stateMs } from './details-program.ts';
import { commonItems, type ProcessRow } from './read-list.ts';

/** The first of several things, and how many there are. */
export interface Excerpt<Item> {
  readonly count: number;
  readonly items: readonly Item[];
}

/** A function that a process is in. */
export interface StackFrame {
  /** `gen_server:loop/7`. */
  readonly function: string;
  readonly file?: string;
  readonly line?: number;
}

/** One process. Values are Erlang text, cut by the node. */
export interface ProcessDetails extends Omit<ProcessRow, 'reductionsPerSecond'> {
  readonly priority?: string;
  readonly isTrappingExits?: boolean;
  readonly groupLeader?: string;
  readonly heapWords?: number;
  readonly stackWords?: number;
  /** The process that started it, on OTP 25 and later. */
  readonly parent?: string;
  /** By `proc_lib`, the nearest first: pids or names. */
  readonly ancestors: readonly string[];
  /** By Elixir's `Task`, the nearest first. */
  readonly callers: readonly string[];
  readonly links: Excerpt<string>;
  readonly monitors: Excerpt<string>;
  readonly monitoredBy: Excerpt<string>;
  /** Innermost first. */
  readonly stack: readonly StackFrame[];
  readonly dictionary: InspectPart<Excerpt<{ readonly key: string; readonly value: string }>>;
  /** Oldest first. */
  readonly messages: InspectPart<Excerpt<string>>;
  /** Only if it was asked for. */
  readonly state?: InspectPart<string>;
}

/** Reads the answer to `detailsBody`; a problem if the process is gone, `undefined` if it is not an answer. */
export function readDetails(
  answer: Term,
  { node, pid }: { readonly node: string; readonly pid: string },
): ProcessDetails | InspectProblem | undefined {
  if (answer !== undefined && atomName(answer) === 'gone') {
    return { kind: 'gone', message: `${pid} has ended, or never ran on ${node}.` };
  }
  const parts = fieldsOf(answer);
  const items = fieldsOf(parts.get('info'));
  if (!parts.has('info') || countOf(items.get('memory')) === undefined) return undefined;
  const party = (term: Term): string => partyOf(term, node);
  const excerpt = (name: string): Excerpt<string> => excerptOf(parts.get(name), maxShown.parties, party);
  const label = parts.get('label');
  const isTrapping = items.get('trap_exit');
  return {
    pid,
    ...commonItems(items),
    ...given({
      initialCall: functionOf(parts.get('call')) ?? functionOf(items.get('initial_call')),
      label: label === undefined ? undefined : textOf(label, 200),
      priority: nameOf(items.get('priority')),
      isTrappingExits: typeof isTrapping === 'boolean' ? isTrapping : undefined,
      groupLeader: pidTextOf(items.get('group_leader'), node),
      heapWords: countOf(items.get('total_heap_size')),
      stackWords: countOf(items.get('stack_size')),
      parent: pidTextOf(parts.get('parent'), node),
    }),
    ancestors: listOf(parts.get('ancestors'), 20).map(party),
    callers: listOf(parts.get('callers'), 20).map(party),
    links: excerpt('links'),
    monitors: excerpt('monitors'),
    monitoredBy: excerpt('monitored_by'),
    stack: listOf(parts.get('stack'), maxShown.frames).flatMap((frame) => frameOf(frame) ?? []),
    dictionary: partOf(parts.get('dictionary'), (term) =>
      excerptOf(term, maxShown.entries, (entry) => {
        const [key, value] = elementsOf(entry);
        return { key: shownOf(key), value: shownOf(value) };
      }),
    ),
    messages: partOf(parts.get('messages'), (term) => excerptOf(term, maxShown.messages, shownOf)),
    ...given({ state: stateOf(parts.get('state'), node) }),
  };
}

function excerptOf<Item>(term: Term, max: number, read: (item: Term) => Item): Excerpt<Item> {
  const [count, items] = elementsOf(term);
  const shown = listOf(items, max).map(read);
  return { count: countOf(count) ?? shown.length, items: shown };
}

/** A part that is left out where reading it would copy too much. */
function partOf<Value>(term: Term, read: (term: Term) => Value): InspectPart<Value> {
  return leftOut(term) ?? read(term);
}

function leftOut(term: Term): { readonly problem: InspectProblem } | undefined {
  const [tag, number] = elementsOf(term);
  switch (tag === undefined ? undefined : atomName(tag)) {
    case 'large': {
      const message = `The process has ${countOf(number) ?? 0} bytes. It is not read above ${maxMemoryBytes}, because the process itself would have to copy it.`;
      return { problem: { kind: 'too-large', message } };
    }
    case 'long': {
      const message = `The process has ${countOf(number) ?? 0} messages in its queue. It is not asked or read above ${maxQueue}.`;
      return { problem: { kind: 'too-large', message } };
    }
    default:
      return undefined;
  }
}

function stateOf(term: Term, node: string): InspectPart<string> | undefined {
  const left = leftOut(term);
  if (left !== undefined) return left;
  const [tag, value] = elementsOf(term);
  switch (atomName(elementsOf(term).length > 0 ? tag : term)) {
    case 'ok':
      return textOf(value, maxStateCharacters + 100) ?? '';
    case 'unasked':
      return undefined;
    case 'not_otp': {
      const message = 'The process does not answer to `sys`: it was not started by `proc_lib`.';
      return { problem: { kind: 'unsupported', message } };
    }
    case 'slow': {
      const message = `The process did not tell its state within ${stateMs / 1000} s.`;
      return { problem: { kind: 'slow', message } };
    }
    default: {
      const message = `The process on ${node} did not tell its state: ${shownOf(value)}.`;
      return { problem: { kind: 'failed', message } };
    }
  }
}

function frameOf(term: Term): StackFrame | undefined {
  const [module, name, arity, file, line] = elementsOf(term);
  const [moduleText, nameText, count] = [nameOf(module), nameOf(name), countOf(arity)];
  if (moduleText === undefined || nameText === undefined) return undefined;
  const place = { file: file === undefined ? undefined : textOf(file, 255), line: countOf(line) };
  return { function: `${moduleText}:${nameText}/${count ?? 0}`, ...given(place) };
}

/** Text that the node has cut already. */
function shownOf(term: Term): string {
  return term === undefined ? '' : (textOf(term, 1000) ?? '');
}
