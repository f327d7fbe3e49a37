import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { atom, type Term, TermMap, tuple } from '@convoy/node/etf';
import { identityCall, readIdentity, readTypescriptIdentity } from '../../../src/members/facts/identity.ts';

const charlist = (text: string): number[] => Array.from(text, (character) => character.codePointAt(0) ?? 0);
const ok = (version: string): Term => tuple(atom('ok'), charlist(version));

/** The answer of a plain `erl`, with other values for the named applications, and with more loaded modules. */
function answer(
  changes: Partial<Record<'elixir' | 'gleam' | 'lfe' | 'script' | 'otp', Term>> = {},
  loaded: readonly string[] = [],
): Term[] {
  const asked = (identityCall.args[3] as Term[][]).slice(6).map(([module]) => module);
  return [
    7,
    changes.otp ?? charlist('27'),
    changes.script ?? tuple(charlist('Erlang/OTP'), charlist('27')),
    changes.elixir,
    changes.gleam,
    changes.lfe,
    ...asked.map((module) => loaded.some((name) => atom(name) === module)),
  ];
}

describe('what a member is', () => {
  test('a plain Erlang node is of no release', () => {
    assert.deepEqual(readIdentity(answer()), { kind: 'erlang', versions: { otp: '27' }, creation: 7 });
    const old = tuple(charlist('OTP  APN 181 01'), charlist('R13B'));
    assert.equal(readIdentity(answer({ script: old }))?.release, undefined);
  });

  test('a release has a name and a version', () => {
    const script = tuple(charlist('shop'), charlist('1.2.3'));
    assert.deepEqual(readIdentity(answer({ script, elixir: ok('1.18.4') })), {
      kind: 'elixir',
      versions: { otp: '27', elixir: '1.18.4' },
      release: { name: 'shop', version: '1.2.3' },
      creation: 7,
    });
  });

  test('each language is known by its application, or by what it has loaded', () => {
    const kindOf = (...given: Parameters<typeof answer>): string | undefined =>
      readIdentity(answer(...given))?.kind;
    assert.equal(kindOf({ gleam: ok('0.60.0') }), 'gleam');
    assert.equal(kindOf({}, ['gleam@list']), 'gleam');
    assert.equal(kindOf({}, ['gleam_stdlib']), 'gleam');
    assert.equal(kindOf({ lfe: ok('2.1.4') }), 'lfe');
    assert.equal(kindOf({}, ['lfe_eval']), 'lfe');
    assert.equal(kindOf({ elixir: ok('1.18.4'), gleam: ok('0.60.0') }), 'elixir');
    assert.equal(kindOf({ elixir: ok('1.18.4'), gleam: ok('0.60.0') }, ['gleam@@main']), 'gleam');
  });

  test('an answer that is not one says nothing, and a strange one is cut and cleaned', () => {
    for (const wrong of [
      undefined,
      7,
      [],
      answer().slice(1),
      atom('ok'),
      answer({ otp: 7 }),
      new TermMap([]),
    ]) {
      assert.equal(readIdentity(wrong), undefined);
    }
    const script = tuple(charlist('x'.repeat(5000)), charlist('1\u202e\u0007'));
    const { release } = readIdentity(answer({ script })) ?? {};
    assert.deepEqual(release, { name: 'x'.repeat(80), version: '1' });
    const endless = tuple(
      atom('ok'),
      Array.from({ length: 100_000 }, () => -1),
    );
    assert.deepEqual(readIdentity(answer({ elixir: endless }))?.versions, { otp: '27' });
  });

  test('a TypeScript node tells its versions, or nothing', () => {
    const text = (value: string): Uint8Array => new TextEncoder().encode(value);
    const versions = new TermMap([
      [atom('node'), text('24.1.0')],
      [atom('convoy'), text('0.1.0')],
    ]);
    const info = new TermMap([[atom('versions'), versions]]);
    const expected = { kind: 'typescript', versions: { node: '24.1.0', convoy: '0.1.0' } };
    assert.deepEqual(readTypescriptIdentity(info), expected);
    assert.deepEqual(readTypescriptIdentity(undefined), { kind: 'typescript', versions: {} });
  });
});
