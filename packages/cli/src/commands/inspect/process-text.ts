/** One process as lines for people. Pure. */

import type { ProcessDetailsView } from '@convoy/console/protocol';
import type { Shown } from '../../targets/inspecting/inspected-node.ts';
import { bytesText, countText } from '../../terminal/units.ts';
import { calledText } from './process-table.ts';

type Details = Shown<ProcessDetailsView>;

/** Everything that was answered, each part under its name. */
export function processText(details: Details): string {
  const { pid, stack } = details;
  const facts = factsOf(details).filter(([, text]) => text !== '');
  return [
    `${pid}  ${calledText(details)}`.trimEnd(),
    ...facts.map(([name, text]) => `${name.padEnd(14)} ${text}`),
    ...block('stack', stack.map(frameText)),
    ...dictionaryLines(details.dictionary),
    ...messageLines(details.messages),
    ...stateLines(details.state),
  ].join('\n');
}

function factsOf(details: Details): (readonly [string, string])[] {
  const { status, currentFunction, priority, isTrappingExits, links, monitors, monitoredBy } = details;
  return [
    ['status', [status, currentFunction === undefined ? '' : `in ${currentFunction}`].join(' ').trim()],
    ['initial call', details.initialCall ?? ''],
    ['memory', bytesText(details.memoryBytes)],
    [
      'queue',
      details.messageQueueLength === undefined ? '' : `${countText(details.messageQueueLength)} messages`,
    ],
    ['reductions', countText(details.reductions)],
    ['heap, stack', wordsText(details)],
    ['priority', [priority, isTrappingExits === true ? 'traps exits' : ''].filter(Boolean).join(', ')],
    ['group leader', details.groupLeader ?? ''],
    ['parent', details.parent ?? ''],
    ['ancestors', details.ancestors.join(' ')],
    ['callers', details.callers.join(' ')],
    ['links', excerptText(links)],
    ['monitors', excerptText(monitors)],
    ['monitored by', excerptText(monitoredBy)],
  ];
}

function wordsText({ heapWords, stackWords }: Details): string {
  if (heapWords === undefined || stackWords === undefined) return '';
  return `${countText(heapWords)}, ${countText(stackWords)} words`;
}

function excerptText({ count, items }: Details['links']): string {
  const more = count > items.length ? ` and ${countText(count - items.length)} more` : '';
  return items.join(' ') + more;
}

function frameText({ function: name, file, line }: Details['stack'][number]): string {
  return file === undefined ? name : `${name} (${file}${line === undefined ? '' : `:${line}`})`;
}

function dictionaryLines(dictionary: Details['dictionary']): readonly string[] {
  if ('problem' in dictionary) return [`dictionary     ${dictionary.problem.message}`];
  const lines = dictionary.items.map(({ key, value }) => `${key}: ${value}`);
  return block('dictionary', lines, dictionary.count);
}

function messageLines(messages: Details['messages']): readonly string[] {
  if ('problem' in messages) return [`messages       ${messages.problem.message}`];
  return block('messages', messages.items, messages.count);
}

function stateLines(state: Details['state']): readonly string[] {
  if (state === undefined) return [];
  return typeof state === 'string' ? block('state', [state]) : [`state          ${state.problem.message}`];
}

function block(name: string, lines: readonly string[], count: number = lines.length): readonly string[] {
  if (lines.length === 0) return [];
  const more = count > lines.length ? [`  and ${countText(count - lines.length)} more`] : [];
  return [name, ...lines.map((line) => `  ${line}`), ...more];
}
