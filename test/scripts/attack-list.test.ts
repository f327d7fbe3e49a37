import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { attackPage, attacksIn } from '../../scripts/attack-list.ts';

test('docs/security.md is up to date with the attack tests', () => {
  const page = readFileSync(new URL('../../docs/security.md', import.meta.url), 'utf8');
  assert.equal(page, attackPage(), 'docs/security.md is out of date; run: node scripts/attack-list.ts');
});

test('titles are read from the declarations, which must be plain literals', () => {
  const text = [
    'attack(',
    "  'Input',",
    "  'a paste that isn\\'t one is refused',",
    '  () => {},',
    ');',
  ].join('\n');
  assert.deepEqual(attacksIn(text, 'a.test.ts'), [
    { area: 'Input', title: "a paste that isn't one is refused", file: 'a.test.ts' },
  ]);
  assert.throws(() => attacksIn('\nattack(`Input`, title, () => {});', 'a.test.ts'), /a\.test\.ts:2/);
  assert.throws(() => attacksIn("attack('Elsewhere', 'x', () => {});", 'a.test.ts'), /a\.test\.ts:1/);
});
