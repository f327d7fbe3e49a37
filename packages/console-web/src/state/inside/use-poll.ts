/** Questions of a panel, asked for as long as it is open. */

import { useEffect, useState } from 'preact/hooks';
import { problemFrom } from '../../console-link/api-client.ts';
import { findNode } from '../nodes/nodes.ts';
import { adviceFor } from '../page/field-hints.ts';
import { Poll, type PollOptions, type Question } from './poll.ts';

const options: PollOptions = {
  visibility: {
    isVisible: () => document.visibilityState === 'visible',
    follow(listener) {
      document.addEventListener('visibilitychange', listener);
      return () => document.removeEventListener('visibilitychange', listener);
    },
  },
  troubleOf(error) {
    const problem = problemFrom(error);
    return { message: problem.message, remedy: adviceFor(problem) || undefined };
  },
};

/** Asks a question about the node `id`. Once the node is up again, it is asked at once. */
export function usePoll<Value>(id: string, question: Question<Value>): Poll<Value> {
  const [poll] = useState(() => new Poll<Value>(options));
  const isUp = findNode(id)?.status === 'up';
  useEffect(() => poll.put(question), [question.key, question.isLive, question.leastMs]);
  useEffect(() => () => poll.stop(), []);
  useEffect(() => {
    if (isUp && poll.state.value.trouble !== undefined) poll.refresh();
  }, [isUp]);
  return poll;
}
