import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { atom, type Term, tuple } from '@convoy/node/etf';
import { MembersError } from '../../../src/errors.ts';
import { readMesh } from '../../../src/members/mesh/mesh-question.ts';

const charlist = (text: string): number[] => Array.from(text, (character) => character.codePointAt(0) ?? 0);
const ok = (value: Term): Term => tuple(atom('ok'), value);

/** The answer of a node of this release with these settings. */
function answer(release: string, settings: { prevents?: Term; connects?: Term; flag?: Term } = {}): Term {
  const { prevents, connects, flag = atom('error') } = settings;
  return [[atom('b@h')], charlist(release), prevents, connects, flag];
}

describe('whether a node prevents overlapping partitions', () => {
  test('follows its release, unless it is set', () => {
    const isPreventing = (...given: Parameters<typeof answer>): boolean =>
      readMesh('a@h', answer(...given)).isPreventing;
    assert.deepEqual(
      ['23', '24', '25', '27', '29'].map((release) => isPreventing(release)),
      [false, false, true, true, true],
    );
    assert.equal(isPreventing('24', { prevents: ok(true) }), true);
    assert.equal(isPreventing('27', { prevents: ok(false) }), false);
  });

  test('nothing is prevented where global completes no mesh', () => {
    const isPreventing = (connects: Term, flag?: Term): boolean =>
      readMesh('a@h', answer('27', { connects, ...(flag === undefined ? {} : { flag }) })).isPreventing;
    assert.equal(isPreventing(ok(false)), false);
    assert.equal(isPreventing(undefined, ok([[charlist('false')]])), false);
    assert.equal(isPreventing(undefined, ok([[charlist('true')]])), true);
    assert.equal(isPreventing(ok(true), ok([[charlist('false')]])), true);
  });

  test('is assumed, and not certain, without a usable answer', () => {
    const unknown = { name: 'a@h', peers: [], isPreventing: true, isCertain: false };
    for (const wrong of [7, [], atom('ok'), [[], 1], [7, charlist('27'), undefined, undefined, undefined]]) {
      assert.deepEqual(readMesh('a@h', wrong), unknown);
    }
    assert.deepEqual(readMesh('a@h', new MembersError('MEMBERS_NO_ANSWER', 'timeout')), unknown);
    assert.deepEqual(readMesh('a@h', answer('27')), { ...unknown, peers: ['b@h'], isCertain: true });
  });
});
