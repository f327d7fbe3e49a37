/**
 * The HTTP side as one fetch function: headers, host and origin checks on everything, login, the routes of routes.ts,
 * and the page, all of it below the base path. Every failure is answered as `{error: {code, message, remedy}}`, and to a
 * browser that wants a page as one.
 */

import type { HttpBindings } from '@hono/node-server';
import { type Context, Hono, type Next } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { deleteCookie, setCookie } from 'hono/cookie';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { getPath } from 'hono/utils/url';
import type { z } from 'zod';
import { ConvoyError } from '@convoy/node';
import type { Actor, Credentials } from '../auth/gatekeeper.ts';
import { sessionMaxMs } from '../auth/session-table.ts';
import { parseBoundedJson } from '../bounded-json.ts';
import { checked, ConsoleError, problemOf, statusOf } from '../errors.ts';
import { loginRequestSchema } from '../protocol/index.ts';
import { shownJson } from '../shown-json.ts';
import type { ApiContext } from './api-context.ts';
import { pathBelow } from './base-path.ts';
import { openApiDocument } from './openapi.ts';
import { refusalPage } from './refusal-page.ts';
import type { Route } from './route.ts';
import { routes } from './routes.ts';
import { securityHeaders } from './security-headers.ts';
import { pageRoutes } from './static-files.ts';

const maxBodyBytes = 65_536;
/** Where requests outside of the base path are routed. None of them can name it: a URL holds no line ends. */
const outside = '/\n';

type Env = { Bindings: HttpBindings };
type Call = Context<Env>;

const limitBody = bodyLimit({
  maxSize: maxBodyBytes,
  onError: () => {
    throw new ConsoleError('CONSOLE_TOO_LARGE', `a request body may have ${maxBodyBytes} bytes`);
  },
});

/** A body without a length is read here already, up to the bound, so that it can end here too. */
async function boundBody(call: Call, next: Next): Promise<Response | void> {
  try {
    return await limitBody(call, next);
  } catch (cause) {
    throw call.env.incoming.complete ? cause : brokenBody(cause);
  }
}

/** The console's HTTP application. */
export function createApplication(context: ApiContext): Hono<Env> {
  const { basePath } = context;
  const app = new Hono<Env>({ getPath: (request) => pathBelow(basePath, getPath(request)) ?? outside });
  app.use(async (call, next) => {
    await next();
    for (const [name, value] of Object.entries(securityHeaders)) call.res.headers.set(name, value);
    if (!call.res.headers.has('Cache-Control') || call.req.path.startsWith('/api/')) {
      call.res.headers.set('Cache-Control', 'no-store');
    }
  });
  app.use(async (call, next) => {
    const credentials = credentialsOf(context, call);
    context.gatekeeper.checkHost(credentials);
    // Browsers say the origin of the page's own scripts and styles. They are for everyone, and have to load where a proxy
    // was set up wrongly: the login then says what is missing.
    const isOfPage = call.req.method === 'GET' && !call.req.path.startsWith('/api/');
    if (!isOfPage) {
      context.gatekeeper.checkOrigin(credentials, call.req.method);
      context.gatekeeper.checkSite(credentials);
    }
    await next();
  });
  app.use((call, next) => boundBody(call, next));
  app.get('/api/health', (call) => call.json({ status: 'ok' }));
  addLogin(app, context);
  for (const row of routes) addRoute(app, context, row);
  addPage(app, context);
  app.onError((error, call) => refuse(context, call, error));
  return app;
}

function addLogin(app: Hono<Env>, context: ApiContext): void {
  const { gatekeeper, audit, cookieName, basePath } = context;
  const path = `${basePath}/`;
  app.post('/api/session', async (call) => {
    const { token } = await bodyOf(call, loginRequestSchema);
    const credentials = credentialsOf(context, call);
    const { secret, actor } = gatekeeper.login(token, credentials.address);
    audit.record('login', actor);
    setCookie(call, cookieName, secret, {
      httpOnly: true,
      sameSite: 'Strict',
      secure: gatekeeper.isSecure(credentials),
      path,
      maxAge: Math.floor(sessionMaxMs / 1000),
    });
    return call.body(null, 204);
  });
  app.delete('/api/session', (call) => {
    const { address, cookie } = credentialsOf(context, call);
    const session = gatekeeper.logout(cookie);
    if (session !== undefined) audit.record('logout', { label: session.label, address });
    deleteCookie(call, cookieName, { path });
    return call.body(null, 204);
  });
}

