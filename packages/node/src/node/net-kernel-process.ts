/**
 * The process named `net_kernel`. It answers `yes` to `is_auth`, which `net_adm:ping/1` and `Node.ping/1` send after
 * connecting; without the answer the asking node disconnects. Requests to start processes in the style from before
 * SPAWN_REQUEST are refused, so that their callers do not wait.
 */

import { publishEvent } from '../events.ts';
import { atom, atomName, inspect, tuple, Tuple, type Pid, type Term } from '../etf/index.ts';
import { parseGenRequest, replyToGenCall } from './gen/gen-requests.ts';
import { refuseRequest } from './gen/refused-calls.ts';
import type { NodeCore } from './runtime/node-core.ts';

/** Starts the process. */
export function startNetKernel(core: NodeCore): Pid {
  return core.processes.spawnServer(
    {
      onMessage(self, message) {
        const request = parseGenRequest(message);
        if (request?.kind !== 'call') {
          refuseRequest(self, message, 'net_kernel does not handle such requests');
          return;
        }
        const isPing = asksIsAuth(request.request);
        if (!isPing) reportRefusal(core, self.peer, request.request);
        replyToGenCall(
          (to, reply) => self.answer(self.peer, to, reply),
          request.from,
          isPing ? atom('yes') : tuple(atom('error'), atom('notsup')),
        );
      },
    },
    { name: 'net_kernel', isSystem: true },
  );
}

function asksIsAuth(request: Term): boolean {
  return request instanceof Tuple && atomName(request.at(0)) === 'is_auth';
}

function reportRefusal(core: NodeCore, peer: string, request: Term): void {
  publishEvent('convoy:request.unsupported', () => ({
    node: core.name,
    peer,
    request: `net_kernel request ${inspect(request, { syntax: 'erlang', maxLength: 200 })}`,
  }));
}
