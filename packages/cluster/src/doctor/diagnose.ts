/**
 * Says why a node cannot be reached from here: walks from its name to its answer, one step after the other, and stops at
 * the first thing that is wrong. A node that can be reached is asked for what will go wrong later.
 */

import { randomBytes } from 'node:crypto';
import {
  ConnectionError,
  createStaticResolver,
  createTcpTransport,
  dialPeer,
  HandshakeError,
  type Node,
  parseNodeName,
  type Resolver,
  startNode,
  type Transport,
} from '@convoy/node';
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
import { askEpmd, lookUp, resolveHost, tryPort } from './host-probe.ts';
import { askMesh, askVersionAndClock, type Asking, tryDialBack } from './node-probe.ts';

export interface DiagnoseOptions {
  readonly cookie: string;
  /** Full name to appear under. Default: a fresh one with the host of the node. */
  readonly name?: string | undefined;
  /** Default 0: whatever there is. */
  readonly family?: 0 | 4 | 6;
  /** Default: `ERL_EPMD_PORT` of the environment, else 4369. */
  readonly epmdPort?: number | undefined;
  /** The node does without EPMD and listens there. */
  readonly port?: number | undefined;
  /** Default: TCP. A TLS transport has certificates checked too. */
  readonly transport?: Transport | undefined;
  /** The way, where there is no direct one. */
  readonly via?: { readonly target: SshTarget; readonly options?: SshTunnelOptions };
  /** Users of the host behind the tunnel whose nodes may be dialled, besides root's and those of the login. */
  readonly owners?: readonly string[] | undefined;
  /** `address[:port]` of name servers to ask instead of the system. */
  readonly dnsServers?: readonly string[] | undefined;
  /** For each step. Default 5000. */
  readonly timeoutMs?: number;
  /** Called when a step is over. */
  readonly onStep?: (step: DiagnosisStep) => void;
  readonly signal?: AbortSignal | undefined;
}

interface Found {
  readonly resolver: Resolver;
  readonly transport: Transport;
  /** Our own address towards its host, where it was dialled directly. */
  readonly localAddress: string | undefined;
}

/** Never rejects because of what is wrong; only with the signal's reason. */
export async function diagnose(node: string, options: DiagnoseOptions): Promise<Diagnosis> {
  const from = options.via === undefined ? 'this machine' : `ssh://${formatSshTarget(options.via.target)}`;
  const examination = new Examination({ node, from }, options.onStep);
  const open: AsyncDisposable[] = [];
  try {
    const diagnosis = await examination.run(async () => {
      const { host } = await checkName(examination, node, options);
      const found = await find(examination, { node, host, options, open });
      await shakeHands(examination, node, { ...options, ...found });
      await lookAround(examination, node, { ...options, ...found });
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
              'Node names look like app@db1, app@db1.example, app@10.0.0.1 or app@::1: no brackets, no slash.',
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
            sentence: `${long} is a long name and ${short} a short one: Erlang nodes of both forms do not connect`,
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
  /** What has to be closed in the end. */
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
  const at = isRegistered
    ? await examination.step({ name: 'epmd', label: 'Ask EPMD' }, async () => {
        const value = await askEpmd({ node, addresses, port: epmdPort }, limits);
        return { value, detail: `port ${value.port}` };
      })
    : { address: addresses[0] ?? host, port: options.port ?? 0 };
  const { localAddress } = await examination.step({ name: 'port', label: 'Open its port' }, async () => {
    const value = await tryPort({ ...at, node, isRegistered }, limits);
    return { value, detail: `${at.address} port ${at.port}` };
  });
  const resolver = createStaticResolver({ [node]: { host: at.address, port: at.port } });
  return { resolver, transport, localAddress };
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
  if (port === undefined) {
    await examination.step({ name: 'epmd', label: 'Ask EPMD through the tunnel' }, async () => {
      const epmd = epmdBehind(tunnel, { epmdPort, signal });
      const value = await lookUp(epmd, node).catch((error: unknown) => {
        throw causeOfEpmd(error);
      });
      return { value, detail: `port ${value}` };
    });
  }
  routes.add(node, {
    tunnel,
    check: portOwnerCheck(tunnel, { accept: options.owners ?? [] }),
    port,
    epmdPort,
  });
  return { resolver: routes, transport: createTcpTransport(), localAddress: undefined };
}

/** A server that forbids forwarding is the fault, and not that EPMD is not reached by it. */
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
  await examination.step({ name: 'handshake', label: 'Greet the node' }, async () => {
    try {
      await greet(node, { ...options, cookie });
    } catch (error) {
      // Its port was open a moment ago, so the silence is the node's own.
      if (!(error instanceof ConnectionError) || error.code !== 'CONNECTION_TIMEOUT') throw error;
      const isTls = transport.name.startsWith('tls');
      throw isTls && (await speaksPlainly(node, options)) ? tlsNotSpoken(node, error) : silence(node, error);
    }
    return { value: undefined, detail: 'it is that node, and the cookie is right' };
  });
}

async function greet(node: string, options: DiagnoseOptions & Found): Promise<void> {
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

/** Whether a node greets without TLS. With a cookie that nobody has: what goes over plain TCP is no proof of ours. */
async function speaksPlainly(node: string, options: DiagnoseOptions & Found): Promise<boolean> {
  try {
    await greet(node, {
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
        sentence: `${node} speaks plain TCP, and TLS is used here`,
        remedy: 'Start the node with -proto_dist inet_tls, or reach it without TLS.',
      },
      'without TLS it greets',
      error.message,
    ),
  );
}

function silence(node: string, error: Error): FaultFound {
  return new FaultFound(
    makeFault(
      {
        code: 'NODE_SILENT',
        sentence: `something accepts connections where ${node} should be, but does not answer`,
        remedy: 'The node may be suspended or overloaded: look at it on its host, or restart it.',
      },
      error.message,
    ),
  );
}

/** Nothing here is a fault: the node is reached. */
async function lookAround(
  examination: Examination,
  target: string,
  options: DiagnoseOptions & Found,
): Promise<void> {
  const { cookie, resolver, transport, localAddress, timeoutMs = 5000 } = options;
  const name = visitorName(target);
  const visitor = { hidden: true, listen: false, resolver, transport } as const;
  await using node: Node = await startNode({ name, cookie, ...visitor });
  const asking: Asking = { node, target, timeoutMs, signal: signalOf(options) };
  const release = await examination.ask({ name: 'node', label: 'Ask for version and clock' }, () =>
    askVersionAndClock(asking),
  );
  if (release === undefined) return;
  if (localAddress !== undefined) {
    await examination.ask({ name: 'return', label: 'Have it dial back' }, () =>
      tryDialBack(asking, localAddress),
    );
  }
  await examination.ask({ name: 'mesh', label: 'Compare what its peers see' }, () => askMesh(asking));
}

function visitorName(node: string): string {
  return `convoy_doctor_${randomBytes(4).toString('hex')}@${splitNodeName(node).host}`;
}

const never = new AbortController().signal;

function signalOf({ signal }: DiagnoseOptions): AbortSignal {
  return signal ?? never;
}
