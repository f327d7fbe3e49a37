/**
 * Finds out why a node cannot be reached from here: checks every step from its name to its answer and stops at the first
 * fault. A node that can be reached is checked for what may cause trouble later.
 */

import { randomBytes } from 'node:crypto';
import {
  ConnectionError,
  createStaticResolver,
  createTcpTransport,
  HandshakeError,
  type Node,
  parseNodeName,
  type Resolver,
  startNode,
  type Transport,
} from '@convoy/node';
import { dialPeer } from '@convoy/node/connection';
import { isLongHost, splitNodeName } from '@convoy/node/names';
import {
  formatSshTarget,
  openSshTunnel,
  portOwnerCheck,
  type SshTarget,
  type SshTunnel,
  type SshTunnelOptions,
} from '../platforms/ssh/index.ts';
import { createTunnelResolver, epmdBehind } from '../tunnels/tunnel-resolver.ts';
import { type Diagnosis, type DiagnosisStep, FaultFound } from './diagnosis.ts';
import { Examination } from './examination.ts';
import { makeFault } from './faults.ts';
import { askEpmd, lookUp, resolveHost } from './host-probe.ts';
import { askMesh, askVersionAndClock, type NodeProbe, tryDialBack } from './node-probe.ts';
import { tryPort } from './port-probe.ts';

/** Options of `diagnose`. */
export interface DiagnoseOptions {
  /** Cookie of the node. */
  readonly cookie: string;
  /** Full name that the doctor uses for itself. Default: a random one with the node's host. */
  readonly name?: string | undefined;
  /** Address family. Default 0: either. */
  readonly family?: 0 | 4 | 6 | undefined;
  /** Default: `ERL_EPMD_PORT` from the environment, else 4369. */
  readonly epmdPort?: number | undefined;
  /** Port of a node that does not use EPMD. */
  readonly port?: number | undefined;
  /** Default: TCP. A TLS transport also checks certificates. */
  readonly transport?: Transport | undefined;
  /** SSH login to go through when there is no direct route, and the host of the node as seen from there. Default: that host itself. */
  readonly via?: {
    readonly target: SshTarget;
    readonly options?: SshTunnelOptions;
    readonly host?: string | undefined;
  };
  /** Users on the host behind the tunnel whose nodes may be dialled, besides root and the login user. */
  readonly owners?: readonly string[] | undefined;
  /** Name servers to ask instead of the system's resolver, as `address[:port]`. */
  readonly dnsServers?: readonly string[] | undefined;
  /** Timeout of each step in milliseconds. Default 5000. */
  readonly timeoutMs?: number;
  /** Called when a step has ended. */
  readonly onStep?: (step: DiagnosisStep) => void;
  readonly signal?: AbortSignal | undefined;
}

interface Found {
  readonly resolver: Resolver;
  readonly transport: Transport;
  /** Our own address towards its host; `undefined` through a tunnel. */
  readonly localAddress: string | undefined;
}

/** Diagnoses the connection to `node`. Faults are part of the result; rejects only with the signal's reason. */
export async function diagnose(node: string, options: DiagnoseOptions): Promise<Diagnosis> {
  const from = options.via === undefined ? 'this machine' : `ssh://${formatSshTarget(options.via.target)}`;
  const examination = new Examination({ node, from }, options.onStep);
  const open: AsyncDisposable[] = [];
  try {
    const diagnosis = await examination.run(async () => {
      const { host } = await checkName(examination, node, options);
      const found = await find(examination, { node, host, options, open });
      await shakeHands(examination, node, { ...options, ...found });
      await checkForWarnings(examination, node, { ...options, ...found });
    });
    options.signal?.throwIfAborted();
    return diagnosis;
  } finally {
    for (const one of open.reverse()) await one[Symbol.asyncDispose]();
  }
}

