/** What a node logs about itself. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createMemoryNetwork, createStaticResolver, startNode } from '@convoy/node';
import { LineLimiter, logNodeEvents } from '../../src/running/node-log.ts';

test('a flood of lines is cut and counted', () => {
  const lines: string[] = [];
  const limiter = new LineLimiter((line) => lines.push(line));
  for (let index = 0; index < 25; index += 1) limiter.write(`line ${index}`, index);
  assert.equal(lines.length, 10);
  limiter.write('later', 20_000);
  assert.deepEqual(lines.slice(10), ['(15 more lines like the ones before)', 'later']);
});

test('peers that come, go and ask in vain are told, those of other nodes are not', async () => {
  const network = createMemoryNetwork();
  const resolver = createStaticResolver({ 'a@127.0.0.1': { host: '127.0.0.1', port: 1 } });
  const common = { cookie: 'log', resolver };
  await using a = await startNode({
    ...common,
    name: 'a@127.0.0.1',
    transport: network.transport(),
    listen: { port: 1 },
  });
  const lines: string[] = [];
  const stop = logNodeEvents(a, (line) => lines.push(line));
  const gone = Promise.withResolvers<void>();
  a.onNodeDown(() => gone.resolve());
  {
    await using b = await startNode({
      ...common,
      name: 'b@127.0.0.1',
      transport: network.transport(),
      listen: false,
      hidden: true,
    });
    const otherLines: string[] = [];
    logNodeEvents(b, (line) => otherLines.push(line));
    await assert.rejects(b.rpc('a@127.0.0.1', 'shell', 'start', []), { code: 'REMOTE_UNDEF' });
    assert.deepEqual(otherLines, ['a@127.0.0.1 is connected (hidden)']);
  }
  await gone.promise;
  stop();
  assert.equal(lines[0], 'b@127.0.0.1 is connected (hidden)');
  assert.match(lines[1] ?? '', /^refused shell:start\(\) from b@127\.0\.0\.1: .*`convoy shell a@127/);
  assert.match(lines[2] ?? '', /^b@127\.0\.0\.1 is gone: /);
});
