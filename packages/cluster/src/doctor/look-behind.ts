/** Looks at everything on the way to a node through SSH: the login, the nodes of the host, its EPMD, its sockets and processes. */

import { createTcpTransport } from '@convoy/node';
import {
  findNodeOn,
  type FoundNode,
  openSshTunnel,
  portOwnerCheck,
  type SshTunnel,
} from '../platforms/ssh/index.ts';
import { createTunnelResolver, epmdBehind, type TunnelRoute } from '../tunnels/tunnel-resolver.ts';
import { type DiagnoseOptions, type DiagnoseVia, signalOf, stepTimeoutOf } from './diagnose-options.ts';
import type { Examination } from './examination.ts';
import { askClient } from './look/epmd.ts';
import { errorSeen } from './look/error-seen.ts';
import { observeMachine, type RunScript } from './look/machine.ts';
import type { EpmdSeen, MachineSeen, Seen } from './model/seen.ts';
import { processOf } from './verdict/epmd.ts';
import type { Way } from './way.ts';

interface Behind {
  readonly subject: Seen;
  readonly options: DiagnoseOptions;
  readonly via: DiagnoseVia;
  /** To be closed at the end. */
  readonly open: AsyncDisposable[];
}

/** The way to the node, or why there is none. The name may differ from the one asked for in its host part. */
export async function lookBehind(
  examination: Examination,
  behind: Behind,
): Promise<{ readonly seen: Seen; readonly way?: Way }> {
  const { subject } = behind;
  let tunnel: SshTunnel;
  try {
    tunnel = await openTunnel(examination, behind);
  } catch (error) {
    signalOf(behind.options).throwIfAborted();
    return { seen: { ...subject, error: errorSeen(error) } };
  }
  const seen: Seen = { ...subject, tunnel: tunnel.name };
  const found = await findNode(examination, tunnel, { ...behind, subject: seen });
  return 'node' in found ? connectable(tunnel, { ...behind, subject: seen }, found.node) : found;
}

function openTunnel(examination: Examination, { options, via, open }: Behind): Promise<SshTunnel> {
  return examination.step({ name: 'ssh', label: 'Log in by SSH' }, async () => {
    const value = await openSshTunnel(via.target, { ...via.options, signal: signalOf(options) });
    open.push(value);
    return { value, detail: value.name };
  });
}

type Finding = { readonly node: FoundNode } | { readonly seen: Seen };

/** Finds the node as every command does that connects through SSH: in EPMD, then among the processes of the host. */
async function findNode(examination: Examination, tunnel: SshTunnel, behind: Behind): Promise<Finding> {
  const { options, via, subject } = behind;
  const signal = signalOf(options);
  const { node, name } = subject;
  if (options.port !== undefined)
    return { node: { name: node, route: { tunnel, host: via.host, port: options.port } } };
  const isGiven = via.host !== undefined || options.epmdPort !== undefined;
  try {
    return await examination.step({ name: 'epmd', label: 'Find the node through the tunnel' }, async () => {
      if (!isGiven) {
        const value = await findNodeOn(tunnel, via.isHostAssumed === true ? name : node, { signal });
        return { value: { node: value }, detail: `${value.name}${describeRoute(value.route)}` };
      }
      const epmd = epmdBehind(tunnel, { epmdPort: options.epmdPort, host: via.host, signal });
      const answer = await askClient(epmd, name);
      const port = answer.names.find((one) => one.name === name)?.port;
      if (port === undefined) throw new NotFound(answer);
      const route = { tunnel, host: via.host, epmdPort: options.epmdPort };
      return { value: { node: { name: node, route } }, detail: `port ${port}` };
    });
  } catch (error) {
    signal.throwIfAborted();
    return { seen: await observeFarEnd(examination, tunnel, { behind, error }) };
  }
}

/** An EPMD that does not know the node. */
class NotFound extends Error {
  readonly answer: EpmdSeen;

  constructor(answer: EpmdSeen) {
    super(
      `it is not registered; registered nodes: ${
        answer.names
          .map(({ name }) => name)
          .slice(0, 20)
          .join(', ') || 'none'
      }`,
    );
    this.answer = answer;
  }
}

