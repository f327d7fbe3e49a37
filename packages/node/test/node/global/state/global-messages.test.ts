import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { atom, Pid, tuple, type Term } from '../../../../src/etf/index.ts';
import { knownTerm, opTerm, parseGlobalMessage } from '../../../../src/node/global/state/global-messages.ts';

const locker = new Pid('a@h', 7, 0, 1);
const fun = atom('resolver');
const cast = (...items: Term[]): Term => tuple(atom('$gen_cast'), tuple(...items));

describe('messages of the global name server', () => {
  it('reads the introduction of a peer and speaks at most version 8', () => {
    const init = (version: number): Term =>
      cast(
        atom('init_connect'),
        tuple(version, 17),
        atom('a@h'),
        tuple(atom('locker'), atom('no_longer_a_pid'), [], locker),
      );
    assert.deepEqual(parseGlobalMessage(init(9)), {
      kind: 'initConnect',
      node: 'a@h',
      version: 8,
      tag: 17,
      locker,
    });
    assert.equal(parseGlobalMessage(init(4)), undefined);
  });

  it('reads lists of known nodes with and without versions', () => {
    const resolved = (known: Term): Term =>
      cast(atom('resolved'), atom('a@h'), [], known, atom('unused'), [], 3);
    const message = parseGlobalMessage(resolved([tuple(atom('b@h'), 8), atom('c@h')]));
    assert.ok(message?.kind === 'resolved');
    assert.deepEqual(message.known, [
      { node: 'b@h', version: 8 },
      { node: 'c@h', version: 0 },
    ]);
    assert.equal(message.tag, 3);
  });

  it('reads instructions and the lock they were decided under', () => {
    const entry = { name: atom('n'), pid: locker, method: fun };
    const ops = [opTerm({ kind: 'insert', entry }), opTerm({ kind: 'delete', name: 5 })];
    const extra = [tuple(atom('vsn'), 8), tuple(atom('lock'), tuple(atom('global'), [locker]))];
    const message = parseGlobalMessage(cast(atom('new_nodes'), atom('a@h'), ops, [], [], extra));
    assert.deepEqual(message, {
      kind: 'newNodes',
      node: 'a@h',
      ops: [
        { kind: 'insert', entry },
        { kind: 'delete', name: 5 },
      ],
      known: [],
      lock: { resource: atom('global'), requester: [locker] },
    });
  });

  it('reads a lock_set with and without a tag', () => {
    const tagged = parseGlobalMessage(cast(atom('lock_set'), locker, true, [], 4));
    assert.deepEqual(tagged, { kind: 'lockSet', locker, isSet: true, tag: 4 });
    const untagged = parseGlobalMessage(tuple(atom('lock_set'), locker, false, []));
    assert.deepEqual(untagged, { kind: 'lockSet', locker, isSet: false });
  });

  it('ignores terms of any other shape', () => {
    const shapeless: Term[] = [
      5,
      tuple(),
      tuple(atom('$gen_cast'), atom('exchange')),
      cast(atom('exchange'), atom('a@h'), atom('names'), [], 1),
      cast(atom('exchange'), atom('a@h'), [tuple(atom('n'), 1, 2)], [], 1),
      cast(atom('in_sync'), 12),
      tuple(atom('$gen_call'), locker, tuple(atom('set_lock'), 1)),
      tuple(atom('lost_connection'), atom('a@h'), 1, atom('x'), atom('b@h')),
    ];
    for (const term of shapeless) assert.equal(parseGlobalMessage(term), undefined);
  });

  it('writes known nodes as bare atoms for old peers', () => {
    const known = [{ node: 'b@h', version: 8 }];
    assert.deepEqual(knownTerm(known, 5), [atom('b@h')]);
    assert.deepEqual(knownTerm(known, 8), [tuple(atom('b@h'), 8)]);
  });
});
