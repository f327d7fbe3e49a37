/** What a node is started with, and the defaults and checks of it. No I/O. */
import { hostname } from 'node:os';
import { type Clock, systemClock } from '../../clock.ts';
import { NodeError } from '../../errors.ts';
import type { DecodeOptions } from '../../etf/index.ts';
import { defaultLimits, type Limits } from '../../limits.ts';
import type { NodeName } from '../../names.ts';
import type { Resolver } from '../../net/resolver.ts';
import { createTcpTransport } from '../../net/transports/tcp.ts';
import type { Transport } from '../../net/transport.ts';
import { visibleText } from '../../visible-text.ts';
import { hostFault, isLoopbackHost, loopbackAddress } from './host-name.ts';
import { completeNodeName } from './node-name.ts';
import type { RunWork } from './run-work.ts';

/** A port, or the first free one of a range. */
export type PortChoice = number | { readonly min: number; readonly max: number };

export interface ListenChoice {
  /**
   * Address to listen on. Default: loopback when the node's name has a loopback host, else every address, because that
   * is what peers dial.
   */
  readonly host?: string | undefined;
  /** Default 0: any free port; or what the resolver prescribes. */
  readonly port?: PortChoice | undefined;
}

/**
 * `system`: the daemon of this machine, which must run. `embedded`: our own, in this process; fails when the port is
 * taken. `auto`: the machine's when it answers, else our own; takes over when the other ends. `none`: peers are looked
 * up at the daemons of their hosts, but this node is not registered.
 */
export type EpmdChoice = 'auto' | 'system' | 'embedded' | 'none';

export interface NodeOptions {
  /** `web@127.0.0.1`; without a host, that of the machine is added as `-sname` does. */
  readonly name: string;
  /** The shared secret of the cluster: whoever has it can run code on its Erlang nodes. Printable ASCII. */
  readonly cookie: string;
  /** Not a member of `nodes()` and `global` elsewhere, but reachable all the same. Default false. */
  readonly hidden?: boolean;
  /**
   * For a node that is connected to several clusters: a message of one peer cannot cause anything at another. Its processes
   * send, link and monitor only where the message they handle came from, its calls take answers only from the node that was
   * asked, and it dials for `connect`, `rpc` and `call` alone, never for a message. `global` is exempt. Default false.
   */
  readonly isolated?: boolean;
  /** `false`: dials only, cannot be dialled, is not registered anywhere. */
  readonly listen?: false | ListenChoice;
  /** `inet6` keeps to IPv6. Default: both families to dial, IPv4 to listen unless the name's host is an IPv6 address. */
  readonly proto?: 'inet' | 'inet6';
  /** Default `auto`. Not used when a `resolver` is given. */
  readonly epmd?: EpmdChoice;
  /** Default: `ERL_EPMD_PORT` of the environment, else 4369. */
  readonly epmdPort?: number | undefined;
  /** How names become addresses, and the port to listen on where it prescribes one. Default: EPMD. */
  readonly resolver?: Resolver;
  /**
   * Peers that are reached in another way than the rest, e.g. through tunnels. Asked before `resolver` or EPMD, for
   * addresses only; a peer it does not know goes on to them.
   */
  readonly routes?: Pick<Resolver, 'resolve'>;
  /**
   * `any` dials short names from a node with a long one and the other way round: for tools that visit nodes by routes.
   * Default `same`, as Erlang nodes do, because a name of the other form usually cannot be looked up.
   */
  readonly nameForms?: 'same' | 'any';
  /** Default: TCP. For what is dialled and for what is listened for; `createTlsTransport` is TLS. */
  readonly transport?: Transport | undefined;
  /** A peer silent for this long is given up. Default 60000, as OTP's `net_ticktime`. Give all nodes the same. */
  readonly netTickTimeMs?: number;
  /** For finding, dialling and shaking hands. Default 7000, as OTP's `net_setuptime`. */
  readonly handshakeTimeoutMs?: number;
  readonly limits?: Partial<Limits>;
  readonly clock?: Clock;
  /**
   * How the calls and processes of this node are run: called with every call of an exposed function, and with the function
   * or the callbacks of every process started through this node. Default: they are just called.
   */
  readonly runWork?: RunWork | undefined;
  /** Closes the node. */
  readonly signal?: AbortSignal | undefined;
  /** How terms in messages are decoded. Default: lossless. */
  readonly mapping?: DecodeOptions;
  /** Full names of the nodes that may connect to this one. Default: all that know the cookie. */
  readonly allow?: readonly string[];
}

