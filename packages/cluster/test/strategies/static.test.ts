import assert from 'node:assert/strict';
import { test } from 'node:test';
import { testStrategy } from '../../../../test/conformance/strategy.ts';
import { createStaticStrategy } from '../../src/strategies/static.ts';

testStrategy('static', async () => ({
  strategy: createStaticStrategy({ nodes: ['a@127.0.0.1', 'b@127.0.0.1'] }),
  self: 'me@127.0.0.1',
  present: ['a@127.0.0.1', 'b@127.0.0.1'],
  [Symbol.asyncDispose]: async () => undefined,
}));

test('a static list refuses what is not a node name', () => {
  assert.throws(() => createStaticStrategy({ nodes: ['a@h', 'b'] }), {
    code: 'DISCOVERY_BAD_OPTION',
    message: /"b"/,
  });
});
