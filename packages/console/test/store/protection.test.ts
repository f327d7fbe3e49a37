import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { protectBy, unprotected } from '../../src/store/protection.ts';
import { attack } from '../../../../test/support/attack.ts';

const key = 'the-key-of-this-console';
const context = ['ssh://ops@db1', 'app@db1', 4242];

describe('the secrets of a store that others can read', () => {
  test('are read again with the same key, and are never stored twice in the same form', () => {
    const { seal, open } = protectBy(key);
    const sealed = seal('a secret: \u{1f511}', context);
    assert.notEqual(sealed, seal('a secret: \u{1f511}', context));
    assert.equal(protectBy(key).open(sealed, context), 'a secret: \u{1f511}');
    assert.equal(open(seal('', []), []), '');
    assert.ok(!sealed.includes('secret'));
  });

  attack('Secrets', 'a secret in a shared database is of no use without its key, or in another row', () => {
    const { seal, open } = protectBy(key);
    const sealed = seal('the-link-cookie', context);
    assert.equal(protectBy('the-key-of-another-console').open(sealed, context), undefined);
    for (const other of [[], ['ssh://ops@db1', 'app@db1', 4243], ['ssh://ops@db1app@db1', 4242]])
      assert.equal(open(sealed, other), undefined);
    const bytes = Buffer.from(sealed, 'base64url');
    for (const at of [0, 11, 12, bytes.length - 17, bytes.length - 1]) {
      const forged = Buffer.from(bytes);
      forged[at] = (forged[at] ?? 0) ^ 1;
      assert.equal(open(forged.toString('base64url'), context), undefined, `byte ${at}`);
    }
    for (const other of ['', 'the-link-cookie', sealed.slice(0, 20), sealed.slice(0, -2)])
      assert.equal(open(other, context), undefined);
  });

  test('are kept as they are in a file of the owner', () => {
    assert.equal(unprotected.open(unprotected.seal('secret', ['one']), ['another']), 'secret');
    assert.equal(unprotected.mark('tag', ['digest']), 'tag');
  });
});

test('a row is marked by all its values, and by the key', () => {
  const { mark } = protectBy(key);
  const marked = mark('tag', ['digest', 1, 2]);
  assert.match(marked, /^[0-9a-f]{64}$/);
  assert.equal(protectBy(key).mark('tag', ['digest', 1, 2]), marked);
  const others = [
    mark('gat', ['digest', 1, 2]),
    mark('tag', ['digest', 1, 3]),
    mark('tag', ['digest', 12]),
    protectBy('the-key-of-another-console').mark('tag', ['digest', 1, 2]),
  ];
  assert.ok(!others.includes(marked));
});
