import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { atom, type Term, tuple } from '@convoy/node/etf';
import {
  differenceOf,
  differingModules,
  readFingerprint,
  readSums,
  readVersions,
  withAllNodes,
} from '../../../src/inspect/modules/read-code.ts';
import { hostileTerms } from '../hostile-terms.ts';

const sum = (byte: number): Term => new Uint8Array(16).fill(byte);
const hex = (byte: number): string => byte.toString(16).padStart(2, '0').repeat(16);
const sums = (modules: Readonly<Record<string, number>>): ReadonlyMap<string, string> =>
  new Map(Object.entries(modules).map(([module, byte]) => [module, hex(byte)]));

describe('the code of nodes', () => {
  test('is a number of modules and one sum', () => {
    assert.deepEqual(readFingerprint(tuple(3, sum(1))), { modules: 3, fingerprint: hex(1) });
    assert.equal(readFingerprint(tuple(3, new Uint8Array(15))), undefined);
    assert.deepEqual(readSums([tuple(atom('shop'), sum(2)), 7]), new Map([['shop', hex(2)]]));
    const version = 2n ** 127n;
    const versions = readVersions([tuple(atom('shop'), version), tuple(atom('cart'), undefined)]);
    assert.deepEqual(versions, new Map([['shop', version]]));
  });

  test('differs in modules that several nodes have loaded, not in those that only some have', () => {
    const nodes = new Map([
      ['a@h', sums({ shop: 1, cart: 1, only: 1 })],
      ['b@h', sums({ shop: 2, cart: 1 })],
    ]);
    assert.deepEqual(differingModules(nodes), ['shop']);
  });

  test('is the same if the compiler gave it the same version, whatever was stripped from it', () => {
    const nodes = new Map([
      ['a@h', sums({ shop: 1, cart: 1 })],
      ['b@h', sums({ shop: 2, cart: 2 })],
      ['c@h', sums({ shop: 2, cart: 2 })],
    ]);
    const versions = new Map([
      ['a@h', new Map([['shop', 5n]])],
      // The third did not say its version: it has the code of the second.
      ['b@h', new Map([['shop', 5n]])],
    ]);
    assert.equal(differenceOf('shop', { sums: nodes, versions }), undefined);
    const cart = differenceOf('cart', { sums: nodes, versions });
    assert.deepEqual(cart, {
      module: 'cart',
      groups: [
        { md5: hex(1), nodes: ['a@h'] },
        { md5: hex(2), nodes: ['b@h', 'c@h'] },
      ],
    });
    const whole = withAllNodes(cart, new Map([['a@h', ['a@h', 'd@h', 'e@h']]]));
    assert.deepEqual(
      whole.groups.map(({ nodes: names }) => names),
      [
        ['a@h', 'd@h', 'e@h'],
        ['b@h', 'c@h'],
      ],
    );
  });

  test('every part may be anything', () => {
    for (const term of hostileTerms) {
      for (const read of [readFingerprint, readSums, readVersions]) {
        assert.doesNotThrow(() => read(term));
        assert.doesNotThrow(() => read(tuple(term, term)));
        assert.doesNotThrow(() => read([term, tuple(atom('m'), term), tuple(term, sum(1))]));
      }
    }
  });
});
