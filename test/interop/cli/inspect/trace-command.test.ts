/** `convoy trace`: through the console that knows the node, and without one. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { TraceEndView, TraceEventView } from '@convoy/console/protocol';
import { ConvoyProcess } from '../../../support/convoy-command.ts';
import { missingPeer } from '../../../support/erlang/erlang-node.ts';
import { someOf, testedReleases } from '../../../support/extent.ts';
import { AttachScene } from '../../../support/members/attach-scene.ts';
import { checkNothingIsLeft, loadTracedShop, shown } from '../../../support/members/traced-node.ts';

type Line = TraceEventView | { readonly end: TraceEndView };

function linesOf(stdout: string): readonly Line[] {
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);
}

// What is asked of a node is held on every release where the asking is: here one stands for all in `npm test`.
for (const release of someOf(testedReleases(), 1)) {
  describe(`convoy trace on OTP ${release}`, { skip: missingPeer(release) }, () => {
    test('prints calls, returns and the end, through the console and without it', async () => {
      await using scene = new AttachScene();
      const convoy = await scene.startConsole();
      const { nodes, way, cookieFile, epmdPort } = await scene.startCluster({
        cookie: 'traced-prod',
        release,
      });
      const [, web] = nodes;
      assert.ok(web !== undefined);
      await loadTracedShop(web);
      await scene.run('attach', 'app@127.0.0.1', ...way, '--name', 'prod');
      const env = { ...scene.env, CONVOY_DATA_DIR: convoy.dataDir, ERL_EPMD_PORT: String(epmdPort) };
      for (const [node, flags] of [
        [`prod:${web.name}`, []],
        [web.name, ['--cookie-file', cookieFile]],
      ] as const) {
        const words = ['trace', node, 'traced_shop:add/2', '--max', '2', '--for', '1m', ...flags];
        await using text = new ConvoyProcess(words, { env });
        await text.waitFor(/tracing traced_shop:add\/2: at most 2 calls, for 60 s/);
        await web.eval('traced_shop:work(2)');
        const printed = await text.result();
        assert.equal(printed.code, 0, printed.stderr);
        assert.match(
          printed.stdout,
          /^\d\d:\d\d:\d\d\.\d{6} {2}<0\.\d+\.0> {2}#1 {2}add\(\{cart,1\},2\)\n.*#1 {2}add\/2 returned \{\{cart,1\},2\} after \d+/,
        );
        assert.match(
          printed.stderr,
          /convoy: As many calls as were asked for have been traced\. 2 calls were traced/,
        );
        await using json = new ConvoyProcess([...words, '--json'], { env });
        await json.waitFor(/tracing traced_shop:add/);
        await web.eval('traced_shop:work(2)');
        const lines = linesOf((await json.result()).stdout);
        const events = lines.filter((line) => 'kind' in line);
        assert.deepEqual(shown(events).slice(0, 2), ['1: ({cart,1},2)', '1: return {{cart,1},2}']);
        const last = lines.at(-1);
        assert.ok(last !== undefined && 'end' in last);
        assert.deepEqual([last.end.reason, last.end.traced], ['calls', 2]);
      }
      await checkNothingIsLeft(web);
    });

    test('ends by Ctrl-C and leaves nothing, through the console and without it', async () => {
      await using scene = new AttachScene();
      const convoy = await scene.startConsole();
      const { nodes, way, cookieFile, epmdPort } = await scene.startCluster({
        cookie: 'traced-prod',
        release,
      });
      // The console waits at the first one for changes of the cluster, in a process there.
      const [app, web] = nodes;
      assert.ok(app !== undefined && web !== undefined);
      await loadTracedShop(web);
      await scene.run('attach', app.name, ...way, '--name', 'prod');
      const env = { ...scene.env, CONVOY_DATA_DIR: convoy.dataDir, ERL_EPMD_PORT: String(epmdPort) };
      for (const [node, flags] of [
        [`prod:${web.name}`, []],
        [web.name, ['--cookie-file', cookieFile]],
      ] as const) {
        await using traced = new ConvoyProcess(['trace', node, 'traced_shop:add', '--for', '10m', ...flags], {
          env,
        });
        await traced.waitFor(/tracing traced_shop:add with 2, 3 arguments/);
        traced.child.kill('SIGINT');
        const { code, stderr } = await traced.result();
        assert.equal(code, 130, stderr);
        assert.match(stderr, /convoy: The trace was stopped\. 0 calls were traced\./);
        await checkNothingIsLeft(web);
      }
    });
  });
}

describe('convoy trace', { skip: missingPeer('25') }, () => {
  test('refuses what cannot be traced, and asks where the cluster is marked as production', async () => {
    await using scene = new AttachScene();
    await scene.startConsole();
    const { nodes, way } = await scene.startCluster({ cookie: 'traced-prod', names: ['app'] });
    const name = nodes[0]?.name ?? '';
    await scene.run('attach', name, ...way, '--name', 'prod', '--production');
    const refusalOf = async (...words: readonly string[]) => {
      const { code, stdout } = await scene.run('trace', ...words, '--json');
      const { error } = JSON.parse(stdout.trim()) as { error: { code: string; reason?: string } };
      return [code, error.reason ?? error.code];
    };
    assert.deepEqual(await refusalOf(`prod:${name}`, 'lists'), [2, 'CLI_BAD_OPTION']);
    assert.deepEqual(await refusalOf(`prod:${name}`, 'lists:last/1', '--for', '1h'), [2, 'CLI_BAD_OPTION']);
    assert.deepEqual(await refusalOf(`prod:${name}`, 'lists:last/1'), [2, 'CLI_NOT_CONFIRMED']);
    assert.deepEqual(await refusalOf(`prod:${name}`, 'lists:last/1', '--yes'), [1, 'CONSOLE_ACTING_OFF']);
  });
});
