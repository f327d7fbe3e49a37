/**
 * Serves SPAWN_REQUEST, by which other nodes start a process here. Such a process is a call of an exposed function,
 * directly or by `erpc`, under a local pid that can be linked, monitored and killed like any other. The reply always
 * goes out before anything else about the process.
 */

import { SpawnReplyFlag, type ControlOf } from '../../distribution/control-messages.ts';
import { atom, atomName, Reference, Tuple, type Term } from '../../etf/index.ts';
import type { PeerInfo } from '../../net/connection.ts';
import { type CallProcess, startCallProcess } from './call-process.ts';
import { parseTarget, type CallTarget } from './call-target.ts';
import { exitReasonOf, plainExitReason } from './erpc.ts';
import type { CallOutcome } from './exposed-functions.ts';
import type { NodeCore } from '../runtime/node-core.ts';
import type { ServedCalls } from './served-calls.ts';

type SpawnRequest = ControlOf<'SPAWN_REQUEST'>;

/** Starts to serve spawn requests. Returns a function that stops it. */
export function serveSpawnRequests(core: NodeCore, calls: ServedCalls): () => void {
  return core.onControl('SPAWN_REQUEST', (peer, request, args) => {
    const refused = serveSpawnRequest({ core, calls, peer }, request, args);
    if (refused === undefined) return;
    const { ref, from } = request;
    core.sendControl(peer.name, { kind: 'SPAWN_REPLY', ref, to: from, flags: 0, result: refused });
  });
}

interface SpawnContext {
  readonly core: NodeCore;
  readonly calls: ServedCalls;
  readonly peer: PeerInfo;
}

/** Starts the process, or returns Erlang's atom for why it cannot. */
function serveSpawnRequest(
  context: SpawnContext,
  request: SpawnRequest,
  args: Term,
): 'badopt' | 'system_limit' | undefined {
  const { core, peer } = context;
  const options = parseSpawnOptions(request.options);
  const isCall = Array.isArray(args) && args.length === request.target.arity;
  if (options === undefined || !isCall) return 'badopt';
  let process: CallProcess;
  try {
    process = startCallProcess(core, { groupLeader: request.groupLeader, ownerNode: peer.name });
  } catch {
    return 'system_limit';
  }
  const { pid } = process;
  const isWatched =
    (!options.monitor || core.processes.adoptMonitor(pid, request.from, request.ref)) &&
    (!options.link || core.processes.adoptLink(pid, request.from));
  if (!isWatched) {
    // Its end would go unnoticed, and a caller that waits for it would wait forever.
    core.processes.terminate(pid, atom('system_limit'));
    return 'system_limit';
  }
  const flags = (options.link ? SpawnReplyFlag.LINK : 0) | (options.monitor ? SpawnReplyFlag.MONITOR : 0);
  core.sendControl(peer.name, {
    kind: 'SPAWN_REPLY',
    ref: request.ref,
    to: request.from,
    flags,
    result: pid,
  });
  const task = taskOf(request, args);
  const origin = { caller: request.from, groupLeader: request.groupLeader, peer: peer.name };
  process.run(context.calls, task.target, { origin, reasonOf: (outcome) => task.reasonOf(outcome) });
  return undefined;
}

/** What the new process does, and how its exit reason carries the outcome. */
interface Task {
  readonly target: CallTarget;
  reasonOf(outcome: CallOutcome): Term;
}

function taskOf(request: SpawnRequest, args: readonly Term[]): Task {
  const { module, function: name } = request.target;
  if (module === 'erpc' && name === 'execute_call' && args.length === 4) {
    const [ref, ...call] = args;
    const target = parseTarget(call[0], call[1], call[2]);
    if (target !== undefined && ref instanceof Reference) {
      return { target, reasonOf: (outcome) => exitReasonOf(ref, outcome) };
    }
  }
  if (module === 'erpc' && name === 'execute_cast' && args.length === 3) {
    const target = parseTarget(args[0], args[1], args[2]);
    if (target !== undefined) return { target, reasonOf: plainExitReason };
  }
  return {
    target: parseTarget(atom(module), atom(name), args) ?? { module, function: name, args },
    reasonOf: plainExitReason,
  };
}

/** Options with a value that tune Erlang processes and have no meaning for ours. */
const tuningOptions: ReadonlySet<string> = new Set([
  'priority',
  'fullsweep_after',
  'min_heap_size',
  'min_bin_vheap_size',
  'max_heap_size',
  'message_queue_data',
  'async_dist',
]);

/** Returns `undefined` when an option is unknown, which is an error here as in Erlang. */
function parseSpawnOptions(term: Term): { link: boolean; monitor: boolean } | undefined {
  if (!Array.isArray(term)) return undefined;
  const found = { link: false, monitor: false };
  for (const option of term as readonly Term[]) {
    const name = atomName(option instanceof Tuple && option.length === 2 ? option.at(0) : option);
    if (name === 'link') found.link = true;
    else if (name === 'monitor') found.monitor = true;
    else if (!(option instanceof Tuple) || name === undefined || !tuningOptions.has(name)) return undefined;
  }
  return found;
}
