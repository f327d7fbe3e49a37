/** Handlers of the routes about nodes and launches. */

import { ConsoleError } from '../errors.ts';
import { logFile } from '../logs/log-file.ts';
import type { nodeRoutes } from '../protocol/index.ts';
import type { HandlersOf } from './handler.ts';

export const nodeHandlers: HandlersOf<typeof nodeRoutes> = {
  'GET /api/nodes': ({ registry, others }) => [...registry.views(), ...others.views()],

  'POST /api/nodes': ({ fleet, audit }, { actor, body }) => {
    const { kind, name, join, place, provider } = body;
    // Record names only: a value may be a secret.
    const variables = Object.keys(body.variables ?? {}).join(' ') || undefined;
    audit.record('node.launch', actor, { kind, name, join, place: place?.key, provider, variables });
    return fleet.launch(body);
  },

  'POST /api/nodes/:name/relaunch': ({ fleet, audit }, { actor, params }) => {
    audit.record('node.relaunch', actor, { node: params.name });
    return fleet.relaunch(params.name);
  },

  'POST /api/nodes/:name/restart': async ({ fleet, shells, audit }, { actor, params }) => {
    const { name: node } = params;
    audit.record('node.restart', actor, { node });
    fleet.checkRestart(node);
    await shells.closeOn(node, `${node} was restarted`);
    return fleet.restart(node);
  },

  'GET /api/launches/:id': ({ fleet }, { params }) => {
    const view = fleet.launchView(params.id);
    if (view !== undefined) return view;
    throw new ConsoleError('CONSOLE_NOT_FOUND', `no launch has the id ${params.id}`, {
      remedy: 'Launches are forgotten when the console restarts; see the list of nodes instead.',
    });
  },

  'DELETE /api/nodes/:name': async ({ fleet, attachments, shells, audit }, { actor, params }) => {
    const { name: node } = params;
    audit.record('node.delete', actor, { node });
    const isAttached = attachments.has(node);
    if (!isAttached) fleet.checkLaunched(node);
    await shells.closeOn(node, isAttached ? `the console left ${node}` : `${node} was deleted`);
    if (!(await attachments.detach(node))) await fleet.delete(node);
  },

  'GET /api/nodes/:name/logs': ({ logs }, { params, query }) => logs.find(params.name, query),

  'GET /api/nodes/:name/logs/download': ({ logs }, { params, query }) =>
    logFile(params.name, logs.export(params.name, query), query.format ?? 'text'),

  'POST /api/nodes/:name/join': async ({ fleet, audit }, { actor, params, body }) => {
    audit.record('node.join', actor, { node: params.name, peer: body.peer });
    await fleet.join(params.name, body.peer);
  },

  'POST /api/nodes/:name/disconnect': async ({ fleet, audit }, { actor, params, body }) => {
    audit.record('node.disconnect', actor, { node: params.name, peer: body.peer });
    await fleet.disconnect(params.name, body.peer);
  },

  'POST /api/nodes/:name/disconnect/forecast': async ({ fleet, clusters }, { params, body }) => {
    const { asked, name } = fleet.pair(params.name, body.peer);
    return clusters.foresee(asked, name);
  },
};