function checkName(
  examination: Examination,
  node: string,
  { name }: DiagnoseOptions,
): Promise<{ readonly host: string }> {
  return examination.step({ name: 'name', label: 'Read the name' }, () => {
    const parsed = parseNodeName(node);
    if (parsed === undefined) {
      return Promise.reject(
        new FaultFound(
          makeFault({
            code: 'NAME_FORM',
            sentence: `${JSON.stringify(node)} is not a valid node name`,
            remedy:
              'Node names look like app@db1, app@db1.example, app@10.0.0.1 or app@::1, without brackets or a slash.',
          }),
        ),
      );
    }
    const own = name === undefined ? undefined : parseNodeName(name);
    if (own !== undefined && isLongHost(own.host) !== isLongHost(parsed.host)) {
      const [long, short] = isLongHost(own.host) ? [name, node] : [node, name];
      return Promise.reject(
        new FaultFound(
          makeFault({
            code: 'NAME_FORM',
            sentence: `${long} is a long name and ${short} a short one: Erlang nodes with long and short names cannot connect`,
            remedy: 'Start both with -name (RELEASE_DISTRIBUTION=name), or both with -sname.',
          }),
        ),
      );
    }
    const { host } = parsed;
    const detail = `${isLongHost(host) ? 'a long' : 'a short'} name, on host ${host}`;
    return Promise.resolve({ value: { host }, detail });
  });
}

interface Search {
  readonly node: string;
  readonly host: string;
  readonly options: DiagnoseOptions;
  /** To be closed at the end. */
  readonly open: AsyncDisposable[];
}

function find(examination: Examination, search: Search): Promise<Found> {
  return search.options.via === undefined
    ? findDirectly(examination, search)
    : findThroughTunnel(examination, search);
}

async function findDirectly(examination: Examination, { node, host, options }: Search): Promise<Found> {
  const { family = 0, dnsServers, epmdPort, timeoutMs = 5000 } = options;
  const limits = { timeoutMs, signal: signalOf(options) };
  const transport = options.transport ?? createTcpTransport({ family });
  const addresses = await examination.step({ name: 'resolve', label: 'Resolve the host' }, async () => {
    const value = await resolveHost({ host, family, dnsServers });
    return { value, detail: value.join(', ') };
  });
  const isRegistered = options.port === undefined;
  const found =
    options.port === undefined
      ? await examination.step({ name: 'epmd', label: 'Ask EPMD' }, async () => {
          const value = await askEpmd({ node, addresses, port: epmdPort }, limits);
          return { value, detail: value.detail };
        })
      : { address: addresses[0] ?? host, port: options.port };
  const { port } = found;
  // Where EPMD answered comes first; the node itself may listen at another address only.
  const inOrder = [...new Set([found.address, ...addresses])];
  const { open } = await examination.step({ name: 'port', label: 'Open its port' }, async () => {
    const value = await tryPort({ addresses: inOrder, port, node, isRegistered }, limits);
    return { value, detail: value.detail };
  });
  const [first, ...others] = open;
  const alternatives = others.map(({ address }) => address);
  const resolver = createStaticResolver({ [node]: { host: first.address, port, alternatives } });
  return { resolver, transport, localAddress: first.localAddress };
}

async function findThroughTunnel(examination: Examination, search: Search): Promise<Found> {
  const { node, options, open } = search;
  const { via, epmdPort } = options;
  const signal = signalOf(options);
  const tunnel = await examination.step({ name: 'ssh', label: 'Log in by SSH' }, async () => {
    const value: SshTunnel = await openSshTunnel(via?.target ?? { hops: [{ host: '' }] }, {
      ...via?.options,
      signal,
    });
    open.push(value);
    return { value, detail: value.name };
  });
  const routes = createTunnelResolver();
  const { port } = options;
  const host = via?.host;
  if (port === undefined) {
    await examination.step({ name: 'epmd', label: 'Ask EPMD through the tunnel' }, async () => {
      const epmd = epmdBehind(tunnel, { epmdPort, host, signal });
      const value = await lookUp(epmd, node).catch((error: unknown) => {
        throw causeOfEpmd(error);
      });
      return { value, detail: `port ${value}` };
    });
  }
  routes.add(node, {
    tunnel,
    host,
    // Owners can be looked up only on the host that was logged in to.
    check: host === undefined ? portOwnerCheck(tunnel, { accept: options.owners ?? [] }) : undefined,
    port,
    epmdPort,
  });
  return { resolver: routes, transport: createTcpTransport(), localAddress: undefined };
}

