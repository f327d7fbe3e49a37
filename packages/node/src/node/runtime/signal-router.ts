/**
 * Routes between processes and connections: incoming control messages become messages and signals for local processes,
 * and theirs to other nodes go out, in order. Dials peers that are not connected. Knows no protocol above links and
 * monitors; spawn requests go to the registered hook.
 */

import { AltactFlag, type Control, type ControlOf, hasReason } from '../../distribution/control-messages.ts';
import { rowOf } from '../../distribution/control-rows.ts';
import { Flag, hasFlags } from '../../distribution/flags.ts';
import {
  currentForm,
  type CurrentControl,
  type Envelope,
  isFormer,
} from '../../distribution/message-forms.ts';
import { EncodeError } from '../../errors.ts';
import { assertTerm, Pid, Reference, type Term } from '../../etf/index.ts';
import { type MessageDropReason, publishEvent } from '../../events.ts';
import type { Connection, PeerInfo } from '../../net/connection.ts';
import { crashReason } from '../../process/exit-reasons.ts';
import type { ProcessTable } from '../../process/process-table.ts';
import type { RemoteName, Router, SentExit, Signal } from '../../process/router.ts';
import type { NetKernel } from './net-kernel.ts';
import type { ControlHook, HookedKind } from './node-core.ts';
import { isFromPeer, provenSender } from './sender-check.ts';

export class SignalRouter implements Router {
  /** The processes whose messages and signals it routes. */
  readonly processes: ProcessTable;
  readonly #netKernel: NetKernel;
  readonly #hooks: { [Kind in HookedKind]?: ControlHook<Kind> } = {};
  /** Takes a message whose protocol this node does not have. */
  readonly #unhooked = (peer: PeerInfo, { kind }: Control): void =>
    this.#reportDropped(peer.name, 'no-receiver', { op: rowOf(kind).op });

  /** Processes need a router from the start, so the router has them created. */
  constructor(netKernel: NetKernel, createProcesses: (router: Router) => ProcessTable) {
    this.#netKernel = netKernel;
    this.processes = createProcesses(this);
  }

  /** Sets the handler for a kind of message. Returns a function that removes it. */
  hook<Kind extends HookedKind>(kind: Kind, hook: ControlHook<Kind>): () => void {
    const hooks = this.#hooks as Record<HookedKind, unknown>;
    hooks[kind] = hook;
    return () => {
      if (hooks[kind] === hook) delete (hooks as Partial<typeof hooks>)[kind];
    };
  }

  /** Sends a message. Throws `EncodeError` when it cannot be encoded as a term: that is the sender's mistake. */
  sendMessage(from: Pid, to: Pid | RemoteName | Reference, message: Term): void {
    this.#send(to.node, messageTo(from, to), message);
  }

  sendPriority(from: Pid, to: Pid | RemoteName | Reference, message: Term): void {
    this.#send(to.node, priorityTo(from, to), message);
  }

  sendExit(from: Pid, to: Pid | Reference, exit: SentExit): void {
    const connection = this.#netKernel.find(to.node);
    const control = exitTo(from, to, exit);
    if (connection === undefined) this.#netKernel.enqueue(to.node, control, exit.reason);
    else this.transmit(connection, control, exit.reason);
  }

  answerMessage(from: Pid, to: Pid | RemoteName | Reference, message: Term): void {
    const connection = this.#netKernel.find(to.node);
    if (connection === undefined) return this.#reportDropped(to.node, 'not-connected', {});
    this.transmit(connection, messageTo(from, to), message);
  }

  sendWhenWritable(node: string, send: () => void, signal: AbortSignal | undefined): Promise<void> {
    return this.#netKernel.sendWhenWritable(node, send, signal);
  }

  holdBack(node: string, durationMs: number): void {
    this.#netKernel.find(node)?.holdBack(durationMs);
  }

  release(node: string): void {
    this.#netKernel.find(node)?.release();
  }

  sendSignal(node: string, signal: Signal, reason?: Term): void {
    const connection = this.#netKernel.find(node);
    if (connection === undefined) this.#enqueueSignal(node, signal, reason);
    else this.transmit(connection, signal, reason);
  }

  /** Sends a queued message or a signal. Does not throw: links and monitors must be notified in any case. */
  transmit(connection: Connection, control: Control, payload: Term): void {
    try {
      connection.send(control, payload);
    } catch (error) {
      if (!(error instanceof EncodeError)) throw error;
      this.#reportDropped(connection.peer.name, 'malformed', { error });
      if (hasReason(control)) connection.send(control, crashReason(error));
    }
    if (control.kind === 'UNLINK_ID' && !hasFlags(connection.peer.flags, Flag.UNLINK_ID)) {
      // OTP 23 gets a plain UNLINK and sends no acknowledgement, so the link must not wait for one.
      const { id, from, to } = control;
      const acknowledgement = { kind: 'UNLINK_ID_ACK', id, from: to, to: from } as const;
      this.processes.signals.receive(acknowledgement, undefined, connection.peer.name);
    }
  }

