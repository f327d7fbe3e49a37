/** The rules for what consoles with one store show one another. The test of a database calls `testConsoleRecords`. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { ConsoleRecords, SharedConsole } from '../../packages/console/src/store/store.ts';

/** An empty database of its own. */
export interface ConsoleRecordsFixture extends AsyncDisposable {
  readonly records: ConsoleRecords;
  /** Runs a statement past the records, on the table `shared_consoles`. */
  run(statement: string): Promise<void>;
}

const one: SharedConsole = { id: '0a1b2c3d', label: 'web-1:4000', url: 'https://one.example.com/' };
const two: SharedConsole = { id: '99999999', label: 'web-2:4000' };
const nodes = '[{"name":"app@web-1"}]';

export function testConsoleRecords(
  title: string,
  make: () => Promise<ConsoleRecordsFixture>,
  skip: string | false = false,
): void {
  describe(`what consoles show one another ${title}`, { skip }, () => {
    test('is there for the others, until it is replaced or the console leaves', async () => {
      await using fixture = await make();
      const { records } = fixture;
      assert.equal(await records.touch(one.id), false);
      await records.announce(one, nodes);
      await records.announce(two, '[]');
      const [other, ...more] = await records.others(two.id);
      assert.deepEqual(more, []);
      assert.ok(other !== undefined && other.ageMs >= 0 && other.ageMs < 60_000 && other.seenAt > 1e12);
      const { seenAt: _seenAt, ageMs: _ageMs, revision, ...console } = other;
      assert.deepEqual(console, one);
      assert.equal(await records.nodesOf(one.id), nodes);
      assert.equal(await records.touch(one.id), true);
      assert.equal((await records.others(two.id))[0]?.revision, revision);
      await records.announce({ ...one, url: undefined }, '[]');
      const [changed] = await records.others(two.id);
      assert.ok(changed !== undefined && changed.revision > revision);
      assert.equal(changed.url, undefined);
      await records.leave(one.id);
      assert.deepEqual(await records.others(two.id), []);
      assert.equal(await records.nodesOf(one.id), undefined);
      await records.leave(one.id);
    });

    test('is forgotten when its console has long been silent', async () => {
      await using fixture = await make();
      const { records } = fixture;
      await records.announce(one, nodes);
      await records.announce(two, '[]');
      await fixture.run(`update shared_consoles set seen_at = seen_at - 100000 where id = '${one.id}'`);
      const [silent] = await records.others(two.id);
      assert.ok(silent !== undefined && silent.ageMs >= 100_000);
      await records.forgetSilent(200_000);
      assert.equal((await records.others(two.id)).length, 1);
      await records.forgetSilent(50_000);
      assert.deepEqual(await records.others(two.id), []);
      assert.equal((await records.others(one.id)).length, 1);
    });

    test('is left out where it makes no sense or is too long', async () => {
      for (const change of [
        `set id = 'forged'`,
        `set label = ''`,
        `set url = 'javascript:alert(1)'`,
        `set seen_at = -1`,
        `set seen_at = 9000000000000000`,
      ]) {
        await using fixture = await make();
        const { records } = fixture;
        await records.announce(one, nodes);
        await records.announce(two, '[]');
        await fixture.run(`update shared_consoles ${change} where id = '${one.id}'`);
        const others = await records.others('0000ffff');
        assert.deepEqual(
          others.map(({ id }) => id),
          [two.id],
          change,
        );
      }
      await using fixture = await make();
      await fixture.records.announce(one, 'x'.repeat(600_000));
      assert.equal(await fixture.records.nodesOf(one.id), undefined);
    });
  });
}
