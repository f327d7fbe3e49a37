/** The logger of a launched node, followed beside its output: one log, whose lines are numbered together. */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { startNode } from '@convoy/node';
import { atom } from '@convoy/node/etf';
import type { LogLine } from '@convoy/console/protocol';
import { missingPeer } from '../../../support/erlang/erlang-node.ts';
import { eventually } from '../../../support/eventually.ts';
import { ConsoleLives } from '../../../support/launching/console-lives.ts';

test('a launched node is followed by its output and by its logger', { skip: missingPeer('25') }, async () => {
  await using lives = await ConsoleLives.start();
  const { name } = await lives.launch({ kind: 'erlang' });
  await using page = await lives.client.live();
  page.send({ type: 'logs.follow', node: name, afterSeq: 0, source: 'all' });
  await page.message('logs.state', ({ source, state }) => source === 'all' && state === 'following');
  await using sender = await startNode({
    name: 'sender@127.0.0.1',
    cookie: readFileSync(join(lives.dataDir, 'cookie'), 'utf8'),
    hidden: true,
    epmd: 'system',
    epmdPort: lives.epmdPort,
  });
  await sender.connect(name);
  sender.send({ name: 'convoy_worker', node: name }, atom('ping'));
  await sender.rpc(name, 'logger', 'error', ['from the logger']);
  const lines = (): LogLine[] =>
    page.messages.flatMap((message) => (message.type === 'logs' ? message.lines : []));
  const find = (stream: LogLine['stream'], text: string): LogLine | undefined =>
    lines().find((line) => line.stream === stream && line.text === text);
  await eventually('a line of each', 60_000, () => {
    return (
      find('stdout', `Received ping on node ${name}`) !== undefined &&
      find('logger', 'from the logger') !== undefined
    );
  });
  assert.equal(find('logger', 'from the logger')?.level, 'error');
  const seqs = lines().map(({ seq }) => seq);
  assert.deepEqual(
    seqs,
    seqs.map((_, index) => index + 1),
  );
  // The logger prints it, too, in the words of Erlang.
  await lives.waitForLine(name, /^=ERROR REPORT====|from the logger$/);
  const { json } = await lives.client.ask(`/api/nodes/${name}/logs?source=logger&level=error`);
  assert.deepEqual(
    (json as LogLine[]).map(({ text }) => text),
    ['from the logger'],
  );
});
