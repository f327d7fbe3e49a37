import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { adviceFor, fieldHint } from '../../../src/state/page/field-hints.ts';

test('hints of the page are for codes of the catalogue', () => {
  const source = readFileSync(new URL('../../../src/state/page/field-hints.ts', import.meta.url), 'utf8');
  const catalogue = readFileSync(new URL('../../../../../docs/errors.md', import.meta.url), 'utf8');
  const codes = Array.from(source.matchAll(/^ {2}([A-Z_]+):/gm), ([, code]) => code ?? '');
  assert.ok(codes.length > 5);
  for (const code of codes) {
    assert.ok(catalogue.includes(`\`${code}\``), `${code} is not in docs/errors.md`);
    assert.notEqual(fieldHint(code), undefined);
  }
  assert.equal(fieldHint('NODE_CLOSED'), undefined);
});

test('advice is the remedy, then the field', () => {
  assert.equal(
    adviceFor({ code: 'SSH_BAD_TARGET', remedy: 'Write user@host.' }),
    'Write user@host. Change the field Host.',
  );
  assert.equal(adviceFor({ code: 'NODE_CLOSED' }), '');
});
