/** The options of a node, their defaults and their checks. No I/O. */

import { hostname } from 'node:os';
import { type Clock, systemClock } from '../../clock.ts';
import { NodeError } from '../../errors.ts';
import type { DecodeOptions } from '../../etf/index.ts';
import { completeLimits, type Limits } from '../../limits.ts';
import type { NodeName } from '../../names.ts';
import type { Resolver } from '../../net/resolver.ts';
import { createTcpTransport } from '../../net/transports/tcp.ts';
import type { Transport } from '../../net/transport.ts';
import { visibleText } from '../../visible-text.ts';
import type { CrashReport } from '../../process/crash-report.ts';
import { type Cookie, cookieText } from './cookie.ts';
import { type BlockedReport, createBlockedPrinter } from './blocked-printer.ts';
import { createCrashPrinter } from './crash-printer.ts';
import { hostFault, isLoopbackHost, loopbackAddress } from './host-name.ts';
import { completeNodeName } from './node-name.ts';
import type { RunWork } from './run-work.ts';

/** A port, or a range of which the first free port is used. */
export type PortChoice = number | { readonly min: number; readonly max: number };

/** Where a node listens. */
export interface ListenChoice {
  /**
   * Address to listen on. Default: loopback if the node's name has a loopback host, otherwise every address, because peers
   * dial the host of the node's name.
   */
  readonly host?: string | undefined;
  /** Port to listen on. Default: the port that the resolver prescribes, otherwise 0, which takes any free port. */
  readonly port?: PortChoice | undefined;
}

/**
 * Which EPMD a node registers with. `system`: the machine's daemon, which must be running. `embedded`: a daemon in this
 * process; fails when the port is taken. `auto`: the machine's daemon if it answers, otherwise one in this process; also
 * takes over when the machine's daemon ends. `none`: this node does not register, but looks up peers at the daemons of
 * their hosts.
 */
export type EpmdChoice = 'auto' | 'system' | 'embedded' | 'none';

