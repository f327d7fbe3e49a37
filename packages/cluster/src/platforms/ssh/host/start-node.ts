/**
 * Starts a node on a host and waits until it has reported its port over the SSH session and answers there through the tunnel.
 * The port is not looked up in EPMD, where any user of the host may hold the name. A failure or a cancel stops the process
 * and removes its folder; if the host cannot be reached for that, the node's own dead-man switch does it.
 */

import { randomBytes } from 'node:crypto';
import { anySignal, pause } from '@convoy/node/async';
import { isLongHost } from '@convoy/node/names';
import { HostError } from '../../../errors.ts';
import { checkLaunchVariables } from '../../../launch/launch-variables.ts';
import type { LaunchProgram } from '../../../launch/launch-program.ts';
import type { LaunchVariables, ProviderNodeKind } from '../../../launch/provider.ts';
import type { SshTunnel } from './ssh-tunnel.ts';
import { isNothingListening, loopbackHosts, openFirst } from '../../../tunnels/tunnel-transport.ts';
import type { NodeLink } from '../../../on-node/link-cookie.ts';
import { describeMissing, type HostRuntime } from './find-runtimes.ts';
import type { HostReport } from './inspect-host.ts';
import { epmdNames } from './list-nodes.ts';
import { probeNode } from './probe-node.ts';
import { runScript, valueOf } from './remote-script.ts';
import { remedyFor } from './script-refusal.ts';
import { portScript, startScript, type StartRequest, stopScript } from './start-script.ts';

