/** Serves the built page from one folder, and its index for every other path, because the page has routes of its own. */

import { readFile } from 'node:fs/promises';
import { extname, join, normalize, sep } from 'node:path';
import { withBase } from './base-path.ts';

const contentTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.webmanifest': 'application/manifest+json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
};

const notBuilt = `The console runs, but its page has not been built.

Build it with \`npm run build:web\` and reload, or use the command: \`convoy list\`, \`convoy launch ts\`.
`;

interface StaticFile {
  readonly body: Uint8Array<ArrayBuffer>;
  readonly type: string;
  readonly cache: string;
}

async function readBelow(root: string, path: string): Promise<StaticFile | undefined> {
  const file = normalize(join(root, path));
  if (!file.startsWith(root.endsWith(sep) ? root : root + sep)) return undefined;
  const type = contentTypes[extname(file)];
  if (type === undefined) return undefined;
  try {
    const body = new Uint8Array(await readFile(file));
    // Files below assets/ have a digest of their content in their name. The page's own address can hold the token of a
    // printed link: no cache may remember that it was asked for.
    const cache = path.startsWith('/assets/') ? 'public, max-age=31536000, immutable' : 'no-store';
    return { body, type, cache };
  } catch {
    return undefined;
  }
}

export interface BuiltPage {
  /** Folder of the built page; `undefined` when it was not built. */
  readonly root: string | undefined;
  readonly basePath: string;
}

/** The answer to a GET of `path` (decoded, below the base path) that is not an API route. */
export async function serveStatic({ root, basePath }: BuiltPage, path: string): Promise<Response> {
  const file =
    root === undefined || path.includes('\0')
      ? undefined
      : ((await readBelow(root, path)) ??
        (extname(path) === '' ? await readBelow(root, '/index.html') : undefined));
  if (file !== undefined) {
    const isPage = file.type.startsWith('text/html');
    const body = isPage ? withBase(new TextDecoder().decode(file.body), basePath) : file.body;
    return new Response(body, { headers: { 'Content-Type': file.type, 'Cache-Control': file.cache } });
  }
  const isPage = extname(path) === '' && !path.includes('\0');
  return new Response(isPage ? notBuilt : 'Not found\n', {
    status: isPage ? 503 : 404,
    headers: { 'Content-Type': 'text/plain; charset=utf-8' },
  });
}
