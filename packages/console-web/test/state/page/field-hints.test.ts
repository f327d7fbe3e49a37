import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import {
  adviceFor,
  fieldHint,
  problemSentence,
  problemWithAdvice,
} from '../../../src/state/page/field-hints.ts';

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

test('beside a field the field is not named; elsewhere it is', () => {
  const taken = { code: 'PROVIDER_NAME_TAKEN', message: 'ts-1 is taken', remedy: 'Use another name.' };
  assert.equal(
    problemSentence(taken),
    'Ts-1 is taken. Choose another name, or leave the field empty for a free one.',
  );
  const wrong = { code: 'CONSOLE_WRONG_ORIGIN', message: 'it came from elsewhere', remedy: 'Open it.' };
  assert.equal(problemSentence(wrong), 'It came from elsewhere. Open it.');
  assert.match(
    problemWithAdvice(wrong),
    /^It came from elsewhere\. Open it\. Where the console is started: .*--trusted-proxy ADDRESS\.$/,
  );
  assert.equal(problemWithAdvice({ code: 'NODE_CLOSED', message: 'it is closed.' }), 'It is closed.');
});