/** The options of `startNode`. */
export interface NodeOptions {
  /**
   * The full name, e.g. `web@127.0.0.1`. Without a host, the machine's host name is added, as `-sname` does. `undefined@127.0.0.1` lets the node
   * of `namedBy` give it one.
   */
  readonly name: string;
  /**
   * The node that gives this one its name, as for `erl -name undefined`: for programs that are only clients. The node connects to it when it
   * starts, is hidden, does not listen, and closes when that connection is lost, because the name is free again.
   */
  readonly namedBy?: string | undefined;
  /**
   * The shared secret of the cluster: anyone who knows it can run code on the cluster's Erlang nodes. 1 to 255 printable
   * characters up to U+00FF, or 1 to 255 bytes of any value.
   */
  readonly cookie: Cookie;
  /** A hidden node is reachable, but other nodes do not list it in `nodes()` or include it in `global`. Default false. */
  readonly hidden?: boolean;
  /**
   * For a node that is connected to several clusters: a message from one peer cannot affect another peer. The node's
   * processes send to, link and monitor only the node whose message they are handling, its calls accept answers only from
   * the node that was asked, and it dials only for `connect`, `rpc` and `call`, never to deliver a message. `global` is
   * exempt. Default false.
   */
  readonly isolated?: boolean;
  /**
   * Whether the tools of Erlang may look at this node: the observer, etop, `erlang:memory`, `processes`, `process_info` and others of
   * their kind, by rpc. They see processes, names, links, connections and figures of V8, and change nothing. Default true; false for
   * an isolated node, whose peers would see one another.
   */
  readonly beamTools?: boolean | undefined;
  /** @internal Capability flags that the node does not offer, for tests against peers that lack them. */
  readonly withoutFlags?: bigint | undefined;
  /** Where to listen. With `false` the node only dials: it cannot be dialled and does not register. */
  readonly listen?: false | ListenChoice;
  /**
   * The address family; `inet6` uses IPv6 only. Default: dials both families, and listens on IPv4 unless the host of the
   * name is an IPv6 address.
   */
  readonly proto?: 'inet' | 'inet6';
  /** Which EPMD to register with. Default `auto`. Ignored when a `resolver` is given. */
  readonly epmd?: EpmdChoice;
  /** Port of EPMD. Default: the environment variable `ERL_EPMD_PORT`, otherwise 4369. */
  readonly epmdPort?: number | undefined;
  /** How names are resolved to addresses, and which port to listen on if it prescribes one. Default: EPMD. */
  readonly resolver?: Resolver;
  /**
   * Addresses of peers that are reached in a different way than the rest, e.g. through tunnels. Asked before `resolver` or
   * EPMD; a peer it does not know is looked up there.
   */
  readonly routes?: Pick<Resolver, 'resolve'>;
  /**
   * `any` allows connections between nodes with long and short names, for tools that reach nodes through `routes`. Default
   * `same`, as for Erlang nodes, because a name of the other style usually cannot be looked up.
   */
  readonly nameForms?: 'same' | 'any';
  /** The transport for dialling and listening. Default: TCP. `createTlsTransport` creates one for TLS. */
  readonly transport?: Transport | undefined;
  /**
   * A peer that is silent for this long is disconnected. Default 60000, as OTP's `net_ticktime`. Use the same value on all
   * nodes.
   */
  readonly netTickTimeMs?: number;
  /** Timeout for looking up, dialling and the handshake. Default 7000, as OTP's `net_setuptime`. */
  readonly handshakeTimeoutMs?: number;
  /**
   * How long `close` waits for calls under way, in milliseconds. Default 5000; 0 ends them at once, `Infinity` waits for all.
   */
  readonly drainTimeoutMs?: number;
  /** Bounds that differ from `defaultLimits`. */
  readonly limits?: Partial<Limits>;
  /** The clock for timers. Default: the machine's. */
  readonly clock?: Clock;
  /**
   * Runs the work of this node: called with every call of an exposed function, and with the function or the callbacks of
   * every process started through this node. Default: calls them directly.
   */
  readonly runWork?: RunWork | undefined;
  /**
   * Called when the code of a process has thrown, after links and monitors have been told. Default: prints a report on standard error, at
   * most ten in ten seconds; `formatCrashReport` makes its text.
   */
  readonly onCrash?: ((report: CrashReport) => void) | undefined;
  /**
   * What happens when messages from other nodes wait in a mailbox beyond half of `limits.maxMailboxMessages` or `maxMailboxBytes`.
   * `slow`: less is read from the nodes that send to it, so that their senders wait; whatever else comes from these nodes is late,
   * too. `drop`: nothing before the bound. At the bound messages from other nodes are dropped and reported, messages of this node never.
   * Default `slow`.
   */
  readonly fullMailbox?: 'slow' | 'drop';
  /**
   * Called after the event loop was blocked for longer than a quarter of `netTickTimeMs`: a little more, and other nodes take this one for
   * dead. Default: prints a line on standard error.
   */
  readonly onBlocked?: ((report: BlockedReport) => void) | undefined;
  /** Closes the node when it aborts. */
  readonly signal?: AbortSignal | undefined;
  /** How terms in messages are decoded. Default: lossless. */
  readonly mapping?: DecodeOptions;
  /** Full names of the nodes that may connect to this one. Default: all nodes that know the cookie. */
  readonly allow?: readonly string[];
}

/** The options with all defaults filled in. */
export interface NodeSettings {
  readonly name: NodeName;
  readonly namedBy: string | undefined;
  /** A character for each byte. */
  readonly cookie: string;
  readonly hidden: boolean;
  readonly isolated: boolean;
  readonly beamTools: boolean;
  readonly withoutFlags: bigint;
  readonly listen: { readonly host: string | undefined; readonly port: PortChoice | undefined } | undefined;
  readonly family: 0 | 4 | 6;
  readonly epmd: EpmdChoice;
  readonly epmdPort: number | undefined;
  readonly resolver: Resolver | undefined;
  readonly routes: Pick<Resolver, 'resolve'> | undefined;
  readonly nameForms: 'same' | 'any';
  readonly transport: Transport;
  readonly netTickTimeMs: number;
  readonly handshakeTimeoutMs: number;
  readonly drainTimeoutMs: number;
  readonly limits: Limits;
  readonly clock: Clock;
  readonly mapping: DecodeOptions;
  readonly onCrash: (report: CrashReport) => void;
  readonly fullMailbox: 'slow' | 'drop';
  readonly onBlocked: (report: BlockedReport) => void;
  readonly allow: ReadonlySet<string> | undefined;
}

/**
 * Checks the options and fills in the defaults. Throws `NodeError` NODE_BAD_NAME, NODE_BAD_COOKIE, NODE_BAD_LISTEN or
 * NODE_BAD_TIMEOUT.
 */
