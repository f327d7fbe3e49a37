/**
 * The HTTP side as one fetch function: headers, host and origin checks on everything, login, the routes of routes.ts,
 * and the page. Every failure is answered as `{error: {code, message, remedy}}`.
 */

import { getConnInfo } from '@hono/node-server/conninfo';
import { type Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { deleteCookie, getCookie, setCookie } from 'hono/cookie';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import type { z } from 'zod';
import { ConvoyError } from '@convoy/node';
import type { Credentials } from '../auth/gatekeeper.ts';
import { sessionMaxMs } from '../auth/session-table.ts';
import { parseBoundedJson } from '../bounded-json.ts';
import { checked, ConsoleError, problemOf, statusOf } from '../errors.ts';
import { loginRequestSchema } from '../protocol/index.ts';
import type { ApiContext } from './api-context.ts';
import { openApiDocument } from './openapi.ts';
import type { Route } from './route.ts';
import { routes } from './routes.ts';
import { securityHeaders } from './security-headers.ts';
import { serveStatic } from './static-files.ts';

const maxBodyBytes = 65_536;

/** The console's HTTP application. */
export function createApplication(context: ApiContext): Hono {
  const app = new Hono();
  app.use(async (call, next) => {
    await next();
    for (const [name, value] of Object.entries(securityHeaders)) call.res.headers.set(name, value);
    if (call.req.path.startsWith('/api/')) call.res.headers.set('Cache-Control', 'no-store');
  });
  app.use(async (call, next) => {
    context.gatekeeper.checkHost(call.req.header('host'));
    context.gatekeeper.checkOrigin(credentialsOf(context, call), call.req.method);
    await next();
  });
  app.use(
    bodyLimit({
      maxSize: maxBodyBytes,
      onError: () => {
        throw new ConsoleError('CONSOLE_TOO_LARGE', `a request body may have ${maxBodyBytes} bytes`);
      },
    }),
  );
  app.get('/api/health', (call) => call.json({ status: 'ok' }));
  addLogin(app, context);
  for (const row of routes) addRoute(app, context, row);
  addPage(app, context);
  app.onError((error, call) => refuse(context, call, error));
  return app;
}

function addLogin(app: Hono, context: ApiContext): void {
  const { gatekeeper, audit, cookieName } = context;
  app.post('/api/session', async (call) => {
    const { token } = await bodyOf(call, loginRequestSchema);
    const { address } = credentialsOf(context, call);
    try {
      const { secret, actor } = gatekeeper.login(token, address);
      audit.record('login', actor);
      setCookie(call, cookieName, secret, {
        httpOnly: true,
        sameSite: 'Strict',
        path: '/',
        maxAge: Math.floor(sessionMaxMs / 1000),
      });
    } catch (error) {
      audit.record('login.refused', { label: 'nobody', address }, { code: problemOf(error).code });
      throw error;
    }
    return call.body(null, 204);
  });
  app.delete('/api/session', (call) => {
    const secret = getCookie(call, cookieName);
    const { address } = credentialsOf(context, call);
    if (gatekeeper.logout(secret)) audit.record('logout', { label: 'session', address });
    deleteCookie(call, cookieName, { path: '/' });
    return call.body(null, 204);
  });
}

function addRoute(app: Hono, context: ApiContext, row: Route): void {
  app.on(row.method.toUpperCase(), row.path, async (call) => {
    const actor = context.gatekeeper.identify(credentialsOf(context, call));
    const body = row.body === undefined ? undefined : await bodyOf(call, row.body);
    const { status = 200 } = row;
    const params = call.req.param() as Record<string, string>;
    const answer = await row.run(context, { actor, params, query: call.req.query(), body: body as never });
    return status === 204 ? call.body(null, 204) : call.json(answer as object, status);
  });
}

function addPage(app: Hono, context: ApiContext): void {
  app.get('/api/openapi.json', async (call) => {
    context.gatekeeper.identify(credentialsOf(context, call));
    return call.json(openApiDocument((await context.info()).version));
  });
  app.all('/api/*', (call) => {
    throw new ConsoleError('CONSOLE_NOT_FOUND', `there is no ${call.req.method} ${call.req.path}`, {
      remedy: 'GET /api/openapi.json lists what there is.',
    });
  });
  app.get('*', (call) => serveStatic(context.webRoot, decodePath(call.req.path)));
}

function credentialsOf({ cookieName }: ApiContext, call: Context): Credentials {
  return {
    host: call.req.header('host'),
    origin: call.req.header('origin'),
    authorization: call.req.header('authorization'),
    cookie: getCookie(call, cookieName),
    address: getConnInfo(call).remote.address ?? '',
  };
}

async function bodyOf<Body>(call: Context, schema: z.ZodType<Body>): Promise<Body> {
  const value = parseBoundedJson(await call.req.text(), 'the request body');
  return checked(schema, value, 'the body');
}

function refuse({ logger }: ApiContext, call: Context, error: Error): Response {
  const status = statusOf(error) as ContentfulStatusCode;
  // The path alone: an address can carry the token of a printed link.
  if (!(error instanceof ConvoyError)) logger.error({ err: error, path: call.req.path }, 'a request failed');
  if (error instanceof ConsoleError && error.retryAfterSeconds !== undefined) {
    call.header('Retry-After', String(error.retryAfterSeconds));
  }
  return call.json({ error: problemOf(error) }, status);
}

function decodePath(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return '/';
  }
}
