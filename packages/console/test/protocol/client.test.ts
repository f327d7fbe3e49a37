/** The client of the HTTP API, with answers as a test gives them: what it sends, and what it does with what comes back. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ApiError, type ApiClient, type ApiRequest, createApiClient } from '../../src/protocol/client.ts';
import type { RouteKey } from '../../src/protocol/index.ts';

interface Given {
  readonly status?: number;
  readonly text?: string;
  readonly body?: ReadableStream<Uint8Array>;
  readonly mismatch?: string;
}

function clientWith(given: Given): { ask: ApiClient<RouteKey>; sent: ApiRequest[] } {
  const sent: ApiRequest[] = [];
  const { status = 200, text = '[]' } = given;
  const ask = createApiClient<RouteKey>({
    send: async (request) => {
      sent.push(request);
      return { status, body: given.body ?? new Response(text).body };
    },
    findMismatch: () => given.mismatch,
    unreachableRemedy: 'Start it.',
    mismatchRemedy: 'Update it.',
  });
  return { ask, sent };
}

async function failureOf(work: Promise<unknown>): Promise<ApiError> {
  const error: unknown = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof ApiError, String(error));
  return error;
}

describe('the client of the HTTP API', () => {
  test('sends method, path, query and body of a route', async () => {
    const { ask, sent } = clientWith({});
    await ask('GET /api/nodes');
    await ask('GET /api/nodes/:name/logs', { params: { name: 'a/../b@h' }, query: { lines: '5' } });
    await ask('GET /api/nodes/:name/logs', { params: { name: 'a@h' } });
    await ask('POST /api/nodes/:name/join', { params: { name: 'a@h' }, body: { peer: 'b@h' } });
    await ask('DELETE /api/session');
    assert.deepEqual(sent, [
      { method: 'GET', path: '/api/nodes' },
      { method: 'GET', path: '/api/nodes/a%2F..%2Fb%40h/logs?lines=5' },
      { method: 'GET', path: '/api/nodes/a%40h/logs' },
      { method: 'POST', path: '/api/nodes/a%40h/join', body: '{"peer":"b@h"}' },
      { method: 'DELETE', path: '/api/session' },
    ]);
  });

  test('takes parameters, query and body of the route and no others', async () => {
    const { ask } = clientWith({});
    // @ts-expect-error -- there is no such route
    await ask('GET /api/nodes/:name');
    // @ts-expect-error -- the parameter is missing
    await ask('DELETE /api/nodes/:name');
    // @ts-expect-error -- the body is not that of the route
    await ask('POST /api/nodes', { body: { kind: 'cobol' } });
    // @ts-expect-error -- the route has no body
    await ask('GET /api/nodes', { body: {} });
    const nodes = await ask('GET /api/nodes');
    // @ts-expect-error -- nodes have no such field
    assert.equal(nodes[0]?.colour, undefined);
  });

  test('fails with the problem that the console tells', async () => {
    const problem = { code: 'CONSOLE_NOT_FOUND', message: 'no such host', remedy: 'Refresh the list.' };
    const { ask } = clientWith({ status: 404, text: JSON.stringify({ error: problem }) });
    const error = await failureOf(ask('GET /api/hosts/:id', { params: { id: 'x' } }));
    assert.deepEqual([error.status, error.problem, error.message], [404, problem, 'no such host']);
  });

  test('fails with the status when something else answers', async () => {
    for (const text of [
      '<html>Bad gateway',
      '',
      'null',
      '{"error":"busy"}',
      '{"error":{"code":1,"message":2}}',
    ]) {
      const error = await failureOf(clientWith({ status: 502, text }).ask('GET /api/nodes'));
      assert.deepEqual(error.problem, {
        code: 'HTTP_502',
        message: 'the console answered 502 to GET /api/nodes',
      });
    }
  });

  test('fails with the cause when the console cannot be reached or goes away while it answers', async () => {
    const cause = new Error('the connection was reset');
    const body = new ReadableStream<Uint8Array>({ pull: (controller) => controller.error(cause) });
    const error = await failureOf(clientWith({ body }).ask('GET /api/nodes'));
    assert.deepEqual([error.status, error.cause], [0, cause]);
    assert.deepEqual(error.problem, {
      code: 'CONSOLE_UNREACHABLE',
      message: 'the console cannot be reached',
      remedy: 'Start it.',
    });
  });

  test('says that an answer has another format than the route, and what to do', async () => {
    const error = await failureOf(clientWith({ mismatch: 'x'.repeat(1000) }).ask('GET /api/info'));
    assert.deepEqual([error.code, error.remedy], ['CONSOLE_WRONG_ANSWER', 'Update it.']);
    assert.match(
      error.message,
      /^the answer of the console to GET \/api\/info has an unexpected format: x{200}$/,
    );
  });

  test('gives up an answer that does not end', async () => {
    let pulled = 0;
    let isCancelled = false;
    const chunk = new Uint8Array(1024 * 1024);
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        pulled += 1;
        controller.enqueue(chunk);
      },
      cancel() {
        isCancelled = true;
      },
    });
    const error = await failureOf(clientWith({ body }).ask('GET /api/nodes'));
    assert.equal(error.problem.code, 'CONSOLE_WRONG_ANSWER');
    assert.ok(isCancelled && pulled < 70, `${pulled} MiB were read`);
  });
});
