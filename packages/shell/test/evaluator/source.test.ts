import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { prepareSource } from '../../src/evaluator/source.ts';

function code(text: string): string {
  const prepared = prepareSource(text);
  assert.equal(prepared.kind, 'code', JSON.stringify(prepared));
  return prepared.kind === 'code' ? prepared.code : '';
}

describe('prepareSource', () => {
  it('strips types', () => {
    assert.match(code('const x: number = 1 as any\n'), /^const x\s+= 1\s*$/);
    assert.match(code('interface A { b: string }\n'), /^\s*$/);
  });

  it('tells what may go on from what is wrong', () => {
    const incomplete = [
      'function f(a: number) {',
      'foo(',
      '[1,',
      'const x =',
      'a.',
      'if (a)',
      '`abc',
      '/* abc',
      '`${a',
      'x ? 1 :',
      'class A { x: string',
      'const f = async () => {',
      'type A = {',
    ];
    for (const text of incomplete) assert.equal(prepareSource(`${text}\n`).kind, 'incomplete', text);
    const invalid = ['1;)', 'a b', '"abc', 'let let = 1', '}', 'foo(]'];
    for (const text of invalid) assert.equal(prepareSource(`${text}\n`).kind, 'invalid', text);
  });

  it('says where the text is wrong', () => {
    const prepared = prepareSource('const a = 1 2\n');
    assert.ok(
      prepared.kind === 'invalid' && /SyntaxError: .*\n.*1 2\n\s+\^/.test(prepared.message),
      JSON.stringify(prepared),
    );
  });

  it('takes braces for an object where they are one', () => {
    assert.equal(code('{ a: 1, b: 2 }\n'), '({ a: 1, b: 2 }\n)');
    assert.match(code('{ const a = 1; a }\n'), /^\{ const/);
    assert.equal(prepareSource('{ a: 1,\n').kind, 'incomplete');
  });

  it('makes imports awaited imports', () => {
    const rows: [string, string][] = [
      ["import 'node:fs'", 'await import("node:fs");'],
      ["import fs from 'node:fs'", 'const { default: fs } = await import("node:fs");'],
      ["import * as fs from 'node:fs';", 'const fs = await import("node:fs");'],
      ["import { a, b as c } from 'm';", 'const { a, b: c } = await import("m");'],
      ["import d, { a } from 'm';", 'const { default: d, a } = await import("m");'],
      ["import d, * as n from 'm';", 'const n = await import("m"), { default: d } = n;'],
      [
        "import j from './x.json' with { type: 'json' };",
        'const { default: j } = await import("./x.json", { with: { type: \'json\' } });',
      ],
    ];
    for (const [source, expected] of rows) assert.equal(code(source), expected);
    assert.match(code("import a from 'a'; import b from 'b'\na + b"), /^const .*; const .*;\na \+ b$/);
    assert.equal(code("import('m')"), "import('m')");
    assert.match(code("import type { T } from 'm';\n1"), /^\s+1$/);
  });

  it('takes nothing for nothing', () => {
    assert.equal(code(' \n'), '');
  });
});
