/** The installed command, from a console to its end, on the oldest Node.js that it supports, the one of this repository and the newest. */

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { missingPeer } from '../support/erlang/erlang-node.ts';
import { onlyInAll } from '../support/extent.ts';
import { freePort } from '../support/free-port.ts';
import { missingRuntime, newestNode, oldestNode, ownNode, type Runtime } from '../support/packed/runtimes.ts';
import { Stranger, type StrangersProgram } from '../support/packed/stranger.ts';
import { processesWith } from '../support/processes.ts';
import { eventuallyEqual } from '../support/eventually.ts';
import { mayTake } from '../support/time-limit.ts';

const appModule = `
import type { Node } from '@convoy/node';
export default function (node: Node): void {
  node.expose('Elixir.Convoy.Math', { add: (a: number, b: number) => a + b });
}
`;

function testCommand(runtime: Runtime, skip: string | false): void {
  describe(`the installed command on ${runtime.name}`, { skip }, () => {
    let stranger: Stranger;
    let epmdPort: number;
    let console: StrangersProgram;

    before(async () => {
      stranger = await Stranger.on(runtime);
      epmdPort = await freePort();
      console = stranger.runConvoy(['up', '--port', '0'], { env: { ERL_EPMD_PORT: String(epmdPort) } });
      await console.output.waitForMatch(/http:\/\/\S+\?token=\S+/, 60_000);
    });

    after(() => stranger?.[Symbol.asyncDispose]());

    /** What the command prints on standard output when it succeeds, without the last newline. */
    async function convoy(words: readonly string[], input = ''): Promise<string> {
      const env = { ERL_EPMD_PORT: String(epmdPort) };
      const program = stranger.runConvoy(words, { env, input });
      const { text, code } = await program.ended();
      assert.equal(code, 0, text);
      return program.output.stdout.trimEnd();
    }

    test(
      'launches nodes of every kind that answer calls and shells',
      { skip: missingPeer('25', 'elixir') },
      async (t) => {
        mayTake(t, { seconds: 90, because: 'three nodes and a dozen commands start one after another' });
        for (const kind of ['ts', 'elixir', 'erlang']) {
          assert.match(await convoy(['launch', kind, kind]), new RegExp(`^${kind}@127\\.0\\.0\\.1$`, 'm'));
          await convoy(['ping', kind]);
        }
        assert.equal(await convoy(['rpc', 'elixir', 'lists', 'sum', '[1, 2, 3]']), '6');
        assert.match(await convoy(['shell', 'elixir'], 'Node.self()\n'), /:"elixir@127\.0\.0\.1"/);
        assert.match(await convoy(['shell', 'erlang'], 'node().\n'), /'erlang@127\.0\.0\.1'/);
        const typed = await convoy(['shell', 'ts'], 'const one: number = 41; one + 1\n');
        assert.match(typed, /42/);
        const nodes = JSON.parse(await convoy(['list', '--json'])) as readonly { readonly name: string }[];
        assert.deepEqual(nodes.map(({ name }) => name).sort(), [
          'elixir@127.0.0.1',
          'erlang@127.0.0.1',
          'ts@127.0.0.1',
        ]);
        await convoy(['stop', 'erlang@127.0.0.1']);
      },
    );

    test('runs a module of TypeScript that other nodes can call', async () => {
      stranger.write('app.ts', appModule);
      const words = [
        'node',
        './app.ts',
        '--name',
        'app@127.0.0.1',
        '--data-dir',
        `${stranger.folder}/.convoy`,
      ];
      const app = stranger.runConvoy(words, { env: { ERL_EPMD_PORT: String(epmdPort) } });
      await app.output.waitForMatch(/is up on port/, 60_000);
      assert.equal(await convoy(['rpc', 'app', 'Convoy.Math', 'add', '40', '2']), '42');
      app.child.kill('SIGTERM');
      const { code, text } = await app.ended();
      assert.equal(code, 0, text);
      assert.doesNotMatch(text, /Error|Warning/);
    });

    test('prints its version by -v', async () => {
      assert.equal(await convoy(['-v']), await convoy(['--version']));
    });

    test('ends with all its nodes', async () => {
      console.child.kill('SIGTERM');
      const { code, text } = await console.ended();
      assert.equal(code, 0, text);
      assert.doesNotMatch(text, /Error|Warning/);
      await eventuallyEqual(() => processesWith(`HOME=${stranger.folder}`), []);
    });
  });
}

testCommand(oldestNode, missingRuntime(oldestNode));
testCommand(ownNode, onlyInAll());
testCommand(newestNode, onlyInAll() || missingRuntime(newestNode));
