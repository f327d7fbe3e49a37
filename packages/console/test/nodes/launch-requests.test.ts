/** What is kept of launches, so that nodes can be launched again. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LaunchRequests } from '../../src/nodes/launched/launch-requests.ts';

const request = { kind: 'erlang', join: false, variables: { SECRET: 'value' } } as const;

test('a request is kept with the name that the node got', () => {
  const requests = new LaunchRequests();
  requests.keep('erlang-1@h', request);
  assert.deepEqual(requests.of('erlang-1@h'), { ...request, name: 'erlang-1' });
  requests.rename('erlang-1@h', 'erlang-1@other');
  assert.deepEqual(requests.of('erlang-1@other'), { ...request, name: 'erlang-1' });
  assert.throws(() => requests.of('erlang-1@h'), { code: 'CONSOLE_LAUNCH_UNKNOWN' });
});

test('a node that another console launched is not launched without its variables', () => {
  const requests = new LaunchRequests();
  assert.throws(() => requests.of('found@h'), {
    code: 'CONSOLE_LAUNCH_UNKNOWN',
    message: 'the variables that found@h was launched with are not known',
  });
});

test('a removed node takes its request with it', () => {
  const requests = new LaunchRequests();
  requests.keep('a@h', request);
  requests.forget('a@h');
  assert.throws(() => requests.of('a@h'), { code: 'CONSOLE_LAUNCH_UNKNOWN' });
});
