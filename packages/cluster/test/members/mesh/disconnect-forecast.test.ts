import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  forecastDisconnect,
  type MeshMember,
  missingLinks,
} from '../../../src/members/mesh/disconnect-forecast.ts';

/** A complete mesh. `off` do not prevent overlapping partitions. */
function mesh(names: string, off = ''): MeshMember[] {
  return Array.from(names, (name) => ({
    name,
    peers: Array.from(names).filter((other) => other !== name),
    isPreventing: !off.includes(name),
    isCertain: true,
  }));
}

function leaving(members: readonly MeshMember[], one = 'b', other = 'c'): string[] {
  return forecastDisconnect(members, one, other).leaving.map(
    ({ name, keeps }) => `${name}:${keeps.join('')}`,
  );
}

describe('what OTP will do when two nodes are disconnected', () => {
  test('both end up alone at the worst when all prevent overlapping partitions', () => {
    const { lost, summary, isCertain, isRace } = forecastDisconnect(mesh('abcde'), 'c', 'b');
    assert.deepEqual(lost[0], ['b', 'c']);
    assert.equal(lost.length, 7);
    assert.deepEqual(leaving(mesh('abcde')), ['b:', 'c:']);
    assert.deepEqual([isCertain, isRace], [true, true]);
    assert.equal(forecastDisconnect(mesh('abcde', 'b'), 'b', 'c').isRace, false);
    assert.equal(
      summary,
      'c and b lose their connection, and then the others disconnect from one of the two or from both, ' +
        'to prevent overlapping partitions. At the worst, c will be alone and b will be alone.',
    );
  });

  test('nothing else happens when none do, or when there are only two', () => {
    for (const members of [mesh('abcde', 'abcde'), mesh('bc')]) {
      const { lost, leaving, summary } = forecastDisconnect(members, 'b', 'c');
      assert.deepEqual([lost, leaving], [[['b', 'c']], []]);
      assert.equal(summary, 'b and c lose their connection, and nothing else changes.');
    }
  });

  test('only those that prevent report, and only those that prevent act', () => {
    assert.deepEqual(leaving(mesh('abcde', 'b')), ['b:']);
    assert.deepEqual(leaving(mesh('abcde', 'c')), ['c:']);
    assert.deepEqual(leaving(mesh('abcde', 'bc')), []);
    assert.deepEqual(leaving(mesh('abcde', 'de')), ['b:de', 'c:de']);
  });

  test('a report is passed on, by those that prevent, to nodes that the reporter is not connected to', () => {
    const chain = (off: string): MeshMember[] => {
      const peers: Readonly<Record<string, string>> = { a: 'bcd', b: 'ac', c: 'abd', d: 'ac' };
      return Object.entries(peers).map(([name, others]) => ({
        name,
        peers: Array.from(others),
        isPreventing: !off.includes(name),
        isCertain: true,
      }));
    };
    assert.deepEqual(leaving(chain('')), ['b:', 'c:']);
    // `a` does not pass on that `b` has lost `c`, so `d` does not hear of it.
    assert.deepEqual(leaving(chain('a')), []);
  });

  test('two that are not connected lose nothing, and who did not answer makes it uncertain', () => {
    const apart: MeshMember[] = mesh('abc').map((member) => ({ ...member, peers: [] }));
    const { lost, isCertain, summary } = forecastDisconnect(
      apart.map((member) => ({ ...member, isCertain: member.name !== 'a' })),
      'b',
      'c',
    );
    assert.deepEqual([lost, isCertain, summary], [[], false, 'b and c are not connected.']);
    assert.deepEqual(forecastDisconnect([], 'b', 'c').lost, []);
  });

  test('missing connections are those that neither side has', () => {
    const [a, b, c] = mesh('abc');
    assert.deepEqual(missingLinks([a!, b!, c!]), []);
    assert.deepEqual(
      missingLinks([
        { ...a!, peers: [] },
        { ...b!, peers: ['a'] },
        { ...c!, peers: [] },
      ]),
      [
        ['a', 'c'],
        ['b', 'c'],
      ],
    );
  });
});
