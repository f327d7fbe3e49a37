import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { atom, ImproperList, Pid, Reference, tuple, type Term } from '../../../src/etf/index.ts';
import { parseGenRequest, replyToGenCall } from '../../../src/node/gen/gen-requests.ts';
import { answerIoRequest } from '../../../src/node/silent-io-server.ts';

const pid = new Pid('app@h', 1, 0, 1);
const ref = new Reference('app@h', 1, [1, 2, 3, 4, 5]);
const alias = new ImproperList([atom('alias')], ref);

describe('gen calls', () => {
  it('reads calls and casts and nothing else', () => {
    assert.deepEqual(parseGenRequest(tuple(atom('$gen_call'), tuple(pid, ref), atom('hi'))), {
      kind: 'call',
      from: { pid, tag: ref },
      request: atom('hi'),
    });
    assert.deepEqual(parseGenRequest(tuple(atom('$gen_cast'), 1)), { kind: 'cast', request: 1 });
    const others: Term[] = [
      1,
      tuple(),
      tuple(atom('$gen_call'), pid, 1),
      tuple(atom('$gen_call'), tuple(1, 2), 3),
    ];
    for (const other of others) assert.equal(parseGenRequest(other), undefined);
  });

  it('answers to the alias inside the tag, else to the pid, and echoes the tag', () => {
    const third = new Reference('app@h', 1, [7, 8, 9]);
    const tags: [Term, Pid | Reference][] = [
      [ref, pid],
      [alias, ref],
      [new ImproperList([alias], third), ref],
      [tuple(ref, atom('us@h')), pid],
    ];
    for (const [tag, receiver] of tags) {
      replyToGenCall(
        (to, message) => {
          assert.equal(to, receiver);
          assert.deepEqual(message, tuple(tag, 5));
        },
        { pid, tag },
        5,
      );
    }
  });
});

describe('the silent I/O server', () => {
  it('takes output and has no input', () => {
    const put = tuple(atom('put_chars'), atom('unicode'), 'hello');
    assert.equal(answerIoRequest(put), atom('ok'));
    assert.equal(answerIoRequest(tuple(atom('get_line'), atom('unicode'), 'name? ')), atom('eof'));
    assert.deepEqual(
      answerIoRequest(tuple(atom('get_geometry'), atom('rows'))),
      tuple(atom('error'), atom('enotsup')),
    );
    assert.equal(answerIoRequest(tuple(atom('requests'), [put, put])), atom('ok'));
  });

  it('refuses what it does not know, however deep', () => {
    const refusal = tuple(atom('error'), atom('request'));
    assert.deepEqual(answerIoRequest(atom('nonsense')), refusal);
    let nested: Term = atom('getopts');
    for (let depth = 0; depth < 50; depth += 1) nested = tuple(atom('requests'), [nested]);
    assert.deepEqual(answerIoRequest(nested), refusal);
  });
});