/** The options with every default filled in. */
export interface NodeSettings {
  readonly name: NodeName;
  readonly cookie: string;
  readonly hidden: boolean;
  readonly isolated: boolean;
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
  readonly limits: Limits;
  readonly clock: Clock;
  readonly mapping: DecodeOptions;
  readonly allow: ReadonlySet<string> | undefined;
}

/** Checks the options. Throws `NodeError`: NODE_BAD_NAME, NODE_BAD_COOKIE, NODE_BAD_LISTEN or NODE_BAD_TIMEOUT. */
export function settleOptions(options: NodeOptions): NodeSettings {
  const name = completeNodeName(options.name, hostname());
  checkCookie(options.cookie);
  const family = options.proto === 'inet6' ? 6 : options.proto === 'inet' ? 4 : 0;
  return {
    name,
    cookie: options.cookie,
    hidden: options.hidden ?? false,
    isolated: options.isolated ?? false,
    listen: settleListen(options, name.host),
    family,
    epmd: options.epmd ?? 'auto',
    epmdPort: options.epmdPort,
    resolver: options.resolver,
    routes: options.routes,
    nameForms: options.nameForms ?? 'same',
    transport: options.transport ?? createTcpTransport({ family }),
    netTickTimeMs: positive('netTickTimeMs', options.netTickTimeMs ?? 60_000),
    handshakeTimeoutMs: positive('handshakeTimeoutMs', options.handshakeTimeoutMs ?? 7000),
    limits: { ...defaultLimits, ...options.limits },
    clock: options.clock ?? systemClock,
    mapping: options.mapping ?? {},
    allow: options.allow === undefined ? undefined : new Set(options.allow),
  };
}

/** Where to listen when nobody says: where peers that know only the node's name will dial. */
export function defaultListenHost(host: string, isInet6: boolean): string {
  const wantsInet6 = isInet6 || host.includes(':');
  if (isLoopbackHost(host)) return loopbackAddress(host, wantsInet6);
  return wantsInet6 ? '::' : '0.0.0.0';
}

function settleListen(options: NodeOptions, host: string): NodeSettings['listen'] {
  const { listen } = options;
  if (listen === false) return undefined;
  if (listen?.port !== undefined) checkPort(listen.port);
  if (listen?.host !== undefined) checkListenHost(listen.host);
  return { host: listen?.host ?? defaultListenHost(host, options.proto === 'inet6'), port: listen?.port };
}

function checkListenHost(host: string): void {
  const fault = typeof host === 'string' ? hostFault(host) : 'it is not a string';
  if (fault === undefined) return;
  const message = `listen.host ${visibleText(JSON.stringify(host))} is not a valid address to listen on: ${fault}`;
  throw new NodeError('NODE_BAD_LISTEN', message, { value: host });
}

/** @internal Throws `NodeError` NODE_BAD_COOKIE. */
export function checkCookie(cookie: string): void {
  // Never say what it is, only what is wrong with it.
  if (typeof cookie === 'string' && /^[\x20-\x7e]{1,255}$/.test(cookie)) return;
  throw new NodeError('NODE_BAD_COOKIE', 'the cookie must be 1 to 255 printable ASCII characters');
}

function checkPort(port: PortChoice): void {
  const { min, max } = typeof port === 'number' ? { min: port, max: port } : port;
  const isPort = (value: number): boolean => Number.isInteger(value) && value >= 0 && value < 65_536;
  if (isPort(min) && isPort(max) && min <= max) return;
  throw new NodeError(
    'NODE_BAD_LISTEN',
    `listen.port ${JSON.stringify(port)} is not a port, or a range of ports, from 0 to 65535`,
    { value: port },
  );
}

function positive(option: string, value: number): number {
  if (value > 0) return value;
  const message = `${option} is ${value}; it must be more than 0 milliseconds`;
  throw new NodeError('NODE_BAD_TIMEOUT', message, { value });
}