function describeRoute({ port, epmdPort }: TunnelRoute): string {
  if (port !== undefined) return `, port ${port}`;
  return epmdPort === undefined ? '' : `, registered with the EPMD at port ${epmdPort}`;
}

/** The node was not found: what its EPMD, the sockets and the processes of the host show. */
async function observeFarEnd(
  examination: Examination,
  tunnel: SshTunnel,
  { behind, error }: { readonly behind: Behind; readonly error: unknown },
): Promise<Seen> {
  const { subject, via, options } = behind;
  const seen = errorSeen(causeOf(error));
  const isAbsence = error instanceof NotFound || ['HOST_NO_NODE', 'EPMD_UNREACHABLE'].includes(seen.code);
  if (!isAbsence) return { ...subject, error: seen };
  const [epmd, machine] = await Promise.all([
    error instanceof NotFound ? error.answer : askFarEpmd(tunnel, behind),
    via.host === undefined ? observeFarMachine(examination, tunnel, options) : undefined,
  ]);
  // No process has the name, so it does not run: no EPMD could know it.
  const isAbsent = machine === undefined || processOf(machine, subject) === undefined;
  if (seen.code === 'HOST_NO_NODE' && isAbsent) return { ...subject, error: seen };
  const address = via.host ?? '127.0.0.1';
  const where = `${address} behind ${tunnel.name}`;
  return { ...subject, addresses: [{ address: where, isOwn: via.host === undefined, epmd }], machine };
}

async function askFarEpmd(tunnel: SshTunnel, { options, via, subject }: Behind): Promise<EpmdSeen> {
  const signal = signalOf(options);
  try {
    const { epmdPort } = subject;
    return await askClient(epmdBehind(tunnel, { epmdPort, host: via.host, signal }), subject.name);
  } catch (error) {
    signal.throwIfAborted();
    const { code, message } = errorSeen(error);
    const outcome = code === 'EPMD_UNREACHABLE' ? 'refused' : code === 'EPMD_TIMEOUT' ? 'silent' : 'stranger';
    return { outcome, message, names: [] };
  }
}

function observeFarMachine(
  examination: Examination,
  tunnel: SshTunnel,
  options: DiagnoseOptions,
): Promise<MachineSeen | undefined> {
  const run: RunScript = async (script, signal) =>
    (await tunnel.exec('/bin/sh -s', { input: script, signal, timeoutMs: stepTimeoutOf(options) })).stdout;
  return examination.ask({ name: 'machine', label: 'Look at the ports and nodes of the host' }, async () => {
    const value = await observeMachine(run, signalOf(options));
    if (value === undefined) throw new Error('the host does not show them');
    return { value, detail: `${value.listeners.length} open ports, ${value.nodes.length} nodes` };
  });
}

/** When the server forbids forwarding, that is the fault to report, not the EPMD error it causes. */
function causeOf(error: unknown): unknown {
  const cause = error instanceof Error ? (error.cause as { code?: unknown } | undefined) : undefined;
  return typeof cause?.code === 'string' && /^(?:SSH|TUNNEL)_(?!FORWARD_REFUSED)/.test(cause.code)
    ? cause
    : error;
}

async function connectable(
  tunnel: SshTunnel,
  { subject, options, via }: Behind,
  found: FoundNode,
): Promise<{ readonly seen: Seen; readonly way?: Way }> {
  const routes = createTunnelResolver();
  const { owners = [] } = options;
  // Owners can be looked up only on the host that was logged in to.
  const accept = via.readCookie === undefined ? owners : [...owners, found.user];
  const check = via.host === undefined ? portOwnerCheck(tunnel, { accept }) : undefined;
  routes.add(found.name, { ...found.route, check });
  const seen: Seen = { ...subject, node: found.name, port: found.route.port };
  try {
    const cookie = (await via.readCookie?.(tunnel, found)) ?? options.cookie;
    return { seen, way: { resolver: routes, transport: createTcpTransport(), cookie } };
  } catch (error) {
    signalOf(options).throwIfAborted();
    return { seen: { ...seen, error: errorSeen(error) } };
  }
}
