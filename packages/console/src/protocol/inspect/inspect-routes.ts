/** Routes of the inside of nodes. A node that cannot answer makes an answer `unavailable` with the reason: status 200. */

import { nodeHistorySchema, overviewAnswerSchema, overviewQuerySchema } from './overview.ts';
import { inspectPartRoutes } from './part-routes.ts';
import {
  processActAnswerSchema,
  processAnswerSchema,
  processesAnswerSchema,
  processesQuerySchema,
  processQuerySchema,
} from './processes.ts';
import {
  tableRowsAnswerSchema,
  tableRowsQuerySchema,
  tablesAnswerSchema,
  tablesQuerySchema,
} from './tables.ts';
import { applicationsAnswerSchema, treeAnswerSchema, treeQuerySchema } from './trees.ts';

const asked = [
  'CONSOLE_OTHER_CONSOLE',
  'CONSOLE_NOT_FOUND',
  'CONSOLE_NODE_NOT_UP',
  'CONSOLE_TOO_MANY',
  'INSPECT_BAD_OPTION',
] as const;
const acted = [...asked, 'CONSOLE_ACTING_OFF', 'CONSOLE_AUDIT_FAILED'] as const;

/** Routes that look into a node, and those that change something in it. The table of all routes checks that these are rows. */
export const inspectRoutes = {
  'GET /api/nodes/:name/overview': {
    summary: 'Memory, load, limits, versions and applications of a node',
    access: 'user',
    query: overviewQuerySchema,
    answer: overviewAnswerSchema,
    errors: asked,
  },
  'GET /api/nodes/:name/history': {
    summary: 'How a node was during the last hour, as far as the console knows',
    access: 'user',
    answer: nodeHistorySchema,
    errors: ['CONSOLE_OTHER_CONSOLE', 'CONSOLE_NOT_FOUND'],
  },
  'GET /api/nodes/:name/processes': {
    summary: 'The processes of a node that work most, or have most memory or the longest queues',
    access: 'user',
    query: processesQuerySchema,
    answer: processesAnswerSchema,
    errors: asked,
  },
  'GET /api/nodes/:name/processes/:pid': {
    summary:
      'One process: links, monitors, ancestors, stack, and previews of its dictionary, messages and state',
    access: 'user',
    query: processQuerySchema,
    answer: processAnswerSchema,
    errors: asked,
  },
  'POST /api/nodes/:name/processes/:pid/kill': {
    summary: 'Ends a process at once',
    access: 'user',
    answer: processActAnswerSchema,
    errors: acted,
  },
  'POST /api/nodes/:name/processes/:pid/collect': {
    summary: 'Has a process collect its garbage',
    access: 'user',
    answer: processActAnswerSchema,
    errors: acted,
  },
  'GET /api/nodes/:name/applications': {
    summary: 'The started applications of a node',
    access: 'user',
    answer: applicationsAnswerSchema,
    errors: asked,
  },
  'GET /api/nodes/:name/applications/:application/tree': {
    summary: 'The processes of an application, as its supervisors have them',
    access: 'user',
    query: treeQuerySchema,
    answer: treeAnswerSchema,
    errors: asked,
  },
  'GET /api/nodes/:name/tables': {
    summary: 'The largest ETS tables of a node',
    access: 'user',
    query: tablesQuerySchema,
    answer: tablesAnswerSchema,
    errors: asked,
  },
  'GET /api/nodes/:name/tables/:table/rows': {
    summary: 'The first rows of an ETS table that is not private, or those with a key',
    access: 'user',
    query: tableRowsQuerySchema,
    answer: tableRowsAnswerSchema,
    errors: asked,
  },
  ...inspectPartRoutes,
} as const;
