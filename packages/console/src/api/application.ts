/**
 * The HTTP side as one fetch function: security headers, host and origin checks, the routes of the API, and the page, all
 * below the base path. An error is answered as `{error: {code, message, remedy}}`, or as a page if a browser asks for HTML.
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
import { type Row, splitKey } from '../protocol/index.ts';
import { shownJson } from '../shown-json.ts';
import type { ApiContext } from './api-context.ts';
import { pathBelow } from './page/base-path.ts';
import type { Api, CheckedRequest, SessionCookie } from './handler.ts';
import { consoleApi } from './handlers.ts';
import { refusalPage } from './page/refusal-page.ts';
import { securityHeaders } from './page/security-headers.ts';
import { pageRoutes } from './page/static-files.ts';

const maxBodyBytes = 65_536;
/** Internal path for requests outside of the base path. No request can name it, because a URL contains no line ends. */
const outside = '/\n';

type Env = { Bindings: HttpBindings };
type Call = Context<Env>;

const limitBody = bodyLimit({
  maxSize: maxBodyBytes,
  onError: () => {
    throw new ConsoleError('CONSOLE_TOO_LARGE', `the request body is longer than ${maxBodyBytes} bytes`, {
      remedy: 'Shorten it, for example with fewer environment variables.',
    });
  },
});

/** Limits the body. A body without a length is read here, up to the limit, so reading it can also fail here. */
async function boundBody(call: Call, next: Next): Promise<Response | void> {
  try {
    return await limitBody(call, next);
  } catch (cause) {
    throw call.env.incoming.complete ? cause : brokenBody(cause);
  }
}

/** Creates the console's HTTP application. */
export function createApplication(context: ApiContext, api: Api = consoleApi): Hono<Env> {
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
    // Browsers send an origin for the page's own scripts and styles. Those are public, and must load even if a proxy is set up wrongly:
    // the login page then says what is missing.
    const isOfPage = call.req.method === 'GET' && !call.req.path.startsWith('/api/');
    if (!isOfPage) {
      context.gatekeeper.checkOrigin(credentials, call.req.method);
      context.gatekeeper.checkSite(credentials);
    }
    await next();
  });
  app.use((call, next) => boundBody(call, next));
  addRoutes(app, context, api);
  addPage(app, context);
  app.onError((error, call) => refuse(context, call, error));
  return app;
}

function addRoutes(app: Hono<Env>, context: ApiContext, { rows, handlers }: Api): void {
  for (const [key, row] of Object.entries(rows)) {
    const handler = handlers[key];
    if (handler === undefined) throw new TypeError(`the route ${key} has no handler`);
    const { method, path } = splitKey(key);
    const paths = row.deprecatedPath === undefined ? [path] : [path, row.deprecatedPath];
    app.on(method, paths, async (call) => {
      const request = await checkedRequest(context, call, row);
      if (path.startsWith('/api/nodes/:name')) context.others.checkOwn(request.params['name'] ?? '');
      // `defineApi` has checked that this handler takes what its row says.
      const answer = await handler(context, request as never);
      if (row.media !== undefined) return answer as Response;
      if (row.answer === undefined) return call.body(null, 204);
      return answerJson(call, answer as object, row.status ?? 200);
    });
  }
}

async function checkedRequest(context: ApiContext, call: Call, row: Row): Promise<CheckedRequest> {
  const credentials = credentialsOf(context, call);
  const actor = row.access === 'user' ? identify(context, call, credentials) : undefined;
  return {
    actor,
    credentials,
    cookie: sessionCookie(context, call, credentials),
    params: call.req.param(),
    query: row.query === undefined ? undefined : checked(row.query, call.req.query(), 'the query'),
    body: row.body === undefined ? undefined : await bodyOf(call, row.body),
  };
}

function identify(context: ApiContext, call: Call, credentials: Credentials): Actor {
  const actor = context.gatekeeper.identify(credentials);
  context.trustConnection(call.env.incoming.socket);
  return actor;
}

function sessionCookie(context: ApiContext, call: Call, credentials: Credentials): SessionCookie {
  const { gatekeeper, cookieName, basePath } = context;
  const path = `${basePath}/`;
  return {
    set(secret) {
      setCookie(call, cookieName, secret, {
        httpOnly: true,
        sameSite: 'Strict',
        secure: gatekeeper.isSecure(credentials),
        path,
        maxAge: Math.floor(sessionMaxMs / 1000),
      });
    },
    delete() {
      deleteCookie(call, cookieName, { path });
    },
  };
}

function addPage(app: Hono<Env>, context: ApiContext): void {
  const { basePath, webRoot } = context;
  app.all('/api/*', (call) => {
    throw new ConsoleError('CONSOLE_NOT_FOUND', `there is no route ${call.req.method} ${call.req.path}`, {
      remedy: 'GET /api/openapi.json lists all routes.',
    });
  });
  app.all(outside, (call) => {
    const { pathname, search } = new URL(call.req.url);
    // A link without its trailing slash. The target does not depend on the request.
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
  return checked(schema, value, 'the request body');
}

/** The error for a body that ends early. It is not counted as a fault, because any client can disconnect as often as it likes. */
function brokenBody(cause: unknown): ConsoleError {
  if (cause instanceof ConsoleError) return cause;
  return new ConsoleError('CONSOLE_BAD_REQUEST', 'the request body is incomplete', {
    remedy: 'Send it again, with a Content-Length that matches.',
    cause,
  });
}

async function textOf(call: Call): Promise<string> {
  try {
    return await call.req.text();
  } catch (cause) {
    throw brokenBody(cause);
  }
}

async function refuse({ faults, basePath }: ApiContext, call: Call, error: Error): Promise<Response> {
  const status = statusOf(error) as ContentfulStatusCode;
  // Log only the path: a query can contain the token of a printed link.
  if (!(error instanceof ConvoyError)) {
    faults.note({ kind: 'request', name: `${call.req.method} ${call.req.path}` }, error);
  }
  if (error instanceof ConsoleError && error.retryAfterSeconds !== undefined) {
    call.header('Retry-After', String(error.retryAfterSeconds));
  }
  const problem = problemOf(error);
  if (call.req.header('accept')?.includes('text/html') !== true)
    return answerJson(call, { error: problem }, status);
  return call.html(await refusalPage({ problem, host: call.req.header('host') ?? '', basePath }), status);
}

function answerJson(call: Call, value: object, status: ContentfulStatusCode): Response {
  return call.body(shownJson(value), status, { 'Content-Type': 'application/json' });
}
