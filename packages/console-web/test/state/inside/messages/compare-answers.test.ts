/** Answers of several nodes side by side. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  compareReplies,
  markedText,
  type NodeReply,
} from '../../../../src/state/inside/messages/compare-answers.ts';

function reply(node: string, text: string, hash?: number): NodeReply {
  return { node, value: { text, hash } };
}

const slow: NodeReply = { node: 'd', problem: { kind: 'slow', message: 'No answer within 5 s.' } };
const compare = (...replies: NodeReply[]) => compareReplies(replies, { areComparable: true });

describe('answers side by side', () => {
  test('are compared with what most nodes have answered', () => {
    const { summary, replies } = compare(
      reply('a', '{ok,1}'),
      reply('b', '{ok,1}'),
      reply('c', '{ok,22}'),
      slow,
    );
    assert.equal(summary, '2 of 3 answers are the same, 1 differs. 1 node has not answered.');
    assert.deepEqual(
      replies.map(({ isOdd }) => isOdd),
      [false, false, true, false],
    );
    assert.deepEqual(replies[2]?.parts, [
      { text: '{ok,', isDifferent: false },
      { text: '22', isDifferent: true },
      { text: '}', isDifferent: false },
    ]);
  });

  test('may be the same, or each something else', () => {
    assert.equal(compare(reply('a', '1'), reply('b', '1')).summary, 'Both answers are the same.');
    assert.equal(
      compare(reply('a', '1'), reply('b', '1'), reply('c', '1')).summary,
      'All 3 answers are the same.',
    );
    const each = compare(reply('a', '1'), reply('b', '2'));
    assert.equal(each.summary, 'Every one of the 2 nodes answers something else.');
    // The first is what the others are compared with.
    assert.deepEqual(
      each.replies.map(({ isOdd }) => isOdd),
      [false, true],
    );
    assert.equal(compare(reply('a', '1')).summary, '');
    assert.equal(compare(reply('a', '1'), slow).summary, '1 node has not answered.');
  });

  test('are the same by their sum, also where the text was cut', () => {
    const { replies } = compare(reply('a', 'long…', 1), reply('b', 'long…', 1), reply('c', 'long…', 2));
    assert.deepEqual(
      replies.map(({ isOdd }) => isOdd),
      [false, false, true],
    );
  });

  test('to a message are not compared: each is a process of its own', () => {
    const { summary, replies } = compareReplies([reply('a', '<0.1.0>'), reply('b', '<0.2.0>')], {
      areComparable: false,
    });
    assert.equal(summary, '');
    assert.deepEqual(
      replies.map(({ isOdd }) => isOdd),
      [false, false],
    );
  });
});

test('what differs is marked as whole words, between the beginning and the end that both have', () => {
  const marked = (text: string, usual: string): string =>
    markedText(text, usual)
      .map((part) => (part.isDifferent ? `[${part.text}]` : part.text))
      .join('');
  assert.equal(marked('#{size => 7}', '#{size => 12}'), '#{size => [7]}');
  assert.equal(marked('#{size => 1187}', '#{size => 1204}'), '#{size => [1187]}');
  assert.equal(marked('{old_cart,ok}', '{cart,ok}'), '{[old_cart],ok}');
  assert.equal(marked('[a,a,a]', '[a,a]'), '[a,a[,a]]');
  assert.equal(marked('', 'x'), '');
  assert.equal(marked('x', 'y'), '[x]');
});