export function resolveOptions(options: NodeOptions): NodeSettings {
  const name = completeNodeName(options.name, hostname());
  const namedBy = namingNode(name, options.namedBy);
  const clock = options.clock ?? systemClock;
  const family = options.proto === 'inet6' ? 6 : options.proto === 'inet' ? 4 : 0;
  return {
    name,
    namedBy,
    cookie: cookieText(options.cookie),
    hidden: namedBy !== undefined || (options.hidden ?? false),
    isolated: options.isolated ?? false,
    beamTools: options.beamTools ?? options.isolated !== true,
    withoutFlags: options.withoutFlags ?? 0n,
    listen: namedBy === undefined ? resolveListen(options, name.host) : undefined,
    family,
    epmd: options.epmd ?? 'auto',
    epmdPort: options.epmdPort,
    resolver: options.resolver,
    routes: options.routes,
    nameForms: options.nameForms ?? 'same',
    transport: options.transport ?? createTcpTransport({ family }),
    netTickTimeMs: positive('netTickTimeMs', options.netTickTimeMs ?? 60_000),
    handshakeTimeoutMs: positive('handshakeTimeoutMs', options.handshakeTimeoutMs ?? 7000),
    drainTimeoutMs: checkDrainTimeout(options.drainTimeoutMs ?? 5000),
    limits: completeLimits(options.limits),
    clock,
    mapping: options.mapping ?? {},
    onCrash: options.onCrash ?? createCrashPrinter(clock),
    fullMailbox: options.fullMailbox ?? 'slow',
    onBlocked: options.onBlocked ?? createBlockedPrinter(clock),
    allow: options.allow === undefined ? undefined : new Set(options.allow),
  };
}

/** The default address to listen on: where peers that know only the node's name will dial. */
export function defaultListenHost(host: string, isInet6: boolean): string {
  const wantsInet6 = isInet6 || host.includes(':');
  if (isLoopbackHost(host)) return loopbackAddress(host, wantsInet6);
  return wantsInet6 ? '::' : '0.0.0.0';
}

/** The node to ask for a name. Throws `NodeError` NODE_BAD_NAME if only one of the two options asks for it. */
function namingNode({ name, full }: NodeName, namedBy: string | undefined): string | undefined {
  const isNameless = name === 'undefined';
  if (isNameless === (namedBy !== undefined)) return namedBy;
  const [fault, remedy] = isNameless
    ? [`${full} asks for a name, but no node is to give it one`, 'Set namedBy to the node that gives it.']
    : [`${full} has a name, and needs none of ${namedBy}`, 'Leave out namedBy, or use the name undefined.'];
  throw new NodeError('NODE_BAD_NAME', fault, { value: full, remedy });
}

function resolveListen(options: NodeOptions, host: string): NodeSettings['listen'] {
  const { listen } = options;
  if (listen === false) return undefined;
  if (listen?.port !== undefined) checkPort(listen.port);
  if (listen?.host !== undefined) checkListenHost(listen.host);
  return { host: listen?.host ?? defaultListenHost(host, options.proto === 'inet6'), port: listen?.port };
}

function checkListenHost(host: string): void {
  const remedyOfAll = 'Set listen.host to an address of this machine, or to 0.0.0.0 or :: for all of them.';
  const wrong =
    typeof host === 'string' ? hostFault(host) : { fault: 'it is not a string', remedy: remedyOfAll };
  if (wrong === undefined) return;
  const { fault, remedy } = wrong;
  const message = `listen.host ${visibleText(JSON.stringify(host))} is not a valid address to listen on: ${fault}`;
  throw new NodeError('NODE_BAD_LISTEN', message, { value: host, remedy });
}

function checkPort(port: PortChoice): void {
  const { min, max } = typeof port === 'number' ? { min: port, max: port } : port;
  const isPort = (value: number): boolean => Number.isInteger(value) && value >= 0 && value < 65_536;
  if (isPort(min) && isPort(max) && min <= max) return;
  throw new NodeError(
    'NODE_BAD_LISTEN',
    `listen.port is ${JSON.stringify(port)}, which is not a port or a range of ports`,
    { value: port, remedy: 'Set it to a port from 0 to 65535, or to a range { min, max } of such ports.' },
  );
}

/** @internal Throws `NodeError` NODE_BAD_TIMEOUT. */
export function checkDrainTimeout(value: number): number {
  if (value >= 0) return value;
  throw new NodeError('NODE_BAD_TIMEOUT', `${value} is not a number of milliseconds to close in`, {
    value,
    remedy: 'Set drainTimeoutMs, or timeoutMs of close(), to 0 or more.',
  });
}

function positive(option: string, value: number): number {
  if (value > 0) return value;
  const message = `${option} is ${value}, which is not a number of milliseconds above 0`;
  throw new NodeError('NODE_BAD_TIMEOUT', message, { value, remedy: `Set ${option} to more than 0.` });
}
