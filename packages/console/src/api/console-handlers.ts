/** Handlers of the routes about the console itself: login, tickets, its state, the doctor, the OpenAPI document. */

import { auditProblem } from '../audit/audit-log.ts';
import { type consoleRoutes, routes } from '../protocol/index.ts';
import type { HandlersOf } from './handler.ts';
import { openApiDocument } from './openapi.ts';

export const consoleHandlers: HandlersOf<typeof consoleRoutes> = {
  'GET /api/health': () => ({ status: 'ok' }),

  'POST /api/session': async ({ gatekeeper, audit }, { body, credentials, cookie }) => {
    const { secret, actor } = gatekeeper.login(body.token, credentials.address);
    audit.record('login', actor);
    await gatekeeper.saved;
    cookie.set(secret);
  },

  'DELETE /api/session': async ({ gatekeeper, audit }, { credentials, cookie }) => {
    const session = gatekeeper.logout(credentials.cookie);
    if (session !== undefined) audit.record('logout', { label: session.label, address: credentials.address });
    await gatekeeper.saved;
    cookie.delete();
  },

  'POST /api/tickets': ({ gatekeeper }, { actor }) => gatekeeper.issueTicket(actor),

  'GET /api/info': (context) => context.info(),

  'GET /api/state': ({ faults, audit }) => ({
    faults: faults.counts,
    audit:
      audit.failure === undefined ? {} : { problem: auditProblem(audit.failure), since: audit.failure.since },
  }),

  'POST /api/doctor': ({ doctor, others, audit }, { actor, body }) => {
    for (const node of [body.node, body.from]) others.checkOwn(node ?? '');
    audit.record('doctor', actor, { node: body.node, from: body.from });
    return doctor.examine(body);
  },

  'GET /api/audit': ({ auditIndex }, { query }) => {
    const { node, act, actor, from, to, before, limit } = query;
    const time = (text: string | undefined): number | undefined =>
      text === undefined ? undefined : Date.parse(text);
    return auditIndex.find({
      node,
      act,
      actor,
      from: time(from),
      to: time(to),
      before: before === undefined ? undefined : Number(before),
      limit: Number(limit ?? 100),
    });
  },

  'GET /api/openapi.json': async (context) => {
    const { version } = await context.info();
    return openApiDocument(routes, { version, basePath: context.basePath });
  },
};
