import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { hintFor } from '../src/hints.ts';

const source = readFileSync(new URL('../src/hints.ts', import.meta.url), 'utf8');
const [ofErrors = ''] = source.split('const faultHints');
const codes = Array.from(ofErrors.matchAll(/^ {2}([A-Z_]+):/gm), ([, code]) => code ?? '');

describe('hints', () => {
  test('are for codes of the catalogue, and name a flag or a command', () => {
    const catalogue = readFileSync(new URL('../../../docs/errors.md', import.meta.url), 'utf8');
    assert.ok(codes.length > 10);
    for (const code of codes) {
      assert.ok(catalogue.includes(`\`${code}\``), `${code} is not in docs/errors.md`);
      assert.match(hintFor({ code }) ?? '', /--[a-z]|convoy [a-z]/, code);
    }
  });

  test('name the user who owns a port', () => {
    assert.match(hintFor({ code: 'HOST_WRONG_OWNER', value: 'erl' }) ?? '', /--owner erl .*--read-cookie/);
    assert.match(hintFor({ code: 'CONNECTION_WRONG_OWNER' }) ?? '', /--owner USER/);
  });

  test('are not made up for a code that has none', () => {
    assert.equal(hintFor({ code: 'NODE_CLOSED' }), undefined);
  });
});
