/**
 * Control messages as values, and their encoder and decoder, derived from the rows in control-rows.ts. The meaning of messages
 * is not known here.
 */

import { DecodeError } from '../errors.ts';
import { writeName } from '../etf/encode/atom-bytes.ts';
import { writePid, writeReference } from '../etf/encode/encode-leaf.ts';
import {
  atomName,
  atomOf,
  type ByteWriter,
  Pid,
  Reference,
  type Term,
  Tuple,
  tuple,
  writeTerm,
} from '../etf/index.ts';
import { type ControlKind, type ControlRow, controlRows, type FieldType } from './control-rows.ts';

/** The function in a SPAWN_REQUEST. */
export interface SpawnTarget {
  readonly module: string;
  readonly function: string;
  readonly arity: number;
}

/** The TypeScript type of each kind of field. */
interface FieldTypes extends Readonly<Record<FieldType, unknown>> {
  readonly pid: Pid;
  /** An atom, by its name. */
  readonly name: string;
  readonly pidOrName: Pid | string;
  readonly reference: Reference;
  readonly pidNameOrAlias: Pid | string | Reference;
  /** 1..2^64-1. */
  readonly unlinkId: number | bigint;
  readonly bits: number;
  readonly spawnTarget: SpawnTarget;
  readonly term: Term;
  /** Written only if it is not `undefined`. */
  readonly optionalTerm: Term;
  readonly cookie: never;
}

type Rows = typeof controlRows;

type FieldsOf<Layout extends ControlRow['fields']> = {
  readonly [
    Name in keyof Layout as Layout[Name] extends 'cookie' ? never : Name
  ]: Layout[Name] extends keyof FieldTypes ? FieldTypes[Layout[Name]] : never;
};

/** The control message of one kind, e.g. `ControlOf<'LINK'>` = `{ kind: 'LINK', from: Pid, to: Pid }`. */
export type ControlOf<Kind extends ControlKind> = { readonly kind: Kind } & FieldsOf<Rows[Kind]['fields']>;

/** Any control message, distinguished by `kind`. */
export type Control = { [Kind in ControlKind]: ControlOf<Kind> }[ControlKind];

/** The bits of `flags` in ALTACT_SIG_SEND. */
export const AltactFlag = { PRIORITY: 1, TOKEN: 2, ALIAS: 4, NAME: 8, EXIT: 16 } as const;

/** The bits of `flags` in SPAWN_REPLY. */
export const SpawnReplyFlag = { LINK: 1, MONITOR: 2 } as const;

/** Whether a payload term follows the control message in its frame. */
export function hasPayload(kind: ControlKind): boolean {
  return layouts[kind].hasPayload;
}

/** Whether the payload of a message is the reason of an exit. */
export function hasReason(control: Control): boolean {
  if (control.kind === 'ALTACT_SIG_SEND') return (control.flags & AltactFlag.EXIT) !== 0;
  return controlRows[control.kind].family === 'signal' && hasPayload(control.kind);
}

/** The kind of message for an operation number. */
export function kindOfOp(op: number): ControlKind | undefined {
  return kindsByOp[op];
}

/** The operation number of a decoded control term; `undefined` if the term is not a control message. */
export function opOf(term: Term): number | undefined {
  const op = term instanceof Tuple ? term.elements[0] : undefined;
  return typeof op === 'number' ? op : undefined;
}

/**
 * Reads a control term. Elements beyond those of the row are ignored, as OTP does. Throws `DecodeError`.
 */
export function decodeControl(term: Term): Control {
  const kind = kindOfOp(opOf(term) ?? -1);
  if (kind === undefined || !(term instanceof Tuple))
    throw malformed('the term is not a control message', opOf(term));
  const { op, fields } = layouts[kind];
  const message: Record<string, unknown> = { kind };
  for (let index = 0; index < fields.length; index += 1) {
    const { name, type } = fields[index] as Field;
    if (type === 'cookie') continue;
    const element = term.elements[index + 1];
    if (index + 1 >= term.length && type !== 'optionalTerm') throw malformed(`${kind} has no ${name}`, op);
    const value = decodeField(type, element);
    if (value === invalid) throw malformed(`the ${name} of ${kind} is not a valid ${type}`, op);
    message[name] = value;
  }
  return message as unknown as Control;
}

