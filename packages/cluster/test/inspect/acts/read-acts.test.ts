import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { atom, type Term, tuple } from '@convoy/node/etf';
import { createOperator } from '../../../src/inspect/acts/operator.ts';
import { readCollect, readKill, readTold, shownValue } from '../../../src/inspect/acts/read-acts.ts';
import { hostileTerms, node } from '../hostile-terms.ts';

const text = (value: string): Term => new TextEncoder().encode(value);
const options = { what: 'lists:sum/1', node };

describe('the outcome of acts', () => {
  test('says whether the process was alive, and what became of it', () => {
    const call = tuple(atom('shop'), atom('loop'), 0);
    assert.deepEqual(readKill(tuple(tuple(atom('ended'), text('killed')), atom('cart'), call)), {
      wasAlive: true,
      hasEnded: true,
      reason: 'killed',
      name: 'cart',
      initialCall: 'shop:loop/0',
    });
    assert.deepEqual(readKill(tuple(atom('still_there'), [], call)), {
      wasAlive: true,
      hasEnded: false,
      initialCall: 'shop:loop/0',
    });
    assert.deepEqual(readKill(atom('gone')), { wasAlive: false, hasEnded: true });
    assert.deepEqual(readCollect(tuple(9000, 5000)), {
      wasAlive: true,
      memoryBytesBefore: 9000,
      memoryBytesAfter: 5000,
    });
    assert.deepEqual(readCollect(atom('gone')), { wasAlive: false });
  });

  test('shows a value with its size, or says why there is none', () => {
    const told = tuple(atom('told'), tuple(text('#{a =>\n1}'), 12, 77));
    assert.deepEqual(readTold(told, options), { text: '#{a =>\n1}', bytes: 12, hash: 77 });
    const raised = readTold(tuple(atom('raised'), atom('error'), text('badarg')), options);
    assert.ok(raised !== undefined && 'kind' in raised && raised.kind === 'failed');
    assert.equal(raised.message, `lists:sum/1 failed on ${node}: error: badarg`);
    const unknown = readTold(atom('undefined_function'), options);
    assert.ok(unknown !== undefined && 'kind' in unknown && unknown.kind === 'unsupported');
  });

  test('every part may be anything', () => {
    for (const term of hostileTerms) {
      for (const value of [
        term,
        tuple(term, term, term),
        tuple(tuple(term, term), term, term),
        tuple(atom('told'), tuple(term, term, term)),
        tuple(atom('raised'), term, term),
      ]) {
        assert.doesNotThrow(() => readKill(value));
        assert.doesNotThrow(() => readCollect(value));
        assert.ok((JSON.stringify(readTold(value, options)) ?? '').length < 100_000);
        assert.ok(shownValue(value).text.length < 200_000);
      }
    }
  });
});

describe('what is done on nodes', () => {
  const operator = createOperator({ ask: () => Promise.reject(new Error('nobody is asked')) });

  test('is checked before any node is asked', async () => {
    const wrong = { code: 'INSPECT_BAD_OPTION' };
    await assert.rejects(operator.kill(node, 'shop'), wrong);
    await assert.rejects(operator.collectGarbage(node, '<1.2.3>'), wrong);
    await assert.rejects(operator.send([], { to: 'shop', message: 'ok' }), wrong);
    await assert.rejects(operator.send([node], { to: '', message: 'ok' }), wrong);
    await assert.rejects(operator.send([node], { to: '<7.1.0>', message: 'ok' }), wrong);
    await assert.rejects(operator.rpc([node], { module: 'lists', function: 'sum', args: '{1}' }), wrong);
    await assert.rejects(operator.call([node], { to: 'shop', message: 'ok', timeoutMs: 0 }), wrong);
    await assert.rejects(
      operator.call([node], { to: 'shop', message: 'ok', syntax: 'lisp' as 'json' }),
      wrong,
    );
  });

  test('takes literals, and says where another term has its mistake', async () => {
    const refusedFor = async (message: string, syntax?: 'erlang' | 'json'): Promise<string> => {
      const refused: unknown = await operator
        .send([node], { to: 'shop', message, syntax })
        .catch((error: unknown) => error);
      assert.ok(refused instanceof Error && 'code' in refused && refused.code === 'INSPECT_BAD_OPTION');
      return refused.message;
    };
    assert.match(
      await refusedFor('{ok, Name}'),
      /^message is not a term in Erlang: Name is a variable at line 1/,
    );
    assert.match(await refusedFor('os:cmd("ls")'), /not a term in Erlang/);
    assert.match(await refusedFor('{"a": }', 'json'), /^message is not a term in JSON/);
    assert.match(await refusedFor(`{"${'k'.repeat(300)}": 1}`, 'json'), /not a term in JSON/);
    assert.match(await refusedFor('x'.repeat(65 * 1024)), /characters/);
  });
});
