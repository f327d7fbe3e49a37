/** The table of routes is what the server serves and what the OpenAPI document describes; a new row needs nothing but a handler. */

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, test } from 'node:test';
import { getRequestListener } from '@hono/node-server';
import { z } from 'zod';
import type { ApiContext } from '../../src/api/api-context.ts';
import { createApplication } from '../../src/api/application.ts';
import { defineApi } from '../../src/api/handler.ts';
import { openApiDocument } from '../../src/api/openapi.ts';
import { createHostRules } from '../../src/auth/allowed-hosts.ts';
import { Gatekeeper } from '../../src/auth/gatekeeper.ts';
import { Faults } from '../../src/fault-boundary.ts';
import { type ApiClient, createApiClient } from '../../src/protocol/client.ts';
import {
  clusterRoutes,
  consoleRoutes,
  hostRoutes,
  inspectRoutes,
  nodeRoutes,
  placeRoutes,
  railwayRoutes,
  routes,
} from '../../src/protocol/index.ts';

const token = 'a-token-of-some-length';

/** As much of a console as the routes of these tests touch. */
function makeContext(port = 4000): ApiContext {
  const hosts = createHostRules({ host: '127.0.0.1', port, extra: [], machine: [] });
  const gatekeeper = new Gatekeeper({ token, hosts, cookieName: 'session' });
  const faults = new Faults({ error: () => undefined });
  const trustConnection = (): void => undefined;
  const parts = {
    gatekeeper,
    faults,
    cookieName: 'session',
    basePath: '',
    webRoot: undefined,
    trustConnection,
  };
  return parts as Partial<ApiContext> as ApiContext;
}

interface Operation {
  readonly deprecated?: boolean;
  readonly security?: readonly unknown[];
  readonly parameters?: readonly { readonly name: string; readonly in: string }[];
  readonly responses: Readonly<Record<string, { readonly description: string }>>;
}

type Paths = Readonly<Record<string, Readonly<Record<string, Operation>>>>;

function pathsOf(document: Record<string, unknown>): Paths {
  return document['paths'] as Paths;
}

const about = { version: '1', basePath: '' };