/** When the server forbids forwarding, that is the fault to report, not the EPMD error it causes. */
function causeOfEpmd(error: unknown): unknown {
  const cause = error instanceof Error ? (error.cause as { code?: unknown } | undefined) : undefined;
  return typeof cause?.code === 'string' && /^(?:SSH|TUNNEL)_(?!FORWARD_REFUSED)/.test(cause.code)
    ? cause
    : error;
}

async function shakeHands(
  examination: Examination,
  node: string,
  options: DiagnoseOptions & Found,
): Promise<void> {
  const { cookie, transport } = options;
  await examination.step({ name: 'handshake', label: 'Perform the handshake' }, async () => {
    try {
      await tryHandshake(node, { ...options, cookie });
    } catch (error) {
      // The port was open a moment ago, so it is the node that does not answer.
      if (!(error instanceof ConnectionError) || error.code !== 'CONNECTION_TIMEOUT') throw error;
      const isTls = transport.name.startsWith('tls');
      throw isTls && (await answersWithoutTls(node, options))
        ? tlsNotSpoken(node, error)
        : silentNode(node, error);
    }
    return { value: undefined, detail: 'the name and the cookie are right' };
  });
}

async function tryHandshake(node: string, options: DiagnoseOptions & Found): Promise<void> {
  const { cookie, resolver, transport, timeoutMs = 5000 } = options;
  const creation = 4 + randomBytes(3).readUIntBE(0, 3);
  const connection = await dialPeer({
    self: { name: options.name ?? visitorName(node), creation, cookie, hidden: true },
    peer: node,
    resolver,
    transport,
    handshakeTimeoutMs: timeoutMs,
    // A live connection of the node whose name is used must not be replaced by an examination.
    onAlive: () => false,
    signal: signalOf(options),
  });
  connection.close();
}

/** Whether the node answers without TLS. Uses a random cookie, so that no proof of the real one goes over plain TCP. */
async function answersWithoutTls(node: string, options: DiagnoseOptions & Found): Promise<boolean> {
  try {
    await tryHandshake(node, {
      ...options,
      transport: createTcpTransport(),
      cookie: randomBytes(16).toString('hex'),
    });
    return true;
  } catch (error) {
    return error instanceof HandshakeError && error.code === 'HANDSHAKE_COOKIE_MISMATCH';
  }
}

function tlsNotSpoken(node: string, error: Error): FaultFound {
  return new FaultFound(
    makeFault(
      {
        code: 'CONNECTION_TLS_NOT_SPOKEN',
        sentence: `${node} uses plain TCP, but this connection uses TLS`,
        remedy: 'Start the node with -proto_dist inet_tls, or connect without TLS.',
      },
      'it answers a handshake without TLS',
      error.message,
    ),
  );
}

function silentNode(node: string, error: Error): FaultFound {
  return new FaultFound(
    makeFault(
      {
        code: 'NODE_SILENT',
        sentence: `something accepts connections where ${node} should be, but does not answer`,
        remedy: 'The node may be suspended or overloaded: check it on its host, or restart it.',
      },
      error.message,
    ),
  );
}

/** Checks a node that was reached; everything found here is a warning. */
async function checkForWarnings(
  examination: Examination,
  target: string,
  options: DiagnoseOptions & Found,
): Promise<void> {
  const { cookie, resolver, transport, localAddress, timeoutMs = 5000 } = options;
  const name = visitorName(target);
  const visitor = { hidden: true, listen: false, resolver, transport } as const;
  await using node: Node = await startNode({ name, cookie, ...visitor });
  const probe: NodeProbe = { node, target, timeoutMs, signal: signalOf(options) };
  const release = await examination.ask({ name: 'node', label: 'Ask for version and clock' }, () =>
    askVersionAndClock(probe),
  );
  if (release === undefined) return;
  if (localAddress !== undefined) {
    await examination.ask({ name: 'return', label: 'Check that it can dial back' }, () =>
      tryDialBack(probe, localAddress),
    );
  }
  await examination.ask({ name: 'mesh', label: 'Compare the connections of its peers' }, () =>
    askMesh(probe),
  );
}

function visitorName(node: string): string {
  return `convoy_doctor_${randomBytes(4).toString('hex')}@${splitNodeName(node).host}`;
}

const never = new AbortController().signal;

function signalOf({ signal }: DiagnoseOptions): AbortSignal {
  return signal ?? never;
}
