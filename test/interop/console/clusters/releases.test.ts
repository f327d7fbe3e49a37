/** Clusters of Elixir releases, as they run in production: embedded mode, their own emulator, started by their start script. */

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { missingPeer } from '../../../support/erlang/erlang-node.ts';
import { startTestEpmd } from '../../../support/erlang/test-epmd.ts';
import { AttachingConsole } from '../../../support/members/attaching-console.ts';
import { ElixirRelease, shopVersion } from '../../../support/releases/elixir-release.ts';

const cookie = 'cookie-of-the-releases';
const names = ['shop-1@127.0.0.1', 'shop-2@127.0.0.1'];

describe('a cluster of Elixir releases', { skip: missingPeer('25', 'elixir') }, () => {
  const stack = new AsyncDisposableStack();
  let convoy: AttachingConsole;

  before(async () => {
    const release = stack.use(await ElixirRelease.build());
    const { port: epmdPort } = stack.use(await startTestEpmd());
    for (const name of names) {
      const peers = names.filter((other) => other < name);
      stack.use(await release.start({ name, cookie, epmdPort, peers }));
    }
    convoy = stack.use(await AttachingConsole.start());
    const view = await convoy.attach({ name: 'prod', nodes: names.slice(0, 1), cookie, epmdPort });
    assert.equal(view.state, 'up', JSON.stringify(view));
  });
  after(() => stack.disposeAsync());

  test('is attached and shown whole, with name and version of the release', async () => {
    const nodes = await convoy.nodes('prod');
    assert.deepEqual(
      nodes.map(({ name, kind, status, release }) => ({ name, kind, status, release })),
      names.map((name) => {
        return { name, kind: 'elixir', status: 'up', release: { name: 'shop', version: shopVersion } };
      }),
    );
    for (const { version } of nodes) assert.match(version ?? '', /^OTP 25, Elixir \d/);
  });

  test('has shells of IEx on nodes that load no module later', async () => {
    await using live = await convoy.client.live();
    for (const name of names) {
      live.send({ type: 'shell.open', requestId: name, node: `prod:${name}`, cols: 80, rows: 24 });
      const { shell } = await live.message('shell.opened', ({ requestId }) => requestId === name);
      live.type(shell.id, 'IO.puts("#{node()} #{:code.get_mode()} #{Application.spec(:shop, :vsn)}")\r');
      const line = `${name} embedded ${shopVersion}`;
      await live.message('shell.output', ({ data }) => data.includes(line));
    }
  });
});
