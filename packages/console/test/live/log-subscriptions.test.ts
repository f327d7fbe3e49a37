/** What a socket is sent of the logs that it follows. */

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import type { ProviderLog } from '@convoy/cluster';
import { Faults } from '../../src/fault-boundary.ts';
import type { LiveContext } from '../../src/live/live-context.ts';
import { LogSubscriptions } from '../../src/live/log-subscriptions.ts';
import { OutputPump } from '../../src/live/output-pump.ts';
import { NodeLogs } from '../../src/logs/node-logs.ts';
import { NodeRegistry } from '../../src/nodes/node-registry.ts';
import type { LogLine, ServerMessage } from '../../src/protocol/index.ts';
import { eventually } from '../../../../test/support/eventually.ts';

const node = 'ts-1@127.0.0.1';
const noOutput: ProviderLog = { lines: () => [], follow: () => () => undefined };

let folder: string;
let registry: NodeRegistry;
let logs: NodeLogs;
let messages: ServerMessage[];
let subscriptions: LogSubscriptions;
/** How much the socket has not sent yet. */
let outgoing: { bufferedAmount: number };

function launch(name: string): void {
  const place = { key: 'local', kind: 'local' };
  registry.dispatch({
    kind: 'planned',
    node: name,
    nodeKind: 'typescript',
    place,
    join: true,
    keep: false,
    at: 1,
  });
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'convoy-subscriptions-'));
  registry = new NodeRegistry();
  messages = [];
  outgoing = { bufferedAmount: 0 };
  const faults = new Faults({ error: assert.fail });
  logs = new NodeLogs({
    folder,
    maxBytes: 1_000_000,
    visit: () => Promise.reject(new Error('is not visited')),
    registry,
    outputOf: (id) => (id.startsWith('ts-') ? noOutput : undefined),
    faults,
    logger: { warn: assert.fail },
  });
  const context = { logs, faults } as Partial<LiveContext> as LiveContext;
  const socket = { kind: 'socket', name: 'a socket' } as const;
  const send = (message: ServerMessage): void => void messages.push(message);
  subscriptions = new LogSubscriptions(context, { pump: new OutputPump(outgoing), send, socket });
});
afterEach(async () => {
  subscriptions.close();
  await logs.close();
  rmSync(folder, { recursive: true, force: true });
});

const add = (from: number, to: number, stream: LogLine['stream'] = 'stdout'): void => {
  for (let number = from; number <= to; number += 1)
    logs.history(node).add({ at: number, stream, text: String(number) });
};
const lines = (): LogLine[] => messages.flatMap((message) => (message.type === 'logs' ? message.lines : []));
const seqs = (): number[] => lines().map(({ seq }) => seq);
const numbers = (from: number, to: number): number[] =>
  Array.from({ length: to - from + 1 }, (_, index) => from + index);
const follow = (afterSeq = 0, source?: 'output' | 'logger' | 'all', id = node): void =>
  subscriptions.follow({ type: 'logs.follow', node: id, afterSeq, source });

describe('a followed log', () => {
  test('is sent from the last 2000 lines on, in batches', async () => {
    launch(node);
    add(1, 2500);
    follow();
    assert.deepEqual(seqs(), numbers(501, 2500));
    assert.ok(messages.every((message) => message.type !== 'logs' || message.lines.length <= 200));
    add(2501, 4000);
    await eventually('the new lines', 10_000, () => seqs().length === 3500);
    assert.deepEqual(seqs(), numbers(501, 4000));
  });

  test('goes on after the line that a page has, and says how many are gone', () => {
    launch(node);
    add(1, 3000);
    follow(2990);
    assert.deepEqual(seqs(), numbers(2991, 3000));
    messages.length = 0;
    follow(100);
    assert.deepEqual(seqs(), numbers(1000, 3000));
    const [gap] = lines();
    assert.deepEqual(
      [gap?.dropped, gap?.text],
      [900, '[900 lines are left out here; the download has them]'],
    );
    messages.length = 0;
    follow(5000);
    assert.deepEqual(seqs(), []);
  });

  test('has a line that says what a slow page has missed', async () => {
    launch(node);
    follow();
    outgoing.bufferedAmount = 10_000_000;
    add(1, 30_000);
    await logs.history(node).flush();
    await eventually('the page to be slow', 10_000, () => messages.length === 1);
    outgoing.bufferedAmount = 0;
    await eventually('the last line', 10_000, () => seqs().at(-1) === 30_000);
    const [gap, ...sent] = lines();
    assert.ok((gap?.dropped ?? 0) > 5000 && gap?.seq === gap?.dropped, JSON.stringify(gap));
    assert.deepEqual(
      sent.map(({ seq }) => seq),
      numbers((gap?.seq ?? 0) + 1, 30_000),
    );
  });

  test('is that of one source, without gaps that are not any', async () => {
    launch(node);
    add(1, 10, 'logger');
    follow(0, 'output');
    add(11, 3000, 'logger');
    add(3001, 3001);
    await eventually('the line of output', 10_000, () => lines().length > 0);
    assert.deepEqual(seqs(), [3001]);
  });

  test('ends when it is followed no longer', async () => {
    launch(node);
    follow();
    subscriptions.unfollow(node);
    add(1, 1);
    assert.equal(logs.history(node).isFollowed, false);
    assert.deepEqual(seqs(), []);
  });
});

describe('the state of a followed log', () => {
  const states = () =>
    messages.flatMap((message) =>
      message.type === 'logs.state'
        ? [[message.node, message.source, message.state, message.problem?.code]]
        : [],
    );

  test('says the source that applies, and why there is nothing', () => {
    launch(node);
    launch('other@127.0.0.1');
    follow();
    follow(0, 'output', 'other@127.0.0.1');
    assert.deepEqual(states(), [
      [node, 'output', 'following', undefined],
      ['other@127.0.0.1', 'output', 'unavailable', 'CONSOLE_LOGGER_UNAVAILABLE'],
    ]);
  });

  test('says that a TypeScript node has no logger', async () => {
    launch('other@127.0.0.1');
    follow(0, undefined, 'other@127.0.0.1');
    await eventually('the state', 10_000, () => states().length === 1);
    assert.deepEqual(states(), [['other@127.0.0.1', 'logger', 'unavailable', 'CONSOLE_LOGGER_UNAVAILABLE']]);
  });

  test('is refused for what is not a node, and for more than 200 nodes', () => {
    assert.throws(() => follow(), { code: 'PROVIDER_NO_NODE' });
    const names = numbers(1, 201).map((number) => `ts-${number}@127.0.0.1`);
    for (const name of names) launch(name);
    for (const name of names.slice(0, 200)) follow(0, undefined, name);
    follow(0, 'output', names[0]);
    assert.throws(() => follow(0, undefined, names[200]), { code: 'CONSOLE_TOO_MANY' });
    subscriptions.unfollow(names[0] ?? '');
    follow(0, undefined, names[200]);
  });
});
