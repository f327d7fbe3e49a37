/** The HTTP API of the console: the table of routes and their handlers. */

import { routes } from '../protocol/index.ts';
import { clusterHandlers } from './cluster-handlers.ts';
import { consoleHandlers } from './console-handlers.ts';
import { type Api, defineApi } from './handler.ts';
import { hostHandlers } from './host-handlers.ts';
import { inspectHandlers } from './inspect-handlers.ts';
import { nodeHandlers } from './node-handlers.ts';
import { placeHandlers } from './place-handlers.ts';
import { railwayHandlers } from './railway-handlers.ts';

/** All routes with their handlers. */
export const consoleApi: Api = defineApi(routes, {
  ...consoleHandlers,
  ...nodeHandlers,
  ...inspectHandlers,
  ...clusterHandlers,
  ...placeHandlers,
  ...hostHandlers,
  ...railwayHandlers,
});