  /** Handles a control message from a peer, with a payload of `bytes`. */
  // oxlint-disable-next-line max-params -- called for every message
  receive(connection: Connection, received: Control, payload: Term, bytes: number): void {
    this.processes.arrivingBytes = bytes;
    try {
      this.#receive(connection, received, payload);
    } finally {
      this.processes.arrivingBytes = 0;
    }
  }

  #receive({ peer }: Connection, received: Control, payload: Term): void {
    if (!isFromPeer(received, peer.name)) {
      return this.#reportDropped(peer.name, 'foreign-sender', { op: rowOf(received.kind).op });
    }
    if (isFormer(received)) this.#handle(peer, currentForm({ control: received, payload }));
    else this.#handle(peer, { control: received, payload });
  }

  #send(node: string, control: Control, message: Term): void {
    const connection = this.#netKernel.find(node);
    if (connection !== undefined) return void connection.send(control, message);
    assertTerm(message);
    this.#netKernel.enqueue(node, control, message);
  }

  #handle(peer: PeerInfo, { control, payload }: Envelope<CurrentControl>): void {
    const { processes } = this;
    switch (control.kind) {
      case 'SEND_SENDER':
      case 'REG_SEND':
      case 'ALIAS_SEND':
        return processes.deliverRemote(control.to, payload, provenSender(control.from, peer.name), peer.name);
      case 'SEND':
        return processes.deliverRemote(control.to, payload, undefined, peer.name);
      case 'ALTACT_SIG_SEND':
        return this.#receiveAltact(control, payload, peer.name);
      case 'NODE_LINK':
        return;
      case 'SPAWN_REQUEST':
        return (this.#hooks.SPAWN_REQUEST ?? this.#unhooked)(peer, control, payload);
      case 'SPAWN_REPLY':
        return (this.#hooks.SPAWN_REPLY ?? this.#unhooked)(peer, control, payload);
      default:
        return processes.signals.receive(control, payload, peer.name);
    }
  }

  #receiveAltact(control: ControlOf<'ALTACT_SIG_SEND'>, payload: Term, peer: string): void {
    const { from, to, flags } = control;
    const { processes } = this;
    const sender = provenSender(from, peer);
    const isPriority = (flags & AltactFlag.PRIORITY) !== 0;
    if ((flags & AltactFlag.EXIT) === 0) {
      if (isPriority) return processes.deliverPriority(to, payload, sender, peer);
      return processes.deliverRemote(to, payload, sender, peer);
    }
    if (sender === undefined) {
      return this.#reportDropped(peer, 'foreign-sender', { op: rowOf(control.kind).op });
    }
    processes.receiveExit(sender, to, { reason: payload, isPriority });
  }

  /** Does not dial for a signal that only matters to a connected peer. */
  #enqueueSignal(node: string, signal: Signal, reason: Term): void {
    switch (signal.kind) {
      case 'LINK':
      case 'MONITOR_P':
      case 'PAYLOAD_EXIT2':
      case 'GROUP_LEADER':
        return this.#netKernel.enqueue(node, signal, reason);
      default:
        // It must still follow what is queued for a dial in progress.
        if (this.#netKernel.isDialling(node)) this.#netKernel.enqueue(node, signal, reason);
    }
  }

  #reportDropped(
    peer: string,
    reason: MessageDropReason,
    { op, error }: { readonly op?: number | undefined; readonly error?: Error | undefined },
  ): void {
    publishEvent('convoy:message.dropped', () => ({
      node: this.processes.node,
      peer,
      reason,
      op,
      error,
    }));
  }
}

function messageTo(from: Pid, to: Pid | RemoteName | Reference): Control {
  if (to instanceof Pid) return { kind: 'SEND_SENDER', from, to };
  return to instanceof Reference ? { kind: 'ALIAS_SEND', from, to } : { kind: 'REG_SEND', from, to: to.name };
}

/** The same with priority, in the newest form, from which those for older nodes follow. */
function priorityTo(from: Pid, to: Pid | RemoteName | Reference): ControlOf<'ALTACT_SIG_SEND'> {
  const kind = to instanceof Pid ? 0 : to instanceof Reference ? AltactFlag.ALIAS : AltactFlag.NAME;
  const target = to instanceof Pid || to instanceof Reference ? to : to.name;
  const flags = AltactFlag.PRIORITY | kind;
  return { kind: 'ALTACT_SIG_SEND', flags, from, to: target, token: undefined };
}

function exitTo(from: Pid, to: Pid | Reference, { isPriority }: SentExit): ControlOf<'ALTACT_SIG_SEND'> {
  const flags =
    AltactFlag.EXIT |
    (to instanceof Reference ? AltactFlag.ALIAS : 0) |
    (isPriority ? AltactFlag.PRIORITY : 0);
  return { kind: 'ALTACT_SIG_SEND', flags, from, to, token: undefined };
}
