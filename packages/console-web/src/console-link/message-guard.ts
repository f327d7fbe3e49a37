/**
 * Cheap checks that a frame of the live socket is a message that this page knows. Only fields that the page uses are
 * checked: the schemas of the protocol would cost more bytes than the rest of the page, and need `eval` to be fast.
 */

import type { ServerMessage } from '@convoy/console/protocol';
import { type FieldKind, hasKind } from './field-kinds.ts';

type MessageFields = Readonly<Record<ServerMessage['type'], Readonly<Record<string, FieldKind>>>>;

const fieldsOf: MessageFields = {
  welcome: { info: 'object', nodes: 'array', clusters: 'array', shells: 'array' },
  pong: { sentAt: 'number' },
  node: { node: 'object' },
  'node.gone': { name: 'string' },
  cluster: { cluster: 'object' },
  'cluster.gone': { id: 'string' },
  logs: { node: 'string', lines: 'array' },
  'logs.state': { node: 'string', source: 'string', state: 'string' },
  'shell.opened': { requestId: 'string', shell: 'object' },
  shell: { shell: 'object' },
  'shell.snapshot': { shellId: 'string', seq: 'number', data: 'string', cols: 'number', rows: 'number' },
  'shell.output': { shellId: 'string', seq: 'number', data: 'string' },
  'shell.size': { shellId: 'string', cols: 'number', rows: 'number', isOwn: 'boolean' },
  'shell.taken': { shellId: 'string', seq: 'number' },
  'shell.refused': { shellId: 'string', seq: 'number', taken: 'number', problem: 'object' },
  'shell.echo': { shellId: 'string', echo: 'boolean' },
  'shell.closed': { shellId: 'string', reason: 'string' },
  'trace.started': { requestId: 'string', traceId: 'string', function: 'string', arities: 'array' },
  'trace.events': { traceId: 'string', events: 'array' },
  'trace.ended': { traceId: 'string', end: 'object' },
  audit: {},
  problem: { problem: 'object' },
};

/** The message in a text frame, or `undefined` if it is malformed or unknown to this version of the page. */
export function parseServerMessage(frame: unknown): ServerMessage | undefined {
  if (typeof frame !== 'string') return undefined;
  let message: unknown;
  try {
    message = JSON.parse(frame);
  } catch {
    return undefined;
  }
  if (typeof message !== 'object' || message === null) return undefined;
  const record = message as Record<string, unknown>;
  const type = record['type'];
  if (typeof type !== 'string' || !Object.hasOwn(fieldsOf, type)) return undefined;
  const fields = fieldsOf[type as ServerMessage['type']];
  const fits = Object.entries(fields).every(([name, kind]) => hasKind(record[name], kind));
  return fits ? (message as ServerMessage) : undefined;
}
