/** Applications, supervision trees and ETS tables of real nodes. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { TreeNode } from '@convoy/cluster/inspect';
import { missingPeer } from '../../../support/erlang/erlang-node.ts';
import { testedReleases } from '../../../support/extent.ts';
import { problemOf, startInspected, startShop, valueOf } from '../../../support/members/inspected-node.ts';

function child(tree: TreeNode, wanted: string): TreeNode {
  const found = tree.children.find(({ id, name }) => id === wanted || name === wanted);
  assert.ok(found !== undefined, `${wanted} in ${JSON.stringify(tree).slice(0, 2000)}`);
  return found;
}

for (const release of testedReleases()) {
  describe(`supervision trees of OTP ${release}`, { skip: missingPeer(release) }, () => {
    test('have what supervisors name, and links of those that are busy, suspended or huge', async (t) => {
      const { target, inspector } = await startInspected(t, { release });
      await startShop(target, 1500);
      const applications = valueOf(await inspector.applications(target.name));
      const shop = applications.find(({ name }) => name === 'shop');
      assert.deepEqual([shop?.version, shop?.description], ['1.2', 'A shop']);
      assert.match(shop?.root ?? '', /^<0\./);
      assert.equal(applications.find(({ name }) => name === 'stdlib')?.root, undefined);

      const tree = valueOf(await inspector.supervisionTree(target.name, 'shop', { maxChildren: 20 }));
      assert.deepEqual([tree.name, tree.source, tree.childCount], ['shop_sup', 'asked', 3]);
      const many = child(tree, 'many');
      assert.deepEqual([many.source, many.childCount, many.children.length], ['huge', 1500, 20]);
      assert.ok(many.children.every(({ initialCall }) => initialCall === 'shop:loop/0'));
      const slow = child(tree, 'slow');
      assert.deepEqual([slow.source, child(slow, 'shelf').kind], ['asked', 'worker']);
      assert.equal(child(tree, 'till').initialCall, 'shop:loop/0');

      await target.eval('sys:suspend(shop_slow)');
      const later = valueOf(await inspector.supervisionTree(target.name, 'shop', { maxChildren: 20 }));
      const suspended = child(later, 'slow');
      assert.deepEqual([suspended.source, suspended.children.length], ['slow', 1]);
      await target.eval('[shop_slow ! message || _ <- lists:seq(1, 100)], ok');
      const busy = valueOf(await inspector.supervisionTree(target.name, 'shop', { maxChildren: 20 }));
      assert.equal(child(busy, 'slow').source, 'busy');
      // The request that timed out, and those messages: no further request has been sent.
      assert.equal(
        await target.eval('element(2, process_info(whereis(shop_slow), message_queue_len))'),
        '101',
      );
    });

    test('of the kernel, of nothing, and cut', async (t) => {
      const { target, inspector } = await startInspected(t, { release });
      const kernel = valueOf(await inspector.supervisionTree(target.name, 'kernel'));
      assert.deepEqual([kernel.name, kernel.kind], ['kernel_sup', 'supervisor']);
      assert.equal(child(kernel, 'kernel_safe_sup').source, 'asked');
      const cut = valueOf(await inspector.supervisionTree(target.name, 'kernel', { maxDepth: 1 }));
      assert.equal(child(cut, 'kernel_safe_sup').source, 'cut');
      assert.equal(problemOf(await inspector.supervisionTree(target.name, 'stdlib')), 'gone');
      assert.equal(problemOf(await inspector.supervisionTree(target.name, 'no_such_application')), 'gone');
    });
  });

  describe(`ETS tables of OTP ${release}`, { skip: missingPeer(release) }, () => {
    test('are listed by size, and their rows are previewed in bounds', async (t) => {
      const { target, inspector } = await startInspected(t, { release });
      await target.eval(`
        ets:new(carts, [named_table, public, ordered_set]),
        [ets:insert(carts, {N, lists:duplicate(20, N)}) || N <- lists:seq(1, 20000)],
        Hidden = ets:new(hidden, [private]), ets:insert(Hidden, {key, value}),
        Loose = ets:new(loose, [public]), ets:insert(Loose, {row, lists:duplicate(200000, $x)}),
        ets:insert(Loose, {other, binary:copy(<<"x">>, 5000)}),
        Huge = ets:new(huge, [named_table, public]), ets:insert(Huge, {row, lists:seq(1, 2000000)}), ok`);
      const list = valueOf(await inspector.ets(target.name, { limit: 200 }));
      const [, carts] = list.rows;
      assert.deepEqual([carts?.table, carts?.type, carts?.size], ['carts', 'ordered_set', 20_000]);
      assert.ok((carts?.memoryBytes ?? 0) > 1_000_000 && list.total > 10);
      const { total, rows } = valueOf(await inspector.rows(target.name, 'carts', { limit: 5 }));
      assert.deepEqual([total, rows.length, rows[0]?.slice(0, 6)], [20_000, 5, '{1,[1,']);
      const named = (name: string): string => list.rows.find((row) => row.name === name)?.table ?? '';
      assert.match(named('loose'), /^#Ref<0\./);
      const loose = valueOf(await inspector.rows(target.name, named('loose')));
      assert.ok(loose.rows.length === 2 && loose.rows.every((row) => row.length <= 600));
      assert.equal(problemOf(await inspector.rows(target.name, named('hidden'))), 'failed');
      assert.equal(problemOf(await inspector.rows(target.name, 'huge')), 'too-large');
      assert.equal(problemOf(await inspector.rows(target.name, 'no_such_table')), 'gone');
      assert.equal(problemOf(await inspector.rows(target.name, '#Ref<0.1.2.3>')), 'gone');
      const bySize = valueOf(await inspector.ets(target.name, { sort: 'size', limit: 1 }));
      assert.equal(bySize.rows.length, 1);
    });
  });
}
