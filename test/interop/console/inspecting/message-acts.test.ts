/** Messages and calls to real nodes by the HTTP API, the switch for acting, and what the audit log has of them. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { AuditPage, ClusterView } from '@convoy/console/protocol';
import { missingPeer } from '../../../support/erlang/erlang-node.ts';
import { testedReleases } from '../../../support/extent.ts';
import { type ApiAnswer, InspectingConsole } from '../../../support/members/inspecting-console.ts';

interface Told {
  readonly node: string;
  readonly answer: ApiAnswer<string> | ApiAnswer<{ readonly text: string; readonly hash: number }>;
}

for (const release of testedReleases()) {
  describe(`messages to members of OTP ${release} by the API`, { skip: missingPeer(release) }, () => {
    test('are sent and called on several nodes, audited without what was sent, and refused where acting is off', async (t) => {
      const scene = await InspectingConsole.start(t, release);
      const { client } = scene.convoy;
      const entry = 'entry@127.0.0.1';
      const nodes = [entry, scene.target.name, 'nobody@127.0.0.1'];
      const act = async (what: string, body: object): Promise<Told[]> => {
        const { status, json, text } = await client.ask(`/api/clusters/prod/${what}`, {
          method: 'POST',
          body: { nodes, ...body },
        });
        assert.equal(status, 200, text);
        return json as Told[];
      };
      await scene.target.eval('register(shop_till, spawn(timer, sleep, [infinity])), ok');
      const states = (told: readonly Told[]): unknown[] =>
        told.map(({ answer }) => (answer.state === 'answered' ? 'answered' : answer.problem.kind));
      const sent = await act('send', { to: 'shop_till', message: '{price, 4711}' });
      assert.deepEqual(states(sent), ['gone', 'answered', 'gone']);
      assert.equal(
        await scene.target.eval('element(2, process_info(whereis(shop_till), messages))'),
        '[{price,4711}]',
      );
      const called = await act('call', { to: 'kernel_sup', message: 'count_children' });
      assert.deepEqual(states(called), ['answered', 'answered', 'gone']);
      const summed = await act('rpc', {
        module: 'lists',
        function: 'sum',
        args: '[[1, 2, 3]]',
        syntax: 'json',
      });
      const [one, other] = summed.map(({ answer }) => answer.value);
      assert.ok(typeof one === 'object' && one.text === '6');
      assert.deepEqual(one, other);

      const { entries } = (await client.ask('/api/audit?act=message')).json as AuditPage;
      const audited = entries
        .toReversed()
        .map(({ event, node, detail }) => [event, node, detail['to'], detail['outcome']]);
      assert.deepEqual(
        audited.filter(([, , to]) => to === 'shop_till'),
        [
          ['message.send', `prod:${entry}`, 'shop_till', undefined],
          ['message.send', scene.id, 'shop_till', undefined],
          ['message.outcome', `prod:${entry}`, 'shop_till', 'not answered: gone'],
          ['message.outcome', scene.id, 'shop_till', 'done'],
        ],
      );
      assert.doesNotMatch(JSON.stringify(entries), /4711/);

      const wrong = await client.ask('/api/clusters/prod/send', {
        method: 'POST',
        body: { nodes, to: 'shop_till', message: '{Price}' },
      });
      assert.deepEqual([wrong.status, wrong.json.error?.code], [400, 'INSPECT_BAD_OPTION']);
      const marked = await client.ask('/api/clusters/prod', { method: 'PATCH', body: { acting: false } });
      assert.equal((marked.json as ClusterView).acting, false);
      const off = await client.ask('/api/clusters/prod/rpc', {
        method: 'POST',
        body: { nodes, module: 'erlang', function: 'halt' },
      });
      assert.deepEqual([off.status, off.json.error?.code], [403, 'CONSOLE_ACTING_OFF']);
      assert.equal(await scene.target.eval('ok'), 'ok');
    });
  });
}
