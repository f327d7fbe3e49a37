import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { atom, decode, encode, type Term, tuple } from '@convoy/node/etf';
import { MembersError } from '../../../src/errors.ts';
import { askNode, readFramed } from '../../../src/inspect/asking/ask-node.ts';
import type { Asker } from '../../../src/inspect/asking/asker.ts';
import { evaluation } from '../../../src/inspect/asking/boot-form.ts';
import { framed } from '../../../src/inspect/asking/frame.ts';
import { hostileTerms, node, ok } from '../hostile-terms.ts';

const question = { node, body: 'ok', timeoutMs: 1000 };
const cost = tuple(5000, 40_000, 20_000, 2);
const failing = (error: Error): Asker => ({
  async ask() {
    throw error;
  },
});

describe('a framed question', () => {
  test('is one call of erl_eval, whose terms can be sent, with variables in the order of their names', () => {
    const call = evaluation(framed('X = Y'), { Y: 1, B: 2 });
    assert.equal(`${call.module}:${call.function}/${call.args.length}`, 'erl_eval:expr/5');
    const [, bindings] = decode(encode([...call.args])) as Term[];
    const [first] = bindings as Term[];
    assert.deepEqual(first, tuple(atom('B'), [tuple(atom('B'), 2), tuple(atom('Y'), 1)]));
  });

  test('has only ASCII characters', () => {
    assert.match(framed('ok'), /^[\x20-\x7e\n]+$/);
  });

  test('answers with a value, and with what it cost', () => {
    const answer = readFramed(tuple(ok(7), cost), question);
    assert.deepEqual(answer, {
      state: 'answered',
      value: 7,
      // 20 ms of two schedulers are 2 % of half a second.
      cost: { questions: 1, reductions: 5000, elapsedMs: 40, busyMs: 20, restMs: 460 },
    });
  });

  test('says why there is no value', () => {
    const kindOf = (term: Term): string => {
      const answer = readFramed(term, question);
      return answer.state === 'unavailable' ? answer.problem.kind : answer.state;
    };
    assert.equal(kindOf(atom('slow')), 'slow');
    assert.equal(kindOf(atom('too_large')), 'too-large');
    assert.equal(kindOf(tuple(atom('too_large'), cost)), 'too-large');
    assert.equal(kindOf(tuple(tuple(atom('failed'), new TextEncoder().encode('badarg')), cost)), 'failed');
    for (const term of hostileTerms) assert.equal(kindOf(term), 'failed');
    for (const term of hostileTerms) assert.match(kindOf(tuple(ok(1), term)), /^answered$/);
  });

  test('what the cluster rejects with becomes the answer, and other errors do not', async () => {
    const kindOf = async (
      code: 'MEMBERS_NO_ANSWER' | 'MEMBERS_CALL_FAILED',
      reason: string,
    ): Promise<string> => {
      const answer = await askNode(failing(new MembersError(code, 'why', { reason })), question);
      return answer.state === 'unavailable' ? answer.problem.kind : answer.state;
    };
    assert.equal(await kindOf('MEMBERS_NO_ANSWER', 'timeout'), 'slow');
    assert.equal(await kindOf('MEMBERS_NO_ANSWER', 'too_big'), 'too-large');
    assert.equal(await kindOf('MEMBERS_NO_ANSWER', 'absent'), 'unreachable');
    assert.equal(await kindOf('MEMBERS_NO_ANSWER', 'noconnection'), 'unreachable');
    assert.equal(await kindOf('MEMBERS_CALL_FAILED', 'undefined'), 'unsupported');
    assert.equal(await kindOf('MEMBERS_CALL_FAILED', 'failed'), 'failed');
    const unknown = new MembersError('MEMBERS_UNKNOWN_NODE', 'no such member');
    await assert.rejects(askNode(failing(unknown), question), unknown);
    const other = new Error('aborted');
    await assert.rejects(askNode(failing(other), question), other);
  });
});
