import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { visibleText } from '@convoy/node';
import { attack } from '../../../test/support/attack.ts';

describe('visibleText', () => {
  attack('Node output', 'every bidirectional control character is shown as its code point', () => {
    const turning = ['\u061c', '\u200e', '\u200f', '\u202a', '\u202b', '\u202c', '\u202d', '\u202e'];
    turning.push('\u2066', '\u2067', '\u2068', '\u2069', '\u2028', '\u2029');
    for (const character of turning) {
      const code = character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0');
      assert.equal(visibleText(`a${character}b`), `a<U+${code}>b`);
    }
  });

  it('leaves text alone, also what is written from the right', () => {
    for (const text of ['', 'app@127.0.0.1', 'שלום עולם', 'مرحبا', '👨‍👩‍👧 é\u0301\n\t']) {
      assert.equal(visibleText(text), text);
    }
  });
});
