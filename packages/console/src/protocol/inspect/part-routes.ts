/** Routes of ports, names, groups, modules and Mnesia of a node, of the code of a cluster, and of messages to its nodes. */

import { messageRequestSchema, repliesSchema, rpcRequestSchema, sentSchema } from './messages.ts';
import { mnesiaAnswerSchema } from './mnesia.ts';
import {
  codeAnswerSchema,
  moduleAnswerSchema,
  moduleQuerySchema,
  modulesAnswerSchema,
  modulesQuerySchema,
} from './modules.ts';
import { groupsAnswerSchema, groupsQuerySchema, namesAnswerSchema, namesQuerySchema } from './names.ts';
import { portsAnswerSchema, portsQuerySchema } from './ports.ts';
import { tableRowsAnswerSchema, tableRowsQuerySchema } from './tables.ts';

const asked = [
  'CONSOLE_OTHER_CONSOLE',
  'CONSOLE_NOT_FOUND',
  'CONSOLE_NODE_NOT_UP',
  'CONSOLE_TOO_MANY',
  'INSPECT_BAD_OPTION',
] as const;

const acted = [
  'CONSOLE_NOT_FOUND',
  'CONSOLE_ACTING_OFF',
  'CONSOLE_AUDIT_FAILED',
  'INSPECT_BAD_OPTION',
] as const;

/** More routes that look into nodes. */
export const inspectPartRoutes = {
  'GET /api/nodes/:name/ports': {
    summary: 'The ports and sockets of a node: who has them, where they lead, how much went through them',
    access: 'user',
    query: portsQuerySchema,
    answer: portsAnswerSchema,
    errors: asked,
  },
  'GET /api/nodes/:name/names': {
    summary: 'The registered names of a node, and those of global',
    access: 'user',
    query: namesQuerySchema,
    answer: namesAnswerSchema,
    errors: asked,
  },
  'GET /api/nodes/:name/groups': {
    summary: 'The scopes of pg that a node knows, with their largest groups',
    access: 'user',
    query: groupsQuerySchema,
    answer: groupsAnswerSchema,
    errors: asked,
  },
  'GET /api/nodes/:name/modules': {
    summary: 'The loaded modules of a node',
    access: 'user',
    query: modulesQuerySchema,
    answer: modulesAnswerSchema,
    errors: asked,
  },
  'GET /api/nodes/:name/modules/:module': {
    summary: 'One loaded module: exports, attributes, documentation of a function, who runs its old code',
    access: 'user',
    query: moduleQuerySchema,
    answer: moduleAnswerSchema,
    errors: asked,
  },
  'GET /api/nodes/:name/mnesia': {
    summary: 'The Mnesia tables that a node knows',
    access: 'user',
    answer: mnesiaAnswerSchema,
    errors: asked,
  },
  'GET /api/nodes/:name/mnesia/:table/rows': {
    summary: 'The first rows of a Mnesia table, or those with a key, read without a lock',
    access: 'user',
    query: tableRowsQuerySchema,
    answer: tableRowsAnswerSchema,
    errors: asked,
  },
  'GET /api/clusters/:id/code': {
    summary: 'Which nodes of a cluster run different code',
    access: 'user',
    answer: codeAnswerSchema,
    errors: ['CONSOLE_NOT_FOUND', 'CONSOLE_TOO_MANY'],
  },
  'POST /api/clusters/:id/send': {
    summary: 'Sends a message to a process of each of some nodes',
    access: 'user',
    body: messageRequestSchema,
    answer: sentSchema,
    errors: acted,
  },
  'POST /api/clusters/:id/call': {
    summary: 'Calls a gen_server of each of some nodes, and answers with their replies',
    access: 'user',
    body: messageRequestSchema,
    answer: repliesSchema,
    errors: acted,
  },
  'POST /api/clusters/:id/rpc': {
    summary: 'Calls a function on each of some nodes, and answers with what it returns',
    access: 'user',
    body: rpcRequestSchema,
    answer: repliesSchema,
    errors: acted,
  },
} as const;