describe('the table of routes', () => {
  test('is all that the application serves, and all of it is in the OpenAPI document', () => {
    const app = createApplication(makeContext());
    const served = app.routes
      .filter(({ method, path }) => method !== 'ALL' && path.startsWith('/api/'))
      .map(({ method, path }) => `${method} ${path}`);
    const former = Object.entries(routes).flatMap(([key, row]) =>
      'deprecatedPath' in row ? [`${key.split(' ')[0]} ${row.deprecatedPath}`] : [],
    );
    assert.deepEqual(served.toSorted(), [...Object.keys(routes), ...former].toSorted());
    const documented = Object.entries(pathsOf(openApiDocument(routes, about))).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path.replaceAll(/\{(\w+)\}/g, ':$1')}`),
    );
    assert.deepEqual(documented.toSorted(), served.toSorted());
  });

  test('has every route that the guide names', () => {
    const guide = readFileSync('docs/guide/console.md', 'utf8');
    const named = Array.from(guide.matchAll(/(?:GET|POST|PATCH|DELETE) \/api[\w/:.-]+/g), ([key]) => key);
    assert.ok(named.length > 15);
    assert.deepEqual(
      named.filter((key) => !Object.hasOwn(routes, key)),
      [],
    );
  });

  test('has no route twice', () => {
    const tables = [
      ...[consoleRoutes, nodeRoutes, inspectRoutes, clusterRoutes],
      ...[placeRoutes, hostRoutes, railwayRoutes],
    ];
    const parts = tables.map(Object.keys);
    assert.equal(Object.keys(routes).length, parts.flat().length);
  });

  test('makes an OpenAPI document in which every reference leads somewhere', () => {
    const document = openApiDocument(routes, about);
    const references = Array.from(
      JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g),
      ([, path = '']) => path,
    );
    assert.ok(references.some((path) => path === 'components/schemas/TreeNode'));
    const missing = references.filter((path) => {
      const found = path
        .split('/')
        .reduce<unknown>((at, key) => (at as Record<string, unknown>)?.[key], document);
      return found === undefined;
    });
    assert.deepEqual([...new Set(missing)], []);
    assert.doesNotMatch(JSON.stringify(document), /\$defs/);
  });

  test('says in the OpenAPI document who may call a route and how it fails', () => {
    const paths = pathsOf(openApiDocument(routes, about));
    assert.deepEqual(paths['/api/health']?.['get']?.security, []);
    assert.equal(paths['/api/nodes']?.['get']?.security, undefined);
    const { responses = {} } = paths['/api/nodes']?.['post'] ?? {};
    assert.deepEqual(Object.keys(responses), [
      ...['202', '400', '401', '403', '409', '413', '421', '422', '507', 'default'],
    ]);
    assert.equal(responses['409']?.description, 'PROVIDER_NAME_TAKEN, PROVIDER_LIMIT');
  });
});

describe('a new row', () => {
  const rows = {
    'POST /api/echo/:word': {
      summary: 'Says a word again',
      access: 'user',
      query: z.object({ loud: z.enum(['yes', 'no']).optional() }),
      body: z.object({ times: z.number().int().max(3).default(1) }),
      answer: z.object({ words: z.array(z.string()), by: z.string() }),
      errors: ['CONSOLE_TOO_MANY'],
    },
  } as const;

  const api = defineApi(rows, {
    'POST /api/echo/:word': (_context, { actor, params, query, body }) => {
      const word = query.loud === 'yes' ? params.word.toUpperCase() : params.word;
      return { words: Array<string>(body.times).fill(word), by: actor.label };
    },
  });

  async function serveRows(): Promise<AsyncDisposable & { ask: ApiClient<keyof typeof rows, typeof rows> }> {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const listener = getRequestListener(createApplication(makeContext(port), api).fetch);
    server.on('request', (request, response) => void listener(request, response));
    const ask = createApiClient<keyof typeof rows, typeof rows>({
      send: ({ method, path, body }) =>
        fetch(`http://127.0.0.1:${port}${path}`, {
          method,
          headers: { authorization: `Bearer ${token}`, connection: 'close' },
          ...(body === undefined ? {} : { body }),
        }),
      findMismatch: () => undefined,
    });
    return {
      ask,
      async [Symbol.asyncDispose]() {
        server.close();
        await once(server, 'close');
      },
    };
  }

  test('is served and typed', async () => {
    await using served = await serveRows();
    const { ask } = served;
    const params = { word: 'ä/b' };
    const once = await ask('POST /api/echo/:word', { params, body: {} });
    assert.deepEqual(once, { words: ['ä/b'], by: 'token' });
    const query = { loud: 'yes' } as const;
    const { words } = await ask('POST /api/echo/:word', { params, query, body: { times: 2 } });
    assert.deepEqual(words, ['Ä/B', 'Ä/B']);
    await assert.rejects(ask('POST /api/echo/:word', { params, body: { times: 4 } }), {
      name: 'ApiError',
      status: 400,
      message: /the request body is not valid: times: /,
    });
  });

  test('is documented', () => {
    const operation = pathsOf(openApiDocument(rows, about))['/api/echo/{word}']?.['post'];
    assert.deepEqual(
      operation?.parameters?.map(({ name, in: place }) => [name, place]),
      [
        ['word', 'path'],
        ['loud', 'query'],
      ],
    );
    assert.equal(operation?.responses['429']?.description, 'CONSOLE_TOO_MANY');
  });

  test('does not compile with the wrong handlers, and does not start without one', () => {
    // @ts-expect-error -- a row without a handler
    assert.throws(() => createApplication(makeContext(), defineApi(rows, {})), /has no handler/);
    const echo = (): { words: string[]; by: string } => ({ words: [], by: '' });
    // @ts-expect-error -- a handler without a row
    defineApi(rows, { 'POST /api/echo/:word': echo, 'GET /api/echo': echo });
    // @ts-expect-error -- another answer than the row says
    defineApi(rows, { 'POST /api/echo/:word': () => ({ words: [1], by: '' }) });
    // @ts-expect-error -- a code whose status is not known
    openApiDocument({ 'GET /api/x': { summary: '', access: 'user', errors: ['NO_SUCH_CODE'] } }, about);
  });
});
