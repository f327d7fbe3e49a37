import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { OutputFilter, sanitizeText } from '../src/sanitize.ts';

describe('sanitizeText', () => {
  it('lets text, colours and cursor moves pass', () => {
    const safe =
      'a\r\n\tb\u001b[1;31mred\u001b[38:2:1:2:3m\u001b[0m\u001b[2A\u001b[K\u001b[H\u001b[2J\u0007\u00e9\u65e5\ud83d\udc4d';
    assert.equal(sanitizeText(safe), safe);
    assert.equal(sanitizeText('\u001b[?25l\u001b[?25h'), '\u001b[?25l\u001b[?25h');
  });

  it('drops everything that makes a terminal answer', () => {
    const queries = [
      '\u001b[6n',
      '\u001b[?6n',
      '\u001b[5n',
      '\u001b[c',
      '\u001b[>c',
      '\u001b[=c',
      '\u001b[0c',
      '\u001b[>q',
      '\u001b[>0q',
      '\u001b[18t',
      '\u001b[21t',
      '\u001b[x',
      '\u001b[?2026$p',
      '\u001b[?u',
      '\u001bZ',
      '\u0005',
      '\u009b6n',
      '\u001b]10;?\u0007',
      '\u001b]11;?\u001b\\',
      '\u001b]4;1;?\u0007',
      '\u001b]52;c;?\u0007',
      '\u009d52;c;?\u009c',
      '\u001bP$qm\u001b\\',
      '\u001bP+q544e\u001b\\',
      '\u001b[1;1;1;1;1;1*y',
    ];
    for (const query of queries) assert.equal(sanitizeText(`a${query}b`), 'ab', JSON.stringify(query));
  });

  it('drops clipboard writes, titles, modes, resets and character sets', () => {
    const harmful = [
      '\u001b]52;c;cm0gLXJm\u0007',
      '\u001b]0;title\u0007',
      '\u001b]1337;File=x\u0007',
      '\u001b[?1049h',
      '\u001b[?1000h',
      '\u001b[?2004l',
      '\u001b[4h',
      '\u001b[5;10r',
      '\u001bc',
      '\u001b(0',
      '\u001b#8',
      '\u000e',
      '\u001b[>4;1m',
      '\u001b_payload\u001b\\',
      '\u001b^private\u001b\\',
      '\u001b[99999999b',
    ];
    for (const sequence of harmful)
      assert.equal(sanitizeText(`a${sequence}b`), 'ab', JSON.stringify(sequence));
  });

  it('keeps links to the web and only those', () => {
    const link = '\u001b]8;;https://hexdocs.pm/elixir\u001b\\docs\u001b]8;;\u001b\\';
    assert.equal(sanitizeText(link), link);
    assert.equal(sanitizeText('\u001b]8;id=1;http://a.b\u0007x'), '\u001b]8;;http://a.b\u001b\\x');
    for (const target of [
      'javascript:alert(1)',
      'file:///etc/passwd',
      'ssh://h',
      `https://${'a'.repeat(5000)}`,
    ]) {
      assert.equal(sanitizeText(`\u001b]8;;${target}\u0007x`), 'x', target);
    }
  });

  it('loses no output behind a string that is never ended', () => {
    assert.equal(sanitizeText('\u001b]0;never ended\nnext'), '\nnext');
    assert.equal(sanitizeText(`\u001b[${'1;'.repeat(100)}`).length < 200, true);
  });
});

describe('sanitizeText with random input', () => {
  it('gives the same text however the output is cut', () => {
    const part = fc.constantFrom(
      'a',
      '日',
      '\n',
      '\u001b[31m',
      '\u001b[6n',
      '\u001b]52;c;x\u0007',
      '\u001b]8;;http://a\u001b\\',
      '\u001b',
      '[',
      ']',
      '\u009b',
      '7',
      'P',
      '\\',
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 30 }), fc.nat(100), (parts, cut) => {
        const text = parts.join('');
        const filter = new OutputFilter();
        const at = Math.min(cut, text.length);
        assert.equal(filter.filter(text.slice(0, at)) + filter.filter(text.slice(at)), sanitizeText(text));
      }),
    );
  });

  it('lets no sequence through that is not on the list, whatever comes', () => {
    const allowed =
      /\u001b\[[\d;:]*[ABCDEFGHIJKLMPSTXZ@`adefmsu]|\u001b\[\?25[hl]|\u001b[78EDM]|\u001b\]8;;(?:https?:\/\/[\x21-\x7e]+)?\u001b\\/g;
    const noise = fc.string({
      unit: fc.constantFrom(
        '\u001b',
        '[',
        ']',
        'P',
        '?',
        '>',
        '$',
        ';',
        '5',
        '2',
        'n',
        'c',
        'm',
        'q',
        '\u0007',
        '\\',
        '\u009b',
        '\u009d',
        'a',
        '8',
        'h',
      ),
      maxLength: 60,
    });
    fc.assert(
      fc.property(noise, (text) => {
        const rest = sanitizeText(text).replaceAll(allowed, '');
        assert.ok(!/[\u001b\u0080-\u009f\u0005\u000e\u000f]/.test(rest), JSON.stringify(rest));
      }),
    );
  });
});