function identify(context: ApiContext, call: Call): Actor {
  const actor = context.gatekeeper.identify(credentialsOf(context, call));
  context.trustConnection(call.env.incoming.socket);
  return actor;
}

function addRoute(app: Hono<Env>, context: ApiContext, row: Route): void {
  const paths = row.deprecatedPath === undefined ? [row.path] : [row.path, row.deprecatedPath];
  app.on(row.method.toUpperCase(), paths, async (call) => {
    const actor = identify(context, call);
    const body = row.body === undefined ? undefined : await bodyOf(call, row.body);
    const { status = 200 } = row;
    const params = call.req.param() as Record<string, string>;
    const answer = await row.run(context, { actor, params, query: call.req.query(), body: body as never });
    return status === 204 ? call.body(null, 204) : answerJson(call, answer as object, status);
  });
}

function addPage(app: Hono<Env>, context: ApiContext): void {
  const { basePath, webRoot } = context;
  app.get('/api/openapi.json', async (call) => {
    identify(context, call);
    return call.json(openApiDocument({ version: (await context.info()).version, basePath }));
  });
  app.all('/api/*', (call) => {
    throw new ConsoleError('CONSOLE_NOT_FOUND', `there is no ${call.req.method} ${call.req.path}`, {
      remedy: 'GET /api/openapi.json lists what there is.',
    });
  });
  app.all(outside, (call) => {
    const { pathname, search } = new URL(call.req.url);
    // A link without its trailing slash; the target is fixed, whatever the request says.
    if (pathname === basePath) return call.redirect(`${basePath}/${search}`);
    throw new ConsoleError('CONSOLE_NOT_FOUND', `the console is under ${basePath}/, not at ${pathname}`, {
      remedy: `Open ${basePath}/; a proxy must pass the path on unchanged, including ${basePath}.`,
    });
  });
  app.route('/', pageRoutes({ root: webRoot, basePath }));
}

function credentialsOf({ gatekeeper }: ApiContext, call: Call): Credentials {
  return gatekeeper.credentialsOf(call.env.incoming);
}

async function bodyOf<Body>(call: Call, schema: z.ZodType<Body>): Promise<Body> {
  const value = parseBoundedJson(await textOf(call), 'the request body');
  return checked(schema, value, 'the body');
}

/** A client that disconnects while sending its body is not counted as a fault: anyone can do that as often as they like. */
function brokenBody(cause: unknown): ConsoleError {
  if (cause instanceof ConsoleError) return cause;
  return new ConsoleError('CONSOLE_BAD_REQUEST', 'the request body is incomplete', { cause });
}

async function textOf(call: Call): Promise<string> {
  try {
    return await call.req.text();
  } catch (cause) {
    throw brokenBody(cause);
  }
}

function refuse({ faults, basePath }: ApiContext, call: Call, error: Error): Response {
  const status = statusOf(error) as ContentfulStatusCode;
  // The path alone: an address can carry the token of a printed link.
  if (!(error instanceof ConvoyError)) {
    faults.note({ kind: 'request', name: `${call.req.method} ${call.req.path}` }, error);
  }
  if (error instanceof ConsoleError && error.retryAfterSeconds !== undefined) {
    call.header('Retry-After', String(error.retryAfterSeconds));
  }
  const problem = problemOf(error);
  if (call.req.header('accept')?.includes('text/html') !== true)
    return answerJson(call, { error: problem }, status);
  return call.html(refusalPage({ problem, host: call.req.header('host') ?? '', basePath }), status);
}

function answerJson(call: Call, value: object, status: ContentfulStatusCode): Response {
  return call.body(shownJson(value), status, { 'Content-Type': 'application/json' });
}
