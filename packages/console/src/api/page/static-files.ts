/** Serves the built page from one folder, and its index for every other path, because the page does its own routing. */

import { readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { serveStatic } from '@hono/node-server/serve-static';
import { type Context, Hono, type MiddlewareHandler } from 'hono';
import { etag } from 'hono/etag';
import { withBase } from './base-path.ts';

const notBuilt = `The console is running, but its page has not been built.

Build it with \`npm run build:web\` and reload, or use the command: \`convoy list\`, \`convoy launch ts\`.
`;

/** Cache header for files below assets/, whose names contain a digest of their content. */
const forever = 'public, max-age=31536000, immutable';

/** Where the built page is. */
export interface BuiltPage {
  /** Folder of the built page; `undefined` if it was not built. */
  readonly root: string | undefined;
  readonly basePath: string;
}

/** Creates the routes for every GET outside of the API. Paths are relative to the base path. */
export function pageRoutes({ root, basePath }: BuiltPage): Hono {
  const app = new Hono();
  if (root !== undefined) {
    app.use(etag());
    app.get('/assets/*', describeAsset, serveStatic({ root, precompressed: true }));
    app.get('*', indexFrom(root, basePath));
  }
  app.get('*', (call) => (isPagePath(call) ? call.text(notBuilt, 503) : call.text('Not found\n', 404)));
  return app;
}

const describeAsset: MiddlewareHandler = async (call, next) => {
  await next();
  const { headers, ok } = call.res;
  if (!ok || !headers.has('Last-Modified')) return;
  headers.set('Cache-Control', forever);
  // A cache must not serve a compressed file to a browser that cannot decode it.
  headers.set('Vary', 'Accept-Encoding');
};

function indexFrom(root: string, basePath: string): MiddlewareHandler {
  return async (call, next) => {
    const html = isPagePath(call) ? await readIndex(root) : undefined;
    if (html === undefined) return next();
    // A query can contain the token of a printed link, so such a request must not be cached.
    const cache = call.req.url.includes('?') ? 'no-store' : 'no-cache';
    return call.html(withBase(html, basePath), 200, { 'Cache-Control': cache });
  };
}

async function readIndex(root: string): Promise<string | undefined> {
  try {
    return await readFile(join(root, 'index.html'), 'utf8');
  } catch {
    return undefined;
  }
}

function isPagePath(call: Context): boolean {
  const path = decodePath(call.req.path);
  return path === '/index.html' || (extname(path) === '' && !path.includes('\0'));
}

function decodePath(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return '/';
  }
}
