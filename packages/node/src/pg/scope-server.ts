/** The process of a scope: receives what peers tell, carries out the effects, and watches members and other scopes. */

import type { Pid, Term } from '../etf/index.ts';
import { type MessageDropReason, publishEvent } from '../events.ts';
import type { GroupChangeEvent } from './change-listeners.ts';
import type { PgHost } from './pg-host.ts';
import { memberKey } from './state/member-table.ts';
import { OutgoingCheck } from './state/outgoing-check.ts';
import { parsePgMessage, syncMessage } from './state/pg-messages.ts';
import { type PgEffect, type PgEvent, PgState } from './state/pg-state.ts';
import type { PgLimits } from './state/remote-members.ts';
import { WatchingProcess } from './watching-process.ts';

export interface ScopeOptions {
  readonly scope: string;
  readonly limits: PgLimits;
  readonly onChange: (change: GroupChangeEvent) => void;
}

interface SyncRequest {
  readonly node: string;
  readonly scope: Pid;
  readonly isFirst: boolean;
}

export class ScopeServer {
  readonly process: WatchingProcess;
  readonly state: PgState;
  /** Called with the node of a scope that has ended. */
  onScopeLost: (node: string) => void = () => undefined;
  /** Called once, when the process has ended. */
  onEnd: () => void = () => undefined;
  readonly #host: PgHost;
  readonly #options: ScopeOptions;
  readonly #check: OutgoingCheck;
  /** Functions that end the watches, by process. */
  readonly #unwatch: Map<string, () => void> = new Map();
  /** Nodes that are still to take a sync, and whether they have asked for another one meanwhile. */
  readonly #syncing: Map<string, boolean> = new Map();

  constructor(host: PgHost, options: ScopeOptions) {
    this.#host = host;
    this.#options = options;
    this.process = new WatchingProcess(host, {
      name: options.scope,
      onMessage: (message, peer) => this.#receive(message, peer),
      onEnd: () => this.onEnd(),
    });
    this.state = new PgState({ us: this.process.pid, limits: options.limits });
    this.#check = new OutgoingCheck(this.process.pid);
  }

  /** Handles an event. Returns `false` when it had no effect. */
  step(event: PgEvent): boolean {
    if (!this.process.isAlive) return false;
    const effects = this.state.step(event);
    for (const effect of effects) if (this.process.isAlive) this.#carryOut(effect);
    return effects.length > 0;
  }

  #receive(message: Term, peer: string): void {
    // A message about a connection that is already lost must not bring it back.
    if (peer === this.#host.name || this.#host.peer(peer) === undefined) return;
    const parsed = parsePgMessage(message);
    if (parsed === undefined) this.#drop(peer, 'malformed');
    else this.step({ kind: 'message', node: peer, message: parsed });
  }

  #carryOut(effect: PgEffect): void {
    switch (effect.kind) {
      case 'tell':
        return this.#tell(effect.node, effect.to, effect.message);
      case 'sync':
        return this.#sync(effect);
      case 'broadcast':
        return this.#broadcast(effect.message);
      case 'watch':
        return this.#watch(effect.what, effect.pid);
      case 'unwatch':
        return this.#endWatch(effect.pid);
      case 'changed':
        return this.#options.onChange({ action: effect.action, group: effect.group, pids: effect.pids });
      case 'refused':
        return this.#drop(effect.node, effect.reason);
    }
  }

  #watch(what: 'scope' | 'member', pid: Pid): void {
    const onDown = (): void => {
      this.#unwatch.delete(memberKey(pid));
      this.step(what === 'scope' ? { kind: 'scopeDown', scope: pid } : { kind: 'memberDown', pid });
      if (what === 'scope') this.onScopeLost(pid.node);
    };
    this.#unwatch.set(memberKey(pid), this.process.watch(pid, onDown));
  }

  #endWatch(pid: Pid): void {
    const end = this.#unwatch.get(memberKey(pid));
    this.#unwatch.delete(memberKey(pid));
    end?.();
  }

  #broadcast(message: Term): void {
    if (this.#check.acceptsChange(message)) return this.#tellAll(message);
    // Cannot happen. If it does, the peers are told everything again, which does not end a scope of any release.
    this.#drop(undefined, 'malformed');
    const everything = this.#syncMessage();
    if (this.#check.checkSync(everything) !== 'malformed') this.#tellAll(everything);
  }

  #tellAll(message: Term): void {
    for (const scope of this.state.told()) this.#tell(scope.node, scope, message);
  }

  /**
   * Tells a peer all members. If it asks again before it has taken the last answer, it gets one more once it has: questions are
   * short and answers are long.
   */
  #sync({ node, scope, isFirst }: SyncRequest): void {
    if (!isFirst && this.#syncing.has(node)) {
      this.#syncing.set(node, true);
      return;
    }
    const message = this.#syncMessage();
    const found = this.#check.checkSync(message);
    if (found === 'malformed') return this.#drop(node, 'malformed');
    if (found === 'different') this.#tellAll(message);
    this.#tell(node, scope, message);
    if (!this.#syncing.has(node)) this.#syncAgainIfAsked(node);
  }

  #syncAgainIfAsked(node: string): void {
    this.#syncing.set(node, false);
    const onWritable = (): void => {
      const isAsked = this.#syncing.get(node);
      this.#syncing.delete(node);
      const scope = this.state.scopeOf(node);
      if (isAsked === true && scope !== undefined && this.process.isAlive)
        this.#sync({ node, scope, isFirst: false });
    };
    this.#host.whenWritable(node).then(onWritable, onWritable);
  }

  #syncMessage(): Term {
    return syncMessage(this.process.pid, this.state.localMemberships());
  }

  /** Sends over an existing connection only. */
  #tell(node: string, to: Pid | undefined, message: Term): void {
    if (this.#host.peer(node) === undefined) return;
    this.#host.send(to ?? { name: this.#options.scope, node }, message, { from: this.process.pid });
  }

  #drop(peer: string | undefined, reason: MessageDropReason): void {
    const node = this.#host.name;
    publishEvent('convoy:message.dropped', () => ({ node, peer, reason, op: undefined, error: undefined }));
  }
}
