/** `sys:get_state` and `sys:get_status` as functions: they ask a server of this node by a system message, as Erlang's do. */

import { atom, atomName, type Pid, type Reference, type Term, Tuple, tuple } from '../../etf/index.ts';
import type { Process } from '../../process/process.ts';
import type { ToolSource } from './erlang-module.ts';
import { exitWith, localPid, type ToolModule } from './tool-function.ts';
import { describeProcess } from './process-description.ts';

const usualMs = 5000;
const longestMs = 60_000;

export function sysModule(source: ToolSource): ToolModule {
  return {
    'get_state/1': (_call, server) => ask(source, { server, request: 'get_state', timeout: usualMs }),
    'get_state/2': (_call, server, timeout) => ask(source, { server, request: 'get_state', timeout }),
    'get_status/1': (_call, server) => ask(source, { server, request: 'get_status', timeout: usualMs }),
    'get_status/2': (_call, server, timeout) => ask(source, { server, request: 'get_status', timeout }),
  };
}

interface Question {
  readonly server: Term;
  readonly request: 'get_state' | 'get_status';
  readonly timeout: Term;
}

function ask(source: ToolSource, question: Question): Promise<Term> {
  const { core } = source;
  const { server, request, timeout } = question;
  const failed = (reason: Term): Error =>
    exitWith(tuple(reason, tuple(atom('sys'), atom(request), [server, timeout])));
  const name = atomName(server);
  const pid = name === undefined ? localPid(server, core.name) : core.processes.whereis(name);
  const process = pid === undefined ? undefined : describeProcess(core, pid);
  if (pid === undefined || process === undefined) throw failed(atom('noproc'));
  // Any other process would keep the message and never answer.
  if (process.kind !== 'gen_server') throw failed(atom('timeout'));
  const timeoutMs = typeof timeout === 'number' ? Math.min(longestMs, Math.max(0, timeout)) : longestMs;
  const answer = Promise.withResolvers<Term>();
  core.processes.spawn(async (self) => {
    const message = await askIn(self, pid, { request, timeoutMs }).catch(() => undefined);
    if (message === undefined) answer.reject(failed(atom('timeout')));
    else if (message.length === 5) answer.reject(failed(message.at(4)));
    else answer.resolve(message.at(1));
  });
  return answer.promise;
}

/** The answer, `{Tag, Answer}`, or the DOWN of the server. */
async function askIn(
  self: Process,
  server: Pid,
  { request, timeoutMs }: { readonly request: string; readonly timeoutMs: number },
): Promise<Tuple> {
  const ref = self.monitor(server);
  self.send(server, tuple(atom('system'), tuple(self.pid, ref), atom(request)));
  const message = await self.receive({ timeoutMs, match: (term) => isAbout(term, ref) });
  return message as unknown as Tuple;
}

/** `{Ref, Answer}` or `{'DOWN', Ref, ...}`. */
function isAbout(term: Term, ref: Reference): boolean {
  return term instanceof Tuple && (term.at(0) === ref || term.at(1) === ref);
}
