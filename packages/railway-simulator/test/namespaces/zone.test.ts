import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { decode, encode, type RecordType } from 'dns-packet';
import { Zone } from '../../src/namespaces/zone.ts';

function ask(zone: Zone, name: string, type: RecordType): { rcode: number; data: unknown[] } | undefined {
  const answer = zone.answer(encode({ type: 'query', id: 77, questions: [{ type, name }] }));
  if (answer === undefined) return undefined;
  const { id, flags = 0, answers = [], questions = [] } = decode(answer);
  assert.equal(id, 77);
  assert.equal(questions[0]?.name, name);
  return { rcode: flags & 15, data: answers.map((one) => ('data' in one ? one.data : undefined)) };
}

describe('the zone of a private network', () => {
  test('has AAAA records of services, and empty answers for other types', () => {
    const zone = new Zone();
    zone.set('web.railway.internal', ['fd12::1']);
    assert.deepEqual(ask(zone, 'WEB.railway.internal', 'AAAA'), { rcode: 0, data: ['fd12::1'] });
    assert.deepEqual(ask(zone, 'web.railway.internal', 'A'), { rcode: 0, data: [] });
    assert.deepEqual(ask(zone, 'db.railway.internal', 'AAAA'), { rcode: 3, data: [] });
    zone.delete('web.railway.internal');
    assert.deepEqual(ask(zone, 'web.railway.internal', 'AAAA'), { rcode: 3, data: [] });
  });

  test('fails for all names or for one, until the failure is ended', () => {
    const zone = new Zone();
    zone.set('a.test', ['fd12::1']);
    zone.set('b.test', ['fd12::2']);
    zone.fail('SERVFAIL');
    assert.equal(ask(zone, 'a.test', 'AAAA')?.rcode, 2);
    zone.fail(undefined);
    zone.fail('silence', 'a.test');
    assert.equal(ask(zone, 'a.test', 'AAAA'), undefined);
    assert.equal(ask(zone, 'b.test', 'AAAA')?.rcode, 0);
    zone.fail(undefined, 'a.test');
    assert.equal(ask(zone, 'a.test', 'AAAA')?.rcode, 0);
  });

  test('noise gets no answer', () => {
    const zone = new Zone();
    for (const bytes of ['', 'x', '\0'.repeat(11), '\u00ff'.repeat(40)]) {
      assert.doesNotThrow(() => zone.answer(Buffer.from(bytes, 'latin1')));
    }
    assert.equal(
      zone.answer(encode({ type: 'response', id: 1, questions: [{ type: 'A', name: 'a.test' }] })),
      undefined,
    );
  });
});
