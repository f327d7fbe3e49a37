import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { atom, Float, ImproperList, Pid, Reference, tuple, type Term } from '@convoy/node/etf';
import { chardataToText, promptToText, textToChardata } from '../../src/io/chardata.ts';
import { applyOptions, defaultIoOptions, reportOptions } from '../../src/io/io-options.ts';
import { parseIoMessage } from '../../src/io/io-protocol.ts';
import { collectChars, collectLine } from '../../src/io/line-collector.ts';

const from = new Pid('n@h', 1, 0, 1);
const ref = new Reference('n@h', 1, [1, 2, 3]);

function requestOf(request: Term): unknown {
  return parseIoMessage(tuple(atom('io_request'), from, ref, request))?.request;
}

const unicode = atom('unicode');
const latin1 = atom('latin1');

describe('parseIoMessage', () => {
  it('reads every request, with the forms from before R13 as latin1', () => {
    const bytes = Buffer.from('hi');
    const rows: [Term, object][] = [
      [tuple(atom('put_chars'), unicode, bytes), { kind: 'put_chars', encoding: 'unicode', chars: bytes }],
      [tuple(atom('put_chars'), latin1, bytes), { kind: 'put_chars', encoding: 'latin1', chars: bytes }],
      [tuple(atom('put_chars'), bytes), { kind: 'put_chars', encoding: 'latin1', chars: bytes }],
      [
        tuple(atom('put_chars'), unicode, atom('io_lib'), atom('format'), ['~p', [1]]),
        {
          kind: 'put_chars_of_call',
          encoding: 'unicode',
          module: 'io_lib',
          function: 'format',
          args: ['~p', [1]],
        },
      ],
      [
        tuple(atom('put_chars'), atom('io_lib'), atom('format'), []),
        { kind: 'put_chars_of_call', encoding: 'latin1', module: 'io_lib', function: 'format', args: [] },
      ],
      [tuple(atom('get_line'), unicode, 'p'), { kind: 'get_line', encoding: 'unicode', prompt: 'p' }],
      [tuple(atom('get_line'), 'p'), { kind: 'get_line', encoding: 'latin1', prompt: 'p' }],
      [
        tuple(atom('get_chars'), unicode, 'p', 2),
        { kind: 'get_chars', encoding: 'unicode', prompt: 'p', count: 2 },
      ],
      [tuple(atom('get_chars'), 'p', 2), { kind: 'get_chars', encoding: 'latin1', prompt: 'p', count: 2 }],
      [
        tuple(atom('get_until'), unicode, 'p', atom('m'), atom('f'), [1]),
        {
          kind: 'get_until',
          encoding: 'unicode',
          prompt: 'p',
          module: atom('m'),
          function: atom('f'),
          args: [1],
        },
      ],
      [
        tuple(atom('get_until'), 'p', atom('m'), atom('f'), [1]),
        {
          kind: 'get_until',
          encoding: 'latin1',
          prompt: 'p',
          module: atom('m'),
          function: atom('f'),
          args: [1],
        },
      ],
      [tuple(atom('get_password'), unicode), { kind: 'get_password', encoding: 'unicode' }],
      [atom('get_password'), { kind: 'get_password', encoding: 'latin1' }],
      [tuple(atom('setopts'), [atom('binary')]), { kind: 'setopts', options: [atom('binary')] }],
      [atom('getopts'), { kind: 'getopts' }],
      [tuple(atom('get_geometry'), atom('columns')), { kind: 'get_geometry', axis: 'columns' }],
      [tuple(atom('requests'), [atom('getopts')]), { kind: 'requests', requests: [{ kind: 'getopts' }] }],
    ];
    for (const [request, expected] of rows) assert.deepEqual(requestOf(request), expected);
  });

  it('takes what is malformed for an unknown request, so that it is answered', () => {
    const malformed: Term[] = [
      atom('nonsense'),
      tuple(atom('put_chars'), atom('utf16'), 'x'),
      tuple(atom('get_chars'), unicode, 'p', -1),
      tuple(atom('get_chars'), unicode, 'p', 1.5),
      tuple(atom('get_geometry'), atom('depth')),
      tuple(atom('put_chars'), unicode, atom('io_lib'), atom('format'), atom('x')),
      tuple(),
      7,
      tuple(
        atom('requests'),
        Array.from({ length: 5000 }, () => atom('getopts')),
      ),
    ];
    for (const request of malformed) assert.deepEqual(requestOf(request), { kind: 'unknown' });
  });

  it('is not for other messages', () => {
    assert.equal(parseIoMessage(atom('hello')), undefined);
    assert.equal(parseIoMessage(tuple(atom('io_request'), atom('x'), ref, atom('getopts'))), undefined);
    assert.equal(parseIoMessage(tuple(atom('io_request'), from, ref)), undefined);
  });
});

