import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ErlangError, NodeError } from '../../src/errors.ts';
import { atom, tuple } from '../../src/etf/index.ts';
import { crashReason, exitEffect, kill, killed, normal } from '../../src/process/exit-reasons.ts';

const boom = atom('boom');
const plain = { reason: boom, isLinked: false, isFromSelf: false, isTrapping: false };

test('an exit signal ends a process that does not trap, with its reason', () => {
  assert.deepEqual(exitEffect(plain), { kind: 'exit', reason: boom });
  assert.deepEqual(exitEffect({ ...plain, isLinked: true }), { kind: 'exit', reason: boom });
});

test('normal is ignored unless it comes from the process itself', () => {
  assert.deepEqual(exitEffect({ ...plain, reason: normal }), { kind: 'ignore' });
  assert.deepEqual(exitEffect({ ...plain, reason: normal, isLinked: true }), { kind: 'ignore' });
  assert.deepEqual(exitEffect({ ...plain, reason: normal, isFromSelf: true }), {
    kind: 'exit',
    reason: normal,
  });
  assert.deepEqual(exitEffect({ ...plain, reason: normal, isTrapping: true }), { kind: 'trap' });
});

test('kill cannot be trapped and ends with killed, but through a link it is a reason like others', () => {
  assert.deepEqual(exitEffect({ ...plain, reason: kill, isTrapping: true }), {
    kind: 'exit',
    reason: killed,
  });
  assert.deepEqual(exitEffect({ ...plain, reason: kill, isLinked: true, isTrapping: true }), {
    kind: 'trap',
  });
  assert.deepEqual(exitEffect({ ...plain, reason: kill, isLinked: true }), { kind: 'exit', reason: kill });
});

test('what a function throws becomes a reason Erlang can print', () => {
  const reason = tuple(atom('convoy_error'), null, 'no');
  assert.deepEqual(crashReason(new TypeError('no')), tuple(reason, []));
  const coded = crashReason(new NodeError('NODE_CLOSED', 'gone'));
  assert.deepEqual(coded, tuple(tuple(atom('convoy_error'), atom('NODE_CLOSED'), 'gone'), []));
  assert.deepEqual(crashReason(new ErlangError('ERLANG_EXIT', boom)), boom);
  assert.deepEqual(crashReason(new ErlangError('ERLANG_ERROR', boom)), tuple(boom, []));
  assert.deepEqual(
    crashReason(new ErlangError('ERLANG_THROW', boom)),
    tuple(tuple(atom('nocatch'), boom), []),
  );
});
