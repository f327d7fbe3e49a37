import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { attack } from '../../../../test/support/attack.ts';
import { initialKeyParser, parseKeys } from '../../src/line-editor/key-parser.ts';
import type { Key } from '../../src/line-editor/keys.ts';

function keysOf(...pieces: string[]): string[] {
  let state = initialKeyParser;
  const names: string[] = [];
  for (const piece of pieces) {
    const parsed = parseKeys(state, piece);
    state = parsed.state;
    names.push(...parsed.keys.map(nameOf));
  }
  return names;
}

function nameOf(key: Key): string {
  if (key.kind === 'key') return key.name;
  return key.kind === 'text' ? `"${key.text}"` : `paste:${key.text}`;
}

describe('parseKeys', () => {
  it('tells text from control characters', () => {
    assert.deepEqual(keysOf('ab\rc\u0001\u0008\u007f\t'), [
      '"ab"',
      'enter',
      '"c"',
      'ctrl-a',
      'backspace',
      'backspace',
      'tab',
    ]);
  });

  it('knows the arrows of all terminals, with modifiers', () => {
    assert.deepEqual(keysOf('\u001b[A\u001bOB\u001b[1;5C\u001b[1;3D\u001b[1;2A\u001b[3~\u001b[1~\u001bOF'), [
      'up',
      'down',
      'ctrl-right',
      'alt-left',
      'up',
      'delete',
      'home',
      'end',
    ]);
  });

  it('takes Escape before a character as Alt', () => {
    assert.deepEqual(keysOf('\u001bb\u001b\u007f\u001b\r\u001bé'), [
      'alt-b',
      'alt-backspace',
      'alt-enter',
      'alt-é',
    ]);
  });

  it('drops what a terminal reports by itself', () => {
    const reports = [
      '\u001b[12;40R',
      '\u001b[?1;2c',
      '\u001b[>0;276;0c',
      '\u001b[?2004;1$y',
      '\u001bP>|xterm(1)\u001b\\',
      '\u001b]11;rgb:0000/0000/0000\u0007',
      '\u001b[I',
      '\u001b[O',
      '\u001b[<0;10;10M',
      '\u001bP1$r0m\u001b\\',
      '\u009b',
    ];
    assert.deepEqual(keysOf(`a${reports.join('')}b`), ['"a"', '"b"']);
  });

  it('gives the same keys however the input is cut', () => {
    const alphabet = fc.constantFrom(
      'a',
      'é',
      '日',
      '\r',
      '\u001b[A',
      '\u001b[1;5D',
      '\u001bb',
      '\u001b[200~p\rq\u001b[201~',
      '\u001b]0;t\u0007',
      '\u0003',
    );
    fc.assert(
      fc.property(
        fc.array(alphabet, { maxLength: 20 }),
        fc.array(fc.nat(60), { maxLength: 6 }),
        (parts, cuts) => {
          const input = parts.join('');
          const edges = [
            0,
            ...cuts.map((cut) => Math.min(cut, input.length)).sort((a, b) => a - b),
            input.length,
          ];
          const pieces = edges.slice(1).map((edge, index) => input.slice(edges[index], edge));
          const merge = (names: string[]): string => names.join(' ').replaceAll('" "', '');
          assert.equal(merge(keysOf(...pieces)), merge(keysOf(input)));
        },
      ),
    );
  });

  it('forgets a sequence that never ends', () => {
    assert.deepEqual(keysOf(`\u001b]${'x'.repeat(10_000)}`, 'a'), ['"a"']);
  });
});

describe('parseKeys with pastes', () => {
  it('gives a paste as one key, without what a terminal would act on', () => {
    assert.deepEqual(keysOf('x\u001b[200~a\r\nb\u001b[A\tc\u0003\u001b[201~y'), [
      '"x"',
      'paste:a\nb[A\tc',
      '"y"',
    ]);
  });

  attack('Input', 'a paste that holds its own end mark stays one paste, without control characters', () => {
    assert.deepEqual(keysOf('\u001b[200~a\u001b[201~\rhalt().\r\u001b[201~\r'), [
      'paste:a[201~\nhalt().\n',
      'enter',
    ]);
    const controls = Array.from({ length: 0xa0 }, (_, code) => String.fromCharCode(code)).join('');
    const [paste = ''] = keysOf(`\u001b[200~${controls}\u001b[201~`);
    assert.match(paste, /^paste:\t\n\n[ -~]+$/);
    const two = '\u001b[200~a\u001b[201~\r\u001b[200~b\u001b[201~\r';
    assert.deepEqual(keysOf(two), ['paste:a', 'enter', 'paste:b', 'enter'], 'two pastes are two');
  });

  it('ends a paste that is too long where it ends, also when the end mark comes in two pieces', () => {
    const pieces = ['\u001b[200~', 'x'.repeat(1_100_000), 'y\u001b[20', '1~z'];
    const names = keysOf(...pieces);
    assert.deepEqual([names.length, names[1]], [2, '"z"']);
  });
});