describe('chardata', () => {
  it('is text, however deep', () => {
    assert.equal(chardataToText([104, [Buffer.from('é'), [0x65e5]], 'x'], 'unicode'), 'hé日x');
    assert.equal(chardataToText(new ImproperList([97], Buffer.from('b')), 'unicode'), 'ab');
    assert.equal(chardataToText(Buffer.from([0xe9]), 'latin1'), 'é');
    assert.equal(chardataToText([], 'unicode'), '');
  });

  it('is refused when it is none', () => {
    for (const bad of [
      Buffer.from([255, 254]),
      [0xd800],
      [0x110000],
      [-1],
      [new Float(97)],
      atom('a'),
      5,
    ] as Term[]) {
      assert.equal(chardataToText(bad, 'unicode'), undefined);
    }
    assert.equal(chardataToText([256], 'latin1'), undefined);
  });

  it('takes lists of any length', () => {
    assert.equal(
      chardataToText(
        Array.from({ length: 300_000 }, () => 97),
        'unicode',
      )?.length,
      300_000,
    );
  });

  it('goes back as binary or list', () => {
    assert.deepEqual(textToChardata('é日', { encoding: 'unicode', binary: false }), [0xe9, 0x65e5]);
    assert.deepEqual(textToChardata('é', { encoding: 'latin1', binary: true }), Buffer.from([0xe9]));
    assert.equal(textToChardata('日', { encoding: 'latin1', binary: false }), undefined);
  });

  it('makes prompts of what needs no help from the node', () => {
    assert.equal(promptToText(atom(''), 'unicode'), '');
    assert.equal(promptToText(atom('name'), 'unicode'), 'name');
    assert.equal(promptToText([Buffer.from('iex'), [40]], 'unicode'), 'iex(');
    assert.equal(promptToText(tuple(atom('format'), '~p', [1]), 'unicode'), undefined);
  });
});

describe('options', () => {
  it('accepts everything it reports, and refuses what it does not know as a whole', () => {
    const reported = reportOptions(defaultIoOptions);
    assert.deepEqual(applyOptions(defaultIoOptions, reported), defaultIoOptions);
    const more = [tuple(atom('binary'), true), tuple(atom('line_history'), false), atom('latin1')];
    assert.deepEqual(applyOptions(defaultIoOptions, more), {
      binary: true,
      echo: true,
      encoding: 'latin1',
      lineHistory: false,
    });
    assert.equal(applyOptions(defaultIoOptions, [atom('binary'), tuple(atom('colour'), true)]), undefined);
    assert.equal(applyOptions(defaultIoOptions, atom('binary')), undefined);
  });
});

describe('collecting', () => {
  it('takes a line and leaves the rest', () => {
    assert.deepEqual(collectLine({ text: 'a\nb', eof: false }), {
      kind: 'text',
      text: 'a\n',
      rest: { text: 'b', eof: false },
    });
    assert.deepEqual(collectLine({ text: 'a', eof: false }), { kind: 'more' });
    assert.deepEqual(collectLine({ text: 'a', eof: true }), {
      kind: 'text',
      text: 'a',
      rest: { text: '', eof: true },
    });
    assert.deepEqual(collectLine({ text: '', eof: true }), { kind: 'eof', rest: { text: '', eof: false } });
  });

  it('counts characters, not code units', () => {
    assert.deepEqual(collectChars({ text: '👍é\n', eof: false }, 2), {
      kind: 'text',
      text: '👍é',
      rest: { text: '\n', eof: false },
    });
    assert.deepEqual(collectChars({ text: 'a', eof: false }, 2), { kind: 'more' });
    assert.deepEqual(collectChars({ text: 'a', eof: false }, 0), {
      kind: 'text',
      text: '',
      rest: { text: 'a', eof: false },
    });
  });
});