/** Writes a control term. Throws `EncodeError`. */
export function encodeControl(writer: ByteWriter, control: Control): void {
  const { op, fields } = layouts[control.kind];
  const values = control as unknown as Readonly<Record<string, Term>>;
  const last = fields.at(-1);
  const isShort = last?.type === 'optionalTerm' && values[last.name] === undefined;
  const count = isShort ? fields.length - 1 : fields.length;
  writer.u8(smallTuple);
  writer.u8(count + 1);
  writer.u8(smallInteger);
  writer.u8(op);
  for (let index = 0; index < count; index += 1) {
    const { name, type } = fields[index] as Field;
    writeField(writer, type, values[name]);
  }
}

/** Identifiers and names, which nearly all fields are, are written directly: half of the time of a small message went into their dispatch. */
function writeField(writer: ByteWriter, type: FieldType, value: Term): void {
  const start = writer.length;
  try {
    if (value instanceof Pid) return writePid(writer, value);
    if (value instanceof Reference) return writeReference(writer, value);
  } catch {
    // It is not what it seems to be: below it gets its error.
    writer.truncate(start);
  }
  if (type === 'cookie') return writeName(writer, '');
  if (typeof value === 'string' && mayBeName(type)) return writeName(writer, value);
  writeTerm(writer, type === 'spawnTarget' ? targetTerm(value as unknown as SpawnTarget) : value);
}

function mayBeName(type: FieldType): boolean {
  return type === 'name' || type === 'pidOrName' || type === 'pidNameOrAlias';
}

function targetTerm({ module, function: functionName, arity }: SpawnTarget): Term {
  return tuple(atomOf(module), atomOf(functionName), arity);
}

interface Field {
  readonly name: string;
  readonly type: FieldType;
}

interface Layout {
  readonly op: number;
  readonly fields: readonly Field[];
  readonly hasPayload: boolean;
}

const smallTuple = 104;
const smallInteger = 97;

/** The result for a field that cannot be decoded. It is not `undefined`, which is a term. */
const invalid = Symbol('invalid');

const layouts = Object.fromEntries(
  Object.entries<ControlRow>(controlRows).map(([kind, row]) => [kind, layoutOf(row)]),
) as Record<ControlKind, Layout>;

const kindsByOp: (ControlKind | undefined)[] = [];
for (const [kind, { op }] of Object.entries(layouts)) kindsByOp[op] = kind as ControlKind;

function layoutOf(row: ControlRow): Layout {
  const fields = Object.entries(row.fields).map(([name, type]) => ({ name, type }));
  return { op: row.op, fields, hasPayload: row.payload !== undefined };
}

function decodeField(type: FieldType, term: Term): unknown {
  switch (type) {
    case 'pid':
      return term instanceof Pid ? term : invalid;
    case 'reference':
      return term instanceof Reference ? term : invalid;
    case 'name':
      return atomName(term) ?? invalid;
    case 'pidOrName':
      return term instanceof Pid ? term : (atomName(term) ?? invalid);
    case 'pidNameOrAlias':
      return term instanceof Pid || term instanceof Reference ? term : (atomName(term) ?? invalid);
    case 'unlinkId':
      return (typeof term === 'number' || typeof term === 'bigint') && term > 0 ? term : invalid;
    case 'bits':
      return typeof term === 'number'
        ? term
        : typeof term === 'bigint'
          ? Number(BigInt.asUintN(32, term))
          : invalid;
    case 'spawnTarget':
      return decodeSpawnTarget(term) ?? invalid;
    case 'term':
    case 'optionalTerm':
      return term;
    case 'cookie':
      return undefined;
  }
}

function decodeSpawnTarget(term: Term): SpawnTarget | undefined {
  if (!(term instanceof Tuple) || term.length < 3) return undefined;
  const module = atomName(term.at(0));
  const functionName = atomName(term.at(1));
  const arity = term.at(2);
  if (module === undefined || functionName === undefined || typeof arity !== 'number') return undefined;
  return { module, function: functionName, arity };
}

function malformed(message: string, op: number | undefined): DecodeError {
  return new DecodeError(
    'DECODE_BAD_VALUE',
    message,
    op === undefined ? { offset: 0 } : { offset: 0, tag: op },
  );
}