/** Options of `startNodeOn`. */
export interface StartNodeOptions {
  /** Kind of node. Default: Elixir if installed, else Erlang. */
  readonly kind?: ProviderNodeKind | undefined;
  /** The part before the `@`. Default `convoy_` and six random letters. */
  readonly name?: string | undefined;
  /**
   * Host part of the name. Default: the host's own name, with `.internal` if it has no domain. It is only a label and never
   * resolved.
   */
  readonly host?: string | undefined;
  /** Port to listen on, on loopback. Default: any free port. */
  readonly port?: number | undefined;
  /** Cookie of the node. Default: a random one. */
  readonly cookie?: string | undefined;
  /** Environment variables, besides those that every child inherits from the login on the host. */
  readonly variables?: LaunchVariables | undefined;
  /** Memory limit in MB. */
  readonly memoryMb?: number | undefined;
  /** What it runs once it is up. */
  readonly program?: LaunchProgram | undefined;
  /** Link with the local node, for a node that shares its cookie with others. */
  readonly link?: NodeLink | undefined;
  /** The node exits by itself when its owner has been gone for this long, in milliseconds. Default 60000. */
  readonly graceMs?: number | undefined;
  /** How long to wait for the node to answer after starting it, in milliseconds. Default 60000. */
  readonly timeoutMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** A node that runs on a host and was started by us. */
export interface StartedNode {
  /** Name of its folder on the host. */
  readonly id: string;
  /** Full name. */
  readonly name: string;
  readonly kind: ProviderNodeKind;
  readonly cookie: string;
  readonly port: number;
  readonly osPid: number;
  /** Stops the node, by its process id, and removes its folder. Idempotent. */
  stop(): Promise<void>;
}

const stopGraceMs = 5000;
/** The profile of the login may take long. */
const stopMs = 90_000;
/** A lost connection may never come back. */
const stopWithoutConnectionMs = 20_000;
const pollMs = 100;
/** Ports outside the range that Linux uses for outgoing connections. */
const [lowestPort, highestPort] = [20_000, 32_000];

type Plan = StartRequest;

/**
 * Starts a node on the host. Throws `HostError` HOST_NO_RUNTIME or HOST_START_FAILED with the last lines of output, an error
 * of the tunnel, or the signal's reason. On failure nothing is left on the host.
 */
export async function startNodeOn(
  tunnel: SshTunnel,
  report: HostReport,
  options: StartNodeOptions = {},
): Promise<StartedNode> {
  options.signal?.throwIfAborted();
  const plan = await planStart(tunnel, report, options);
  const stop = (): Promise<void> => stopNode(tunnel, plan.id);
  try {
    const rows = await runScript(tunnel, startScript(plan), { signal: options.signal });
    const osPid = Number(valueOf(rows, 'pid'));
    if (!Number.isInteger(osPid) || osPid <= 1) {
      throw startFailed(tunnel, plan, { why: valueOf(rows, 'failed') ?? 'its process did not start' });
    }
    const port = await waitForNode(tunnel, plan, options);
    const { id, node: name, kind, cookie } = plan;
    return { id, name, kind, cookie, port, osPid, stop };
  } catch (error) {
    // The original failure matters more than a failed cleanup, which the node's dead-man switch makes up for.
    await stop().catch(() => undefined);
    throw error;
  }
}

/**
 * Stops a node that was started on the host and removes its folder, whose name is `id`. Idempotent. Throws `HostError`
 * HOST_STOP_FAILED, which says what is left there.
 */
export async function stopNode(tunnel: SshTunnel, id: string): Promise<void> {
  const script = stopScript({ id, graceMs: stopGraceMs });
  try {
    const limitMs = tunnel.state.kind === 'up' ? stopMs : stopWithoutConnectionMs;
    const options = { timeoutMs: stopGraceMs + 10_000, signal: AbortSignal.timeout(limitMs) };
    const rows = await runScript(tunnel, script, options);
    if (valueOf(rows, 'stopped') === 'yes') return;
    const left = valueOf(rows, 'left') ?? 'the host did not report that it has ended';
    throw new HostError(
      'HOST_STOP_FAILED',
      `the node in ~/.convoy/nodes/${id} on ${tunnel.name} is not gone: ${left}`,
      {
        host: tunnel.name,
        remedy: 'End that process and remove the folder on the host.',
      },
    );
  } catch (error) {
    if (error instanceof HostError && error.code === 'HOST_STOP_FAILED') throw error;
    const why = error instanceof Error ? error.message : String(error);
    throw new HostError(
      'HOST_STOP_FAILED',
      `the node in ~/.convoy/nodes/${id} on ${tunnel.name} could not be stopped: ${why}`,
      {
        host: tunnel.name,
        remedy:
          'It ends by itself once it has been without its owner for its grace period; its folder stays until you remove it.',
        cause: error,
      },
    );
  }
}

async function planStart(tunnel: SshTunnel, report: HostReport, options: StartNodeOptions): Promise<Plan> {
  const kind = kindFor(report, options.kind);
  const isRelease = options.program?.kind === 'release';
  const runtime = isRelease ? (report.runtimes[kind] ?? noRuntime) : runtimeFor(tunnel, report, kind);
  const names = await epmdNames(tunnel, report, options.signal);
  const id = randomBytes(6).toString('hex');
  const host = options.host ?? longHost(report.hostname);
  const hasEpmd = names !== undefined;
  const node = `${options.name ?? `convoy_${id.slice(0, 6)}`}@${host}`;
  const cookie = options.cookie ?? randomBytes(24).toString('hex');
  const { variables = {}, memoryMb, program } = options;
  checkWords(tunnel, { node, cookie });
  checkLaunchVariables(variables);
  return {
    id,
    node,
    kind,
    runtime,
    cookie,
    variables,
    memoryMb,
    program,
    link: options.link,
    port: options.port ?? (hasEpmd ? 0 : await freePortOn(tunnel, options.signal)),
    epmdPort: hasEpmd ? report.epmdPort : undefined,
    graceMs: options.graceMs ?? 60_000,
  };
}

/** Both values go into a script, so anything but a plain word is refused. No message contains the cookie itself. */
function checkWords({ name: host }: SshTunnel, { node, cookie }: Pick<Plan, 'node' | 'cookie'>): void {
  if (!/^[A-Za-z][\w-]{0,63}@[A-Za-z0-9][\w.:-]{0,200}$/.test(node)) {
    throw new HostError('HOST_START_FAILED', `"${node}" is not a valid node name`, {
      host,
      remedy: 'Use letters, digits, - and _ before the @, and a host name or address after it.',
    });
  }
  if (/^[\x21-\x7e]{1,255}$/.test(cookie)) return;
  throw new HostError('HOST_START_FAILED', 'the cookie is not 1 to 255 printable characters without spaces', {
    host,
    remedy: 'Omit the cookie to use a random one.',
  });
}

/** The first kind that can be started there, unless one is wanted; Erlang, if none can. */
function kindFor({ runtimes }: HostReport, wanted: ProviderNodeKind | undefined): ProviderNodeKind {
  const inOrder = ['elixir', 'erlang', 'typescript'] satisfies readonly ProviderNodeKind[];
  return wanted ?? inOrder.find((kind) => runtimes[kind] !== undefined) ?? 'erlang';
}

function runtimeFor(tunnel: SshTunnel, report: HostReport, kind: ProviderNodeKind): HostRuntime {
  const runtime = report.runtimes[kind];
  if (runtime !== undefined) return runtime;
  const packages = {
    typescript: 'nodejs npm; npm install -g @convoy/cli with Node.js 22.18 or later',
    elixir: 'elixir',
    erlang: 'erlang-base',
  }[kind];
  throw new HostError('HOST_NO_RUNTIME', `${tunnel.name} ${describeMissing(kind, report)}`, {
    host: tunnel.name,
    remedy: `Install it on the host (Debian: apt-get install ${packages}), or set PATH in the profile of ${report.user}.`,
  });
}

/** A release brings its own. */
const noRuntime: HostRuntime = { file: '', folders: [], variables: {}, foundBy: 'in the release' };

function longHost(hostname: string): string {
  return isLongHost(hostname) ? hostname : `${hostname}.internal`;
}

/** A port of the host on which nothing listens at the moment. */
async function freePortOn(tunnel: SshTunnel, signal: AbortSignal | undefined): Promise<number> {
  for (;;) {
    const port = lowestPort + (randomBytes(2).readUInt16BE() % (highestPort - lowestPort));
    try {
      const stream = await openFirst(tunnel, { hosts: loopbackHosts, port }, { signal });
      stream.on('error', () => undefined).destroy();
    } catch (error) {
      if (isNothingListening(error)) return port;
      throw error;
    }
  }
}

/** Polls the host for the port of the node, and the port for its node name. Resolves with the port. */
async function waitForNode(tunnel: SshTunnel, plan: Plan, options: StartNodeOptions): Promise<number> {
  const deadline = AbortSignal.timeout(options.timeoutMs ?? 60_000);
  const signal = anySignal(options.signal, deadline);
  let failure: unknown;
  let lastOutput: readonly string[] = [];
  for (;;) {
    try {
      const { port, lines } = await reportedPort(tunnel, plan, signal);
      lastOutput = lines;
      if (port !== undefined && (await probeNode(tunnel, port, { signal })) === plan.node) return port;
    } catch (error) {
      if (error instanceof HostError && error.code === 'HOST_START_FAILED') throw error;
      if (!signal.aborted) failure = error;
    }
    options.signal?.throwIfAborted();
    if (deadline.aborted) {
      throw startFailed(tunnel, plan, { why: 'it does not answer', lastOutput, cause: failure });
    }
    await pause(pollMs, signal).catch(() => undefined);
  }
}

/** Without `port` while the node has not reported one. Throws `HostError` HOST_START_FAILED when it has ended. */
async function reportedPort(
  tunnel: SshTunnel,
  plan: Plan,
  signal: AbortSignal,
): Promise<{ readonly port?: number; readonly lines: readonly string[] }> {
  const rows = await runScript(tunnel, portScript(plan), { signal });
  const lines = rows.filter(([key]) => key === 'line').map(([, line = '']) => line);
  const port = Number(valueOf(rows, 'port'));
  if (port > 0 && port < 65_536) return { port, lines };
  if (valueOf(rows, 'alive') === 'yes') return { lines };
  const last = lines.at(-1)?.slice(0, 600);
  const why = last === undefined ? 'it ended' : `it ended: ${last}`;
  throw startFailed(tunnel, plan, { why, lastOutput: lines });
}

interface StartFailure {
  readonly why: string;
  readonly lastOutput?: readonly string[];
  readonly cause?: unknown;
}

function startFailed(
  { name: host }: SshTunnel,
  { node }: Plan,
  { why, lastOutput, cause }: StartFailure,
): HostError {
  return new HostError('HOST_START_FAILED', `${node} did not start on ${host}: ${why}`, {
    host,
    remedy:
      remedyFor(why) ?? 'Check its output; common causes are a port or a node name that is already in use.',
    lastOutput,
    cause,
  });
}
