/** What it costs thirty idle nodes to be watched: printed for an hour, from two minutes. How much is asked of them is bounded. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { measureWatching } from '../../bench/watch.ts';
import { missingPeer } from '../support/erlang/erlang-node.ts';
import { onlyInAll } from '../support/extent.ts';
import { mayTake } from '../support/time-limit.ts';

/** One to the entry how all are, and one for what has changed; a question that spans the end of the time counts once more. */
const mostQuestions = 3;

test('watching thirty idle nodes', { skip: onlyInAll(missingPeer('25')) }, async (t) => {
  mayTake(t, { seconds: 420, because: 'the nodes are left alone for two minutes, and watched for two' });
  const { rows, questionsPerMinute } = await measureWatching(2);
  for (const { name, ours, reference } of rows) t.diagnostic(`${name}: ${ours} (unwatched: ${reference})`);
  t.diagnostic(`questions a minute: ${questionsPerMinute.toFixed(1)}`);
  assert.ok(questionsPerMinute <= mostQuestions, String(questionsPerMinute));
});
