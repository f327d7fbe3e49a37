/** Reads the batches of events that a node sends, which may send anything: texts are cut and visible, levels and times are checked. Pure. */

import { visibleText } from '@convoy/node';
import { atomName, inspect, Pid, Port, type Term, Tuple } from '@convoy/node/etf';
import { countOf, elementsOf, listOf, pidTextOf, textOf } from '../inspect/read/read-term.ts';

/** The levels of OTP's logger, the least severe first. */
export const logLevels = [
  'debug',
  'info',
  'notice',
  'warning',
  'error',
  'critical',
  'alert',
  'emergency',
] as const;

/** A level of OTP's logger. */
export type LogLevel = (typeof logLevels)[number];

/** An event of the logger of a node. */
export interface LoggerEvent {
  readonly level: LogLevel;
  /** When it was logged, in milliseconds since 1970. */
  readonly at: number;
  /** At most `maxTextLength` characters, maybe in several lines, without other control characters. */
  readonly text: string;
  /** What the event says about itself, by key: at most 20 entries of at most 200 characters. */
  readonly meta: Readonly<Record<string, string>>;
}

/** Maximum number of characters of the text of an event. */
export const maxTextLength = 4000;
const maxMeta = 20;
const maxMetaLength = 200;
const maxKeyLength = 60;
/** What the clock of a node may say: the years 2000 to 2100. */
const times = { first: 946_684_800_000, last: 4_102_444_800_000 };
const escapeSequence =
  /\u001b(?:\[[0-?]*[ -/]*[@-~]|[\]P^_X][^\u0007\u001b]*(?:\u0007|\u001b\\)?|[ -/]*[0-~])/g;
const controlCharacter = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g;

/** The events of a message `{log, Dropped, Events}`; `undefined` for other messages. At most `maxEvents` are read; the others count as dropped. */
export function readBatch(
  message: Term,
  { node, maxEvents, now }: { readonly node: string; readonly maxEvents: number; readonly now: number },
): { readonly dropped: number; readonly events: readonly LoggerEvent[] } | undefined {
  const [tag, dropped, events] = elementsOf(message);
  if (!(message instanceof Tuple) || message.length !== 3 || atomName(tag) !== 'log') return undefined;
  if (!Array.isArray(events)) return undefined;
  const unread = Math.max(0, events.length - maxEvents);
  return {
    dropped: Math.min(countOf(dropped) ?? 0, Number.MAX_SAFE_INTEGER - unread) + unread,
    events: listOf(events, maxEvents).flatMap((event) => readEvent(event, { node, now })),
  };
}

function readEvent(event: Term, { node, now }: { node: string; now: number }): LoggerEvent[] {
  const [levelTerm, micros, text, pairs] = elementsOf(event);
  const level = logLevels.find((known) => known === atomName(levelTerm));
  if (level === undefined) return [];
  const at = Math.floor((countOf(micros) ?? 0) / 1000);
  const isTime = at >= times.first && at <= times.last;
  return [{ level, at: isTime ? at : now, text: eventText(text), meta: metaOf(pairs, node) }];
}

/** The text of an event. Line ends and tabs stay, what could manipulate a terminal does not. */
function eventText(term: Term): string {
  const cut = maxTextLength * 4;
  const raw = term instanceof Uint8Array ? new TextDecoder().decode(term.subarray(0, cut)) : term;
  if (typeof raw !== 'string') return '';
  const plain = raw.slice(0, cut).replaceAll(escapeSequence, '').replaceAll(controlCharacter, '').trimEnd();
  return visibleText(dedented(plain)).slice(0, maxTextLength);
}

/** Reports of OTP are indented as a whole. */
function dedented(text: string): string {
  const rows = text.split('\n');
  const common = rows.reduce(
    (least, row) => (row.trim() === '' ? least : Math.min(least, row.length - row.trimStart().length)),
    text.length,
  );
  return common === 0 ? text : rows.map((row) => row.slice(common)).join('\n');
}

function metaOf(pairs: Term, node: string): Readonly<Record<string, string>> {
  const meta = new Map<string, string>();
  for (const pair of listOf(pairs, maxMeta)) {
    const [keyTerm, value] = elementsOf(pair);
    const key = keyTerm === undefined ? undefined : atomName(keyTerm);
    if (key === undefined || key === '') continue;
    meta.set(oneLine(key, maxKeyLength), metaText(key, value, node));
  }
  return Object.fromEntries(meta);
}

// oxlint-disable-next-line max-params -- a key, its value, and whose it is
function metaText(key: string, value: Term, node: string): string {
  if (key === 'mfa') return functionText(value) ?? oneLine(inspected(value), maxMetaLength);
  if (key === 'domain' && Array.isArray(value)) {
    return oneLine(
      listOf(value, maxMeta)
        .map((part) => termText(part, node))
        .join('.'),
      maxMetaLength,
    );
  }
  return oneLine(termText(value, node), maxMetaLength);
}

function termText(value: Term, node: string): string {
  if (value instanceof Pid) return pidTextOf(value, node) ?? '';
  if (value instanceof Port && value.node === node) return `#Port<0.${value.id}>`;
  const name = value === undefined ? undefined : atomName(value);
  if (name !== undefined) return moduleText(name);
  if (typeof value === 'string') return value;
  if (value instanceof Uint8Array) return new TextDecoder().decode(value.subarray(0, maxMetaLength * 4));
  return printableText(value) ?? pidsText(value, node) ?? inspected(value);
}

/** The callers of an Elixir process. */
function pidsText(value: Term, node: string): string | undefined {
  const pids = listOf(value, maxMeta).map((one) => pidTextOf(one, node));
  return pids.length === 0 || pids.includes(undefined) ? undefined : pids.join(' ');
}

/** A list that has only characters that are printed, such as the name of a file. */
function printableText(value: Term): string | undefined {
  if (!Array.isArray(value) || value.length === 0) return undefined;
  const text = textOf(value, maxMetaLength);
  const isPrintable = listOf(value, maxMetaLength).every((code) => typeof code === 'number' && code >= 32);
  return isPrintable ? text : undefined;
}

function functionText(value: Term): string | undefined {
  const [module, name, arity] = elementsOf(value);
  if (module === undefined || name === undefined) return undefined;
  const [moduleName, functionName] = [atomName(module), atomName(name)];
  const count = countOf(Array.isArray(arity) ? arity.length : arity);
  if (moduleName === undefined || functionName === undefined || count === undefined) return undefined;
  const isElixir = moduleName.startsWith(elixirPrefix);
  return oneLine(`${moduleText(moduleName)}${isElixir ? '.' : ':'}${functionName}/${count}`, maxMetaLength);
}

const elixirPrefix = 'Elixir.';

function moduleText(name: string): string {
  return name.startsWith(elixirPrefix) ? name.slice(elixirPrefix.length) : name;
}

function inspected(value: Term): string {
  return inspect(value, { syntax: 'erlang', maxLength: maxMetaLength });
}

function oneLine(text: string, max: number): string {
  return visibleText(text.slice(0, max).replaceAll(/\p{Cc}/gu, ' '));
}
