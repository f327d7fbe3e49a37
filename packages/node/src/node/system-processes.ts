/**
 * The system processes that other nodes expect of every node, and the services built on them: `net_kernel`, `rex`,
 * `user`, `logger_proxy` and, on a visible node, `global_name_server`.
 */

import type { Pid } from '../etf/index.ts';
import { serveBeamTools } from './beam-tools/beam-tools.ts';
import { ExposedFunctions } from './calls/exposed-functions.ts';
import { GlobalServer } from './global/global-server.ts';
import { createHiddenGlobal, type NodeGlobal } from './global/node-global.ts';
import { startNetKernel } from './net-kernel-process.ts';
import { refuseRequest } from './gen/refused-calls.ts';
import type { NodeCore } from './runtime/node-core.ts';
import { serveSpawnRequests } from './calls/remote-spawn.ts';
import { startRex } from './calls/rex.ts';
import { RpcClient } from './calls/rpc.ts';
import { ServedCalls } from './calls/served-calls.ts';
import { SpawnClient } from './calls/spawn-client.ts';
import { startSilentIoServer } from './silent-io-server.ts';

/** The services of a node besides processes and connections. */
export interface SystemProcesses {
  readonly functions: ExposedFunctions;
  readonly rpc: RpcClient;
  readonly spawns: SpawnClient;
  readonly global: NodeGlobal;
  /** The I/O server that discards output. */
  readonly ioServer: Pid;
}

/** Starts the system processes, which end with the node. */
export function startSystemProcesses(
  core: NodeCore,
  { beamTools }: { readonly beamTools: boolean },
): SystemProcesses {
  const functions = new ExposedFunctions();
  const calls = new ServedCalls({
    node: core.name,
    functions,
    work: core.work,
    maxCalls: core.limits.maxServedCalls,
  });
  const ioServer = startSilentIoServer(core);
  startNetKernel(core);
  startRex(core, calls, ioServer);
  startLoggerSink(core);
  serveSpawnRequests(core, calls);
  if (beamTools) serveBeamTools(core, functions, ioServer);
  core.onNodeDown((peer) => calls.cancelAll(peer));
  const services = { leader: ioServer, own: calls };
  const rpc = new RpcClient(core, services);
  const spawns = new SpawnClient(core, services);
  core.onControl('SPAWN_REPLY', (peer, reply) => {
    if (!spawns.accept(peer.name, reply)) rpc.acceptReply(peer.name, reply);
  });
  const global = core.hidden ? createHiddenGlobal(core.name) : new GlobalServer(core, { functions, rpc });
  return { functions, rpc, spawns, ioServer, global };
}

/** Receives crash reports of remote processes whose group leader is local; their callers see the crash anyway. */
function startLoggerSink(core: NodeCore): void {
  const why = 'logger_proxy only takes log events';
  core.processes.spawnServer(
    { onMessage: (self, message) => void refuseRequest(self, message, why) },
    { name: 'logger_proxy', isSystem: true },
  );
}
