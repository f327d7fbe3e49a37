/**
 * Processes, connections and the router between them: the foundation for the protocols of a node. It has no protocols
 * itself; start-node.ts adds them.
 */

import { randomBytes } from 'node:crypto';
import type { Clock } from '../../clock.ts';
import type { Control } from '../../distribution/control-messages.ts';
import { hiddenFlags, visibleFlags } from '../../distribution/flags.ts';
import type { DecodeOptions, Pid, Term } from '../../etf/index.ts';
import type { Limits } from '../../limits.ts';
import type { Resolver } from '../../net/resolver.ts';
import { ProcessTable } from '../../process/process-table.ts';
import type { Destination, Router } from '../../process/router.ts';
import { publishEvent } from '../../events.ts';
import { watchEventLoop } from './event-loop-watch.ts';
import { Subscribers } from './subscribers.ts';
import { NetKernel } from './net-kernel.ts';
import type {
  ControlHook,
  HookedKind,
  NodeCore,
  NodeDownListener,
  NodeUpListener,
  SendOptions,
} from './node-core.ts';
import { type Cookie, cookieText } from '../options/cookie.ts';
import type { NodeSettings } from '../options/node-options.ts';
import { randomWords } from './random-words.ts';
import { SignalRouter } from './signal-router.ts';
import { UnfinishedWork } from './unfinished-work.ts';

export class NodeRuntime implements NodeCore {
  readonly name: string;
  readonly creation: number;
  readonly hidden: boolean;
  readonly isIsolated: boolean;
  readonly limits: Limits;
  readonly clock: Clock;
  readonly mapping: DecodeOptions;
  readonly pid: Pid;
  readonly connections: NetKernel;
  readonly processes: ProcessTable;
  readonly work: UnfinishedWork = new UnfinishedWork();
  readonly #router: SignalRouter;
  readonly #up: Subscribers<Parameters<NodeUpListener>> = new Subscribers();
  readonly #down: Subscribers<Parameters<NodeDownListener>> = new Subscribers();
  readonly #closing: Subscribers<[]> = new Subscribers();
  readonly #cookies: Map<string, string> = new Map();

  /** `creation` is random unless another node has given it. */
  constructor(settings: NodeSettings, resolver: Resolver, creation: number = randomCreation()) {
    this.name = settings.name.full;
    this.creation = creation;
    this.hidden = settings.hidden;
    this.isIsolated = settings.isolated;
    this.limits = settings.limits;
    this.clock = settings.clock;
    this.mapping = settings.mapping;
    this.connections = this.#createNetKernel(settings, resolver);
    this.#router = new SignalRouter(this.connections, (router) => this.#createProcesses(router, settings));
    this.processes = this.#router.processes;
    this.pid = this.processes.pid;
    this.onClose(this.#watchEventLoop(settings));
  }

  send(to: Destination, message: Term, options?: SendOptions): void {
    this.processes.sendAs(options?.from ?? this.pid, to, message);
  }
  sendControl(peer: string, control: Control, payload?: Term): boolean {
    const connection = this.connections.find(peer);
    if (connection === undefined) return false;
    connection.send(control, payload);
    return true;
  }
  onControl<Kind extends HookedKind>(kind: Kind, hook: ControlHook<Kind>): () => void {
    return this.#router.hook(kind, hook);
  }

  /** Sets the cookie for one peer; `undefined` restores the node's own. Existing connections stay up. */
  setCookie(peer: string, cookie: Cookie | undefined): void {
    if (cookie === undefined) return void this.#cookies.delete(peer);
    this.#cookies.set(peer, cookieText(cookie));
  }
  onNodeUp(listener: NodeUpListener): () => void {
    return this.#up.add(listener);
  }
  onNodeDown(listener: NodeDownListener): () => void {
    return this.#down.add(listener);
  }
  onClose(listener: () => void): () => void {
    return this.#closing.add(listener);
  }

  /** Kills the processes, notifies their links and monitors, and closes the connections. */
  close(): void {
    this.#closing.call();
    this.processes.close();
    this.connections.close();
  }

  #watchEventLoop({ clock, netTickTimeMs, onBlocked }: NodeSettings): () => void {
    return watchEventLoop({
      clock,
      netTickTimeMs,
      onBlocked: (blockedMs) => {
        const report = { node: this.name, blockedMs, netTickTimeMs };
        publishEvent('convoy:event-loop.blocked', () => report);
        onBlocked(report);
      },
    });
  }

  #createProcesses(router: Router, { onCrash, fullMailbox }: NodeSettings): ProcessTable {
    const { name: node, creation, limits, clock, isIsolated } = this;
    const randomWord = randomWords();
    return new ProcessTable({
      node,
      creation,
      limits,
      clock,
      isIsolated,
      router,
      randomWord,
      onCrash,
      dropsWhenFull: fullMailbox === 'drop',
    });
  }

  /** Its events come when there are connections: after the router and the processes have been created. */
  #createNetKernel(settings: NodeSettings, resolver: Resolver): NetKernel {
    const { name, creation, hidden, limits, clock, isIsolated } = this;
    const { nameForms, transport, handshakeTimeoutMs, netTickTimeMs, mapping, allow, cookie } = settings;
    const cookieFor = (peer: string): string | undefined => this.#cookies.get(peer);
    const flags = (hidden ? hiddenFlags : visibleFlags) & ~settings.withoutFlags;
    const self = { name, creation, hidden, cookie, cookieFor, flags };
    return new NetKernel(
      {
        self,
        isIsolated,
        limits,
        clock,
        resolver,
        nameForms,
        transport,
        handshakeTimeoutMs,
        netTickTimeMs,
        decode: mapping,
        allow,
      },
      {
        onUp: ({ peer }) => this.#up.call(peer.name, { visible: peer.visible }),
        onDown: ({ peer }, reason) => {
          this.processes.mailboxes.forgetPeer(peer.name);
          this.processes.signals.loseNode(peer.name);
          this.#down.call(peer.name, reason);
        },
        onUnreachable: (peer) => this.processes.signals.loseNode(peer),
        // oxlint-disable-next-line max-params -- the listener of every message
        onMessage: (connection, control, payload, bytes) =>
          this.#router.receive(connection, control, payload, bytes),
        transmit: (connection, control, payload) => this.#router.transmit(connection, control, payload),
      },
    );
  }
}

/** 0 is reserved and 1 to 3 are the creations of old releases. */
function randomCreation(): number {
  const creation = randomBytes(4).readUInt32BE();
  return creation > 3 ? creation : creation + 4;
}
