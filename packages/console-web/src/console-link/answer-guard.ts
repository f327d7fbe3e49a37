/**
 * Cheap checks of the console's answers, for a page that stays open while the console is updated. Only required fields are
 * checked: the schemas of the protocol would cost more bytes than the rest of the page.
 */

import type { AnswerOf, routes } from '@convoy/console/protocol';
import { type FieldKind, hasKind } from './field-kinds.ts';

type Table = typeof routes;
type KindOf<Value> = Value extends string
  ? 'string'
  : Value extends number
    ? 'number'
    : Value extends boolean
      ? 'boolean'
      : Value extends readonly unknown[]
        ? 'array'
        : 'object';
type FieldsOf<Value> = { readonly [Key in keyof Value]?: KindOf<Value[Key]> };
/** Fields of an answer, or in brackets those of its items if it is a list. */
type Guard<Value> = Value extends readonly (infer Item)[] ? readonly [FieldsOf<Item>] : FieldsOf<Value>;
/** Routes without an answer need no guard. */
type SilentRoute = { [Key in keyof Table]: AnswerOf<Table[Key]> extends void ? Key : never }[keyof Table];

const host = { id: 'string', name: 'string', state: 'string', steps: 'array', nodes: 'array' } as const;
const railway = { label: 'string', hasOwnToken: 'boolean', images: 'object', places: 'array' } as const;
const cluster = {
  id: 'string',
  kind: 'string',
  label: 'string',
  color: 'string',
  production: 'boolean',
  state: 'string',
} as const;
const place = { id: 'string', name: 'string', capabilities: 'array', nodes: 'array' } as const;

/** Of all questions about the inside of nodes. */
const asked = { state: 'string', cost: 'object' } as const;

/** What one of several nodes has answered. */
const sent = { node: 'string', answer: 'object' } as const;

/** Every route that the page calls, with the required fields of its answer. */
const guards = {
  'POST /api/tickets': { ticket: 'string' },
  'POST /api/nodes': { id: 'string', node: 'string' },
  'POST /api/nodes/:name/relaunch': { id: 'string', node: 'string' },
  'GET /api/nodes/:name/logs': [{ seq: 'number', at: 'number', stream: 'string', text: 'string' }],
  'POST /api/nodes/:name/restart': { id: 'string', node: 'string' },
  'GET /api/platforms': [{ kind: 'string', login: 'array', open: 'array', launch: 'array' }],
  'GET /api/hosts': [host],
  'POST /api/hosts': host,
  'GET /api/hosts/:id': host,
  'POST /api/hosts/:id/refresh': host,
  'GET /api/railway': railway,
  'POST /api/railway/login': railway,
  'GET /api/railway/projects/:id/environments': [{ id: 'string', name: 'string' }],
  'POST /api/railway/places': place,
  'POST /api/railway/places/:id/refresh': place,
  'POST /api/railway/places/:id/control': place,
  'POST /api/clusters': cluster,
  'PATCH /api/clusters/:id': cluster,
  'POST /api/clusters/:id/reconnect': { connected: 'array', missing: 'array', absent: 'array' },
  'POST /api/nodes/:name/disconnect/forecast': {
    summary: 'string',
    lost: 'array',
    leaving: 'array',
    isRace: 'boolean',
    isCertain: 'boolean',
  },
  'GET /api/nodes/:name/overview': asked,
  'GET /api/nodes/:name/history': { samples: 'array' },
  'GET /api/nodes/:name/processes': asked,
  'GET /api/nodes/:name/processes/:pid': asked,
  'POST /api/nodes/:name/processes/:pid/kill': asked,
  'POST /api/nodes/:name/processes/:pid/collect': asked,
  'GET /api/nodes/:name/applications': asked,
  'GET /api/nodes/:name/applications/:application/tree': asked,
  'GET /api/nodes/:name/tables': asked,
  'GET /api/nodes/:name/tables/:table/rows': asked,
  'GET /api/nodes/:name/ports': asked,
  'GET /api/nodes/:name/names': asked,
  'GET /api/nodes/:name/groups': asked,
  'GET /api/nodes/:name/modules': asked,
  'GET /api/nodes/:name/modules/:module': asked,
  'GET /api/nodes/:name/mnesia': asked,
  'GET /api/nodes/:name/mnesia/:table/rows': asked,
  'GET /api/clusters/:id/code': asked,
  'POST /api/clusters/:id/send': [sent],
  'POST /api/clusters/:id/call': [sent],
  'POST /api/clusters/:id/rpc': [sent],
  'POST /api/doctor': { node: 'string', from: 'string', steps: 'array', warnings: 'array' },
} as const satisfies { readonly [Key in keyof Table]?: Guard<AnswerOf<Table[Key]>> };

/** The routes that the page may call: those with a guard, and those without an answer. */
export type AskedRoute = keyof typeof guards | SilentRoute;

type Fields = Readonly<Record<string, FieldKind>>;
const guardOf = new Map<string, Fields | readonly [Fields]>(Object.entries(guards));

/** Describes what is missing in an answer; `undefined` if nothing is. */
export function findMismatch(route: string, answer: unknown): string | undefined {
  const guard = guardOf.get(route);
  if (guard === undefined) return undefined;
  if (!isList(guard)) return findMissing(answer, guard);
  if (!Array.isArray(answer)) return 'it is not a list';
  for (const item of answer) {
    const missing = findMissing(item, guard[0]);
    if (missing !== undefined) return missing;
  }
  return undefined;
}

function isList(guard: Fields | readonly [Fields]): guard is readonly [Fields] {
  return Array.isArray(guard);
}

function findMissing(value: unknown, fields: Fields): string | undefined {
  if (typeof value !== 'object' || value === null) return 'it is not an object';
  const found: Partial<Record<string, unknown>> = { ...value };
  const wrong = Object.entries(fields).find(([name, kind]) => !hasKind(found[name], kind));
  return wrong && `its field ${wrong[0]} is not of the kind ${wrong[1]}`;
}
