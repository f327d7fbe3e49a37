/** Handlers of the routes about all platforms and their places. */

import type { placeRoutes } from '../protocol/index.ts';
import type { HandlersOf } from './handler.ts';

export const placeHandlers: HandlersOf<typeof placeRoutes> = {
  'GET /api/platforms': ({ platforms }) =>
    Object.values(platforms).map(({ kind, form }) => ({ kind, ...form })),
};
