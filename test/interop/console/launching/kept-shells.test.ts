/** Shells that a console goes on with which was restarted: their nodes keep them for some minutes. */

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { ShellView } from '@convoy/console/protocol';
import type { ConsoleClient, LiveClient } from '../../../support/console/live-client.ts';
import { ErlangCluster } from '../../../support/erlang/erlang-cluster.ts';
import { type ErlangNode, missingPeer } from '../../../support/erlang/erlang-node.ts';
import { eventually } from '../../../support/eventually.ts';
import { ConsoleLives } from '../../../support/launching/console-lives.ts';
import { AttachingConsole } from '../../../support/members/attaching-console.ts';
import { killIfThere } from '../../../support/processes.ts';
import { mayTake } from '../../../support/time-limit.ts';

const skip = missingPeer('25', 'elixir');
const size = { cols: 90, rows: 24 };

async function openOn(live: LiveClient, node: string): Promise<ShellView> {
  live.send({ type: 'shell.open', requestId: node, node, ...size });
  return (await live.message('shell.opened', ({ requestId }) => requestId === node)).shell;
}

/** Types a line, and waits until the shell shows what it evaluates to. */
async function evaluate(
  live: LiveClient,
  { id }: ShellView,
  [line, value]: readonly [string, RegExp],
): Promise<void> {
  live.type(id, `${line}\r`);
  await eventually(
    () => `${value} after ${line}: ${live.shellText(id)}`,
    60_000,
    () => value.test(live.shellText(id)),
  );
}

/** The shells that a page sees when it connects. */
function shellsOf(live: LiveClient): readonly ShellView[] {
  const welcome = live.messages.find((message) => message.type === 'welcome');
  assert.ok(welcome?.type === 'welcome');
  return welcome.shells;
}

async function attach(live: LiveClient, { id }: ShellView): Promise<void> {
  live.send({ type: 'shell.attach', requestId: id, shellId: id, afterSeq: 5 });
  await live.message('shell.snapshot', ({ shellId }) => shellId === id);
}

const lastingFacts = ({ id, node, kind, number, cols, rows, openedAt }: ShellView): object => {
  return { id, node, kind, number, cols, rows, openedAt };
};

describe('the shells of nodes that are kept', { skip }, () => {
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    test(`are there again after ${signal}, with their ids, variables and screens`, async (context) => {
      mayTake(context, { seconds: 60, because: 'two consoles and three nodes start' });
      await using lives = await ConsoleLives.start();
      const [elixir, erlang] = [
        await lives.launch({ kind: 'elixir', keep: true }),
        await lives.launch({ kind: 'erlang', keep: true }),
      ];
      const mortal = await lives.launch({ kind: 'erlang', name: 'mortal' });
      const first = await lives.client.live();
      const [iex, erl] = [await openOn(first, elixir.name), await openOn(first, erlang.name)];
      await openOn(first, mortal.name);
      await evaluate(first, iex, ['kept = 40 + 1', /(?<!\d)41(?!\d)/]);
      await evaluate(first, erl, ['Kept = 50 + 1.', /(?<!\d)51(?!\d)/]);
      await lives.end(signal);
      await lives.next();
      await using second = await lives.client.live();
      assert.deepEqual(shellsOf(second).map(lastingFacts), [iex, erl].map(lastingFacts));
      for (const shell of [iex, erl]) await attach(second, shell);
      if (signal === 'SIGTERM') assert.match(second.shellText(iex.id), /41/);
      await evaluate(second, iex, ['kept + 1', /(?<!\d)42(?!\d)/]);
      await evaluate(second, erl, ['Kept + 1.', /(?<!\d)52(?!\d)/]);
      for (const { id } of [iex, erl]) {
        second.send({ type: 'shell.close', shellId: id });
        await second.message('shell.closed', ({ shellId }) => shellId === id);
      }
      await lives.end('SIGTERM');
      await lives.next();
      await using third = await lives.client.live();
      assert.deepEqual(shellsOf(third), [], 'a shell that was ended is not there again');
    });
  }

  test('have ended if their node was started again meanwhile', async () => {
    await using lives = await ConsoleLives.start();
    const { name, osPid = 0 } = await lives.launch({ kind: 'erlang', name: 'again', keep: true });
    const first = await lives.client.live();
    const shell = await openOn(first, name);
    await lives.end('SIGTERM');
    killIfThere(osPid);
    await lives.next();
    await using second = await lives.client.live();
    assert.deepEqual(
      shellsOf(second).map(({ id, isWaiting }) => ({ id, isWaiting })),
      [{ id: shell.id, isWaiting: true }],
    );
    await lives.launch({ kind: 'erlang', name: 'again' });
    const closed = await second.message('shell.closed', ({ shellId }) => shellId === shell.id);
    assert.match(closed.reason, /ended while the console was restarted/);
  });
});

describe('the shells of a cluster that is attached', { skip }, () => {
  const stack = new AsyncDisposableStack();
  let convoy: AttachingConsole;
  let member: ErlangNode;
  let epmdPort: number;
  const cookie = 'cookie-of-kept-shells';
  const ask = (): ConsoleClient => convoy.client;

  before(async () => {
    const cluster = stack.use(await ErlangCluster.start({ cookie }));
    ({ epmdPort } = cluster);
    member = await cluster.erlang('app');
    convoy = stack.use(await AttachingConsole.start());
  });
  after(() => stack.disposeAsync());

  test('go on when it is attached again, and nothing of them is left once it is detached', async () => {
    const count = async (): Promise<number> => Number(await member.eval('length(processes())'));
    const before = await count();
    const view = await convoy.attach({ name: 'prod', nodes: [member.name], cookie, epmdPort });
    assert.equal(view.state, 'up', JSON.stringify(view));
    const first = await ask().live();
    const shell = await openOn(first, `prod:${member.name}`);
    await evaluate(first, shell, ['Kept = 60 + 1.', /(?<!\d)61(?!\d)/]);
    await convoy.restart();
    const second = await ask().live();
    assert.deepEqual(shellsOf(second).map(lastingFacts), [shell].map(lastingFacts));
    await attach(second, shell);
    await evaluate(second, shell, ['Kept + 1.', /(?<!\d)62(?!\d)/]);
    assert.equal((await ask().ask('/api/clusters/prod', { method: 'DELETE' })).status, 204);
    await second.message('shell.closed', ({ shellId }) => shellId === shell.id);
    await eventually('the member to be as before', 60_000, async () => (await count()) <= before);
    await second[Symbol.asyncDispose]();
  });
});
