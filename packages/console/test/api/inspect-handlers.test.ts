/** Questions about the inside of nodes that are refused before any node is asked. */

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { getRequestListener } from '@hono/node-server';
import type { ApiContext } from '../../src/api/api-context.ts';
import { createApplication } from '../../src/api/application.ts';
import { createHostRules } from '../../src/auth/allowed-hosts.ts';
import { Gatekeeper } from '../../src/auth/gatekeeper.ts';
import { ConsoleError } from '../../src/errors.ts';
import { Faults } from '../../src/fault-boundary.ts';
import { inspectRoutes, splitKey } from '../../src/protocol/index.ts';

const token = 'a-token-of-some-length';

/** A console that knows no node but those of another one. */
function contextOf(port: number): ApiContext {
  const hosts = createHostRules({ host: '127.0.0.1', port, extra: [], machine: [] });
  const others = {
    checkOwn(id: string): void {
      throw new ConsoleError('CONSOLE_OTHER_CONSOLE', `${id} is a node of the console web-2`);
    },
  };
  const parts = {
    gatekeeper: new Gatekeeper({ token, hosts, cookieName: 'session' }),
    faults: new Faults({ error: () => undefined }),
    cookieName: 'session',
    basePath: '',
    webRoot: undefined,
    trustConnection: () => undefined,
    others,
  };
  return parts as unknown as ApiContext;
}

test('a node of another console is not looked into, and nothing is done there', async () => {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const listener = getRequestListener(createApplication(contextOf(port)).fetch);
  server.on('request', (request, response) => void listener(request, response));
  const aboutNodes = Object.keys(inspectRoutes).filter((key) => key.includes('/api/nodes/:name/'));
  const codes = await Promise.all(
    aboutNodes.map(async (key) => {
      const { method, path } = splitKey(key);
      const url = path.replace(':name', 'two%3Aapp%40h').replaceAll(/:\w+/g, '%3C0.1.0%3E');
      const answer = await fetch(`http://127.0.0.1:${port}${url}`, {
        method,
        headers: { authorization: `Bearer ${token}`, connection: 'close' },
      });
      const { error } = (await answer.json()) as { error: { code: string; message: string } };
      return [answer.status, error.code, error.message];
    }),
  );
  server.close();
  await once(server, 'close');
  assert.ok(codes.length >= 10);
  const refusal = [409, 'CONSOLE_OTHER_CONSOLE', 'two:app@h is a node of the console web-2'];
  assert.deepEqual(
    codes,
    codes.map(() => refusal),
  );
});
