/** How a launch ends: ready when every step has succeeded, and failed with what the node printed last. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { LaunchView, NodeView } from '@convoy/console/protocol';
import { askConsole, launchNode } from '../../support/console/console-api.ts';
import { type ConsoleProcess, startConsoleProcess } from '../../support/console/console-process.ts';
import { runConvoy } from '../../support/convoy-command.ts';
import { missingPeer } from '../../support/erlang/erlang-node.ts';
import { eventually } from '../../support/eventually.ts';

async function nodeOf(convoy: ConsoleProcess, name: string): Promise<NodeView> {
  const views = await askConsole<NodeView[]>(convoy, '/api/nodes');
  const view = views.find((one) => one.name === name);
  assert.ok(view !== undefined, name);
  return view;
}

/** Stops the process of a node without its knowledge. Disposing lets it go on. */
function hang(osPid: number): Disposable {
  process.kill(osPid, 'SIGSTOP');
  return { [Symbol.dispose]: () => void process.kill(osPid, 'SIGCONT') };
}

describe('a member that hangs', () => {
  test('holds up no launch, and is joined when it answers again', async () => {
    await using convoy = await startConsoleProcess();
    const [hung, other] = [await launchNode(convoy, 'typescript'), await launchNode(convoy, 'typescript')];
    const { osPid = 0 } = await nodeOf(convoy, hung);
    let late: string;
    {
      using _hung = hang(osPid);
      late = await launchNode(convoy, 'typescript');
      const { steps, peers } = await nodeOf(convoy, late);
      const join = steps.find(({ name }) => name === 'join');
      assert.equal(join?.state, 'done');
      assert.equal(join?.detail, `connected to 1; without ${hung}, which does not answer`);
      assert.equal(peers.includes(hung), false);
    }
    await eventually(`${late} to be connected to ${hung} and ${other}`, 60_000, async () => {
      const { peers } = await nodeOf(convoy, late);
      return peers.includes(hung) && peers.includes(other);
    });
  });
});

describe('a launch that fails', { skip: missingPeer() }, () => {
  test('is not ready when the node could not join a member that answers, and leaves the node up', async () => {
    await using convoy = await startConsoleProcess();
    const erlang = await launchNode(convoy, 'erlang');
    const env = { ERL_EPMD_PORT: String(convoy.epmdPort) };
    const data = ['--data-dir', convoy.dataDir];
    const words = ['rpc', erlang, 'erlang', 'set_cookie', `'${erlang}'`, 'another', ...data];
    assert.equal((await runConvoy(words, { env })).code, 0);
    const { code, stdout, stderr } = await runConvoy(['launch', 'ts', 'late', ...data, '--json'], { env });
    assert.equal(code, 1, stderr);
    const { error } = JSON.parse(stdout);
    assert.deepEqual([error.code, error.reason], ['CLI_LAUNCH_FAILED', 'CONSOLE_NOT_JOINED']);
    assert.match(error.message, new RegExp(`^late@127\\.0\\.0\\.1 is up, but has not joined .*${erlang}`));
    assert.match(stderr, /^FAILED {2}Join the other nodes: connected to 0; late@127/m);
    assert.equal((await nodeOf(convoy, 'late@127.0.0.1')).status, 'up');
  });

  test('shows the first lines of long output as well, which have the cause', async () => {
    await using convoy = await startConsoleProcess();
    // The emulator prints its usage after the reason, which is longer than an error.
    const words = ['launch', 'erlang', '--env', 'ERL_FLAGS=-bogus +Zzz', '--data-dir', convoy.dataDir];
    const { code, stderr } = await runConvoy(words);
    assert.equal(code, 1);
    assert.match(
      stderr,
      /\n {2}Its output:\n(?: {4}.*\n){0,4} {4}.*\+?Zzz.*\n[^]*\n {4}\[\d+ lines left out\]\n/,
    );
  });

  test('prints the output, in the terminal, as JSON and over HTTP', async () => {
    await using convoy = await startConsoleProcess();
    const words = ['launch', 'erlang', '--env', 'ERL_FLAGS=-boot nonsense', '--data-dir', convoy.dataDir];
    const { code, stderr } = await runConvoy(words);
    assert.equal(code, 1);
    assert.match(stderr, /exited while it was starting .*\[PROVIDER_NODE_EXITED\]\n {2}Its output:\n/);
    assert.match(
      stderr,
      /^ {2}Correct what its output reports, and launch it again\.\n {2}.*convoy logs NODE/m,
    );
    assert.match(stderr, /^ {4}.*nonsense/m);
    const { error } = JSON.parse((await runConvoy([...words, '--json'])).stdout);
    assert.match(error.lastOutput.join('\n'), /nonsense/);
    const body = { kind: 'erlang', variables: { ERL_FLAGS: '-boot nonsense' } };
    const { id } = await askConsole<LaunchView>(convoy, '/api/nodes', body);
    await eventually('the launch to fail', 60_000, async () => {
      const launch = await askConsole<LaunchView>(convoy, `/api/launches/${id}`);
      return launch.state === 'failed' && /nonsense/.test(launch.lastOutput?.join('\n') ?? '');
    });
  });
});
