/** Calls of Erlang nodes that are under way when a TypeScript node is stopped. */

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { serveGenServer } from '@convoy/node';
import { ConvoyProcess } from '../../support/convoy-command.ts';
import { ErlangCluster } from '../../support/erlang/erlang-cluster.ts';
import { missingPeer } from '../../support/erlang/erlang-node.ts';
import { testedReleases } from '../../support/extent.ts';

const cookie = 'closing-interop';

/** A module whose calls end when the process `gate` gets a message. */
const gatedModule = `
export default function (node) {
  const opened = Promise.withResolvers();
  node.spawnServer({ onMessage: () => opened.resolve() }, { name: 'gate' });
  node.expose('work', {
    slow: async () => {
      console.log('a call has begun');
      await opened.promise;
      return 'done';
    },
    forever: () => {
      console.log('a call has begun');
      return new Promise(() => undefined);
    },
  });
}
`;

for (const release of testedReleases()) {
  describe(`closing with calls of OTP ${release} under way`, { skip: missingPeer(release) }, () => {
    it('they finish, and new ones are refused', async () => {
      await using cluster = await ErlangCluster.start({ cookie, release });
      const node = await cluster.own('ts');
      const erl = await cluster.erlang('erl');
      const [begun, opened] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
      let count = 0;
      const slow = async (): Promise<string> => {
        if ((count += 1) === 2) begun.resolve();
        await opened.promise;
        return 'done';
      };
      node.expose('work', { slow });
      for (const name of ['server', 'idle']) serveGenServer(node, name, { call: slow });
      const server = `{server, '${node.name}'}`;
      await erl.eval(`Main = self(), spawn(fun() -> Main ! {one, erpc:call('${node.name}', work, slow, [])} end),
        spawn(fun() -> Main ! {two, gen_server:call(${server}, x)} end).`);
      await begun.promise;
      const closed = node.close();
      const refused = await erl.eval(
        `try erpc:call('${node.name}', work, slow, []) catch error:{exception, {convoy_error, Code, _}, []} -> Code end.`,
      );
      assert.equal(refused, "'NODE_CLOSED'");
      const exit = await erl.eval(
        `try gen_server:call({idle, '${node.name}'}, x, infinity) catch exit:{{convoy_error, C2, _}, _} -> C2 end.`,
      );
      assert.equal(exit, "'NODE_CLOSED'");
      opened.resolve();
      assert.equal(await erl.eval('receive {one, One} -> One end.'), '<<"done">>');
      assert.equal(await erl.eval('receive {two, Two} -> Two end.'), '<<"done">>');
      await closed;
      assert.equal(await erl.eval(`net_adm:ping('${node.name}').`), 'pang');
    });

    it('convoy node finishes them after SIGTERM, up to its limit', async () => {
      await using cluster = await ErlangCluster.start({ cookie, release });
      const erl = await cluster.erlang('erl');
      const folder = mkdtempSync(join(tmpdir(), 'convoy-closing-'));
      try {
        const [file, module] = [join(folder, 'cookie'), join(folder, 'gated.mjs')];
        writeFileSync(file, cookie, { mode: 0o600 });
        writeFileSync(module, gatedModule);
        const words = ['node', module, '--name', 'ts@127.0.0.1', '--cookie-file', file, '--epmd', 'system'];
        const env = { ERL_EPMD_PORT: String(cluster.epmdPort) };
        {
          await using convoy = new ConvoyProcess(words, { env, keepsInput: true });
          await convoy.waitFor(/is up/);
          await erl.eval(
            "Me = self(), spawn(fun() -> Me ! {called, erpc:call('ts@127.0.0.1', work, slow, [])} end).",
          );
          await convoy.waitFor(/a call has begun/);
          convoy.child.kill('SIGTERM');
          const late = await erl.eval(
            "(fun F() -> try erpc:call('ts@127.0.0.1', work, slow, [], 100) catch error:{exception, {convoy_error, Code, _}, []} -> Code; _:_ -> F() end end)().",
          );
          assert.equal(late, "'NODE_CLOSED'");
          await erl.eval("{gate, 'ts@127.0.0.1'} ! open.");
          assert.equal(await erl.eval('receive {called, Value} -> Value end.'), '<<"done">>');
          assert.equal((await convoy.result()).code, 0);
        }
        await using convoy = new ConvoyProcess([...words, '--drain-timeout', '0'], { env, keepsInput: true });
        await convoy.waitFor(/is up/);
        await erl.eval(
          "spawn(fun() -> Me ! {ended, catch erpc:call('ts@127.0.0.1', work, forever, [])} end).",
        );
        await convoy.waitFor(/a call has begun/);
        convoy.child.kill('SIGTERM');
        assert.equal((await convoy.result()).code, 0);
        assert.match(await erl.eval('receive {ended, Why} -> Why end.'), /noconnection|killed/);
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    });
  });
}

describe('closing', () => {
  it('names are free again while calls finish', { skip: missingPeer('25') }, async () => {
    await using cluster = await ErlangCluster.start({ cookie });
    const node = await cluster.own('ts');
    const work = Promise.withResolvers<void>();
    node.delayClose(work.promise);
    const closed = node.close();
    for (;;) {
      try {
        await using next = await cluster.own('ts');
        assert.equal(next.name, node.name);
        break;
      } catch (error) {
        if ((error as { code?: string }).code !== 'NODE_NAME_TAKEN') throw error;
      }
    }
    work.resolve();
    await closed;
  });
});
