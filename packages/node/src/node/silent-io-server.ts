/**
 * An I/O server that discards output and has no input: the default group leader of functions that this node calls on
 * other nodes. It must answer, because a process that prints waits for the reply.
 */

import { atom, atomName, Pid, tuple, Tuple, type Term } from '../etf/index.ts';
import { refuseRequest } from './gen/refused-calls.ts';
import type { NodeCore } from './runtime/node-core.ts';

/** Starts the server under the name `user`, where other nodes look for the standard I/O server of a node. */
export function startSilentIoServer(core: NodeCore): Pid {
  return core.processes.spawnServer(
    {
      onMessage(self, message) {
        if (!(message instanceof Tuple) || atomName(message.at(0)) !== 'io_request') {
          refuseRequest(self, message, 'user only handles I/O requests');
          return;
        }
        const [, from, replyAs, request] = message.elements;
        if (!(from instanceof Pid)) return;
        self.answer(self.peer, from, tuple(atom('io_reply'), replyAs, answerIoRequest(request)));
      },
    },
    { name: 'user', isSystem: true },
  );
}

/** Deepest nesting of `{requests, [...]}` that is answered. */
const maxNesting = 4;

/** The answer of an I/O server that discards output and is at the end of its input. */
export function answerIoRequest(request: Term, depth: number = 0): Term {
  const label = atomName(request instanceof Tuple ? request.at(0) : request);
  switch (label) {
    case 'put_chars':
    case 'setopts':
      return atom('ok');
    case 'get_line':
    case 'get_chars':
    case 'get_until':
    case 'get_password':
      return atom('eof');
    case 'getopts':
      return [];
    case 'get_geometry':
      return tuple(atom('error'), atom('enotsup'));
    case 'requests':
      return request instanceof Tuple && depth < maxNesting ? answerAll(request.at(1), depth) : refusal;
    default:
      return refusal;
  }
}

const refusal = tuple(atom('error'), atom('request'));

/** Several requests have one answer: that of the first one that fails, otherwise that of the last one. */
function answerAll(requests: Term, depth: number): Term {
  if (!Array.isArray(requests)) return refusal;
  let answer: Term = atom('ok');
  for (const request of requests as readonly Term[]) {
    answer = answerIoRequest(request, depth + 1);
    if (answer instanceof Tuple && atomName(answer.at(0)) === 'error') return answer;
  }
  return answer;
}
