/** The HTTP API of the console: the table of routes with the handler of each. */

import { routes } from '../protocol/index.ts';
import { consoleHandlers } from './console-handlers.ts';
import { type Api, defineApi } from './handler.ts';
import { hostHandlers } from './host-handlers.ts';
import { nodeHandlers } from './node-handlers.ts';
import { railwayHandlers } from './railway-handlers.ts';

export const consoleApi: Api = defineApi(routes, {
  ...consoleHandlers,
  ...nodeHandlers,
  ...hostHandlers,
  ...railwayHandlers,
});
