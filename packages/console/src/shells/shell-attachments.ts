/**
 * The shells that one socket is attached to: opens and attaches shells and sends their output, or their screen if the
 * socket was too slow for the output.
 */

import { randomUUID } from 'node:crypto';
import type { AuditLog } from '../audit/audit-log.ts';
import type { Actor } from '../auth/gatekeeper.ts';
import { ConsoleError, problemOf } from '../errors.ts';
import type { ClientMessage, ServerMessage } from '../protocol/index.ts';
import type { NodeRegistry } from '../nodes/node-registry.ts';
import type { OutputChunk } from './hosted-shell.ts';
import type { ShellHost } from './shell-host.ts';

type Message<Type extends ClientMessage['type']> = Extract<ClientMessage, { type: Type }>;

/** What attachments need from the console. */
export interface ShellContext {
  readonly registry: NodeRegistry;
  readonly audit: AuditLog;
  readonly shells: ShellHost;
}

/** Flow control of the output to a socket: live/output-pump.ts. */
export interface OutputFlow {
  canSend(key: string): boolean;
  whenDrained(key: string, resync: () => void): void;
  forget(key: string): void;
}

/** The socket, as attachments use it. */
export interface SocketEnd {
  readonly actor: Actor;
  readonly pump: OutputFlow;
  send(message: ServerMessage): void;
}

/** The attachments of one socket. */
export class ShellAttachments {
  readonly #context: ShellContext;
  readonly #socket: SocketEnd;
  /** Functions that stop following, by shell. */
  readonly #followed = new Map<string, () => void>();
  /** The client that this socket types for, by shell. */
  readonly #clients = new Map<string, string>();
  #isClosed = false;

  constructor(context: ShellContext, socket: SocketEnd) {
    this.#context = context;
    this.#socket = socket;
  }

  async open(message: Message<'shell.open'>): Promise<void> {
    const { registry, audit, shells } = this.#context;
    const { node, kind, cols, rows, requestId, client } = message;
    const view = registry.find(node);
    if (view === undefined) {
      throw new ConsoleError('CONSOLE_NOT_FOUND', `this console has no node named ${node}`, {
        remedy: 'Choose a node from the list.',
      });
    }
    if (view.status !== 'up') {
      throw new ConsoleError('CONSOLE_NODE_NOT_UP', `${node} is ${view.status}`, {
        remedy: 'Wait until it is up, or look at its log.',
      });
    }
    audit.record('shell.open', this.#socket.actor, { node, kind });
    // Every other node outlives the console.
    const isLasting = view.origin !== 'launched' || view.keep === true;
    const shell = await shells.open({ node, nodeKind: view.kind, isLasting, kind, cols, rows });
    // The page disconnected while the shell was opening: it does not know this shell and will open another.
    if (this.#isClosed) return shells.session(shell.id).close();
    this.#claim(shell.id, client);
    this.#socket.send({ type: 'shell.opened', requestId, shell });
    this.#follow(shell.id, requestId, 0);
    this.#setSize(shell.id, { cols, rows, take: true });
  }

  attach(message: Message<'shell.attach'>): Promise<void> | void {
    const { shellId, requestId, afterSeq, client } = message;
    const { shells, audit } = this.#context;
    if (shells.isWaiting(shellId)) return this.#later(shellId, () => this.attach(message));
    const { node } = shells.view(shellId);
    if (!this.#followed.has(shellId)) audit.record('shell.attach', this.#socket.actor, { node, shellId });
    this.#socket.send({ type: 'shell.taken', shellId, seq: this.#claim(shellId, client) });
    this.#follow(shellId, requestId, afterSeq);
  }

  input(message: Message<'shell.input'>): void {
    const { shellId, seq } = message;
    try {
      this.#socket.send({ type: 'shell.taken', shellId, seq: this.#type(message) });
    } catch (error) {
      if (!(error instanceof ConsoleError)) throw error;
      const taken = this.#takenOf(shellId);
      this.#socket.send({ type: 'shell.refused', shellId, seq, taken, problem: problemOf(error) });
    }
  }

  interrupt({ shellId }: Message<'shell.interrupt'>): void {
    this.#context.shells.session(shellId).interrupt();
  }

  resize(message: Message<'shell.resize'>): Promise<void> | void {
    const { shellId, cols, rows, take = false } = message;
    if (this.#context.shells.isWaiting(shellId)) return this.#later(shellId, () => this.resize(message));
    this.#context.shells.session(shellId);
    if (!this.#clients.has(shellId)) {
      throw new ConsoleError('CONSOLE_BAD_REQUEST', `this socket is not attached to the shell ${shellId}`, {
        remedy: 'Attach to the shell first.',
      });
    }
    this.#setSize(shellId, { cols, rows, take });
  }

  async end(message: Message<'shell.close'>): Promise<void> {
    const { shellId } = message;
    if (this.#context.shells.isWaiting(shellId)) return this.#later(shellId, () => this.end(message));
    const session = this.#context.shells.session(shellId);
    this.#context.audit.record('shell.close', this.#socket.actor, { node: session.target, shellId });
    await session.close({ reason: 'it was ended in another window' });
  }

  /** Acts on a shell of the console before once its node is there. If it has ended instead, its viewers have been told. */
  async #later(shellId: string, act: () => Promise<void> | void): Promise<void> {
    if ((await this.#context.shells.whenSettled(shellId)) && !this.#isClosed) await act();
  }

  /** Sets the size of this page's window and answers with the size of the shell. */
  #setSize(shellId: string, size: { cols: number; rows: number; take: boolean }): void {
    const client = this.#clients.get(shellId) ?? '';
    this.#context.shells.resize(shellId, { client, owner: this }, size);
    this.#sendSize(shellId);
  }

  #sendSize(shellId: string): void {
    const client = this.#clients.get(shellId) ?? '';
    this.#socket.send({ type: 'shell.size', shellId, ...this.#context.shells.sizeFor(shellId, client) });
  }

  /** Makes this socket the one that types for `client`. Returns the number of the last input taken from it. */
  #claim(shellId: string, client: string | undefined): number {
    const name = client ?? this.#clients.get(shellId) ?? randomUUID();
    this.#clients.set(shellId, name);
    return this.#context.shells.inputs(shellId).claim(name, this);
  }

  /** Types input that has not been typed yet. Returns the number of the last input taken. */
  #type({ shellId, seq, data }: Message<'shell.input'>): number {
    const { shells } = this.#context;
    const session = shells.session(shellId);
    const inputs = shells.inputs(shellId);
    const client = this.#clients.get(shellId) ?? '';
    const verdict = inputs.take(client, this, seq);
    // Input is counted before it is typed: if typing fails, half of it may already be in the shell.
    if (verdict === 'next') {
      shells.noteTyping(shellId, client);
      session.input(data);
    }
    if (verdict === 'next' || verdict === 'repeat') return inputs.taken(client);
    throw verdict === 'gap'
      ? new ConsoleError(
          'CONSOLE_INPUT_GAP',
          `expected input ${inputs.taken(client) + 1}, got input ${seq}`,
          {
            remedy: 'Attach to the shell again, and resend the input that it has not taken, in order.',
          },
        )
      : new ConsoleError(
          'CONSOLE_INPUT_GAP',
          'this socket is not attached to the shell for input, or no longer is',
          {
            remedy: 'Attach to the shell first.',
          },
        );
  }

  #takenOf(shellId: string): number {
    const client = this.#clients.get(shellId);
    return client === undefined ? 0 : this.#context.shells.inputs(shellId).taken(client);
  }

  /** Ends the attachment to a shell, which may have ended. */
  forget(shellId: string): void {
    this.#clients.delete(shellId);
    this.#followed.get(shellId)?.();
    this.#followed.delete(shellId);
    this.#socket.pump.forget(shellId);
    this.#context.shells.noteLeft(shellId, this);
  }

  /** Ends all attachments. */
  close(): void {
    this.#isClosed = true;
    for (const shellId of [...this.#followed.keys()]) this.forget(shellId);
  }

  /** Sends the output after `afterSeq` if it is still available, otherwise the screen, and all output from then on. */
  #follow(shellId: string, requestId: string, afterSeq: number | undefined): void {
    const { shells } = this.#context;
    const missed = afterSeq === undefined ? undefined : shells.session(shellId).outputSince(afterSeq);
    this.#socket.pump.forget(shellId);
    if (missed === undefined) this.#sendScreen(shellId, requestId);
    else this.#sendMissed(shellId, missed, afterSeq ?? 0);
    const takeEcho = (echo: boolean): void => this.#socket.send({ type: 'shell.echo', shellId, echo });
    takeEcho(shells.session(shellId).echoes);
    if (this.#followed.has(shellId)) return;
    const takeOutput = (chunk: OutputChunk): void => this.#onOutput(shellId, chunk);
    const takeSize = (): void => this.#sendSize(shellId);
    this.#followed.set(shellId, shells.follow(shellId, { takeOutput, takeEcho, takeSize }));
  }

  /**
   * Sends at least one message, because it answers the request. Each chunk is a message of its own, because a terminal
   * draws one chunk in bounded time, but not necessarily all of them together.
   */
  #sendMissed(shellId: string, missed: readonly OutputChunk[], afterSeq: number): void {
    if (missed.length === 0) this.#socket.send({ type: 'shell.output', shellId, seq: afterSeq, data: '' });
    for (const chunk of missed) this.#sendChunk(shellId, chunk);
  }

  #sendChunk(shellId: string, { seq, data, size }: OutputChunk): void {
    this.#socket.send({ type: 'shell.output', shellId, seq, data, ...size });
  }

  #sendScreen(shellId: string, requestId: string): void {
    const session = this.#context.shells.session(shellId);
    const screen = session.snapshot();
    this.#socket.send({ type: 'shell.snapshot', requestId, shellId, ...screen });
    // The screen may be slightly behind the output that has already been sent.
    const missed = session.outputSince(screen.seq) ?? [];
    if (missed.length > 0) this.#sendMissed(shellId, missed, screen.seq);
  }

  #onOutput(shellId: string, chunk: OutputChunk): void {
    const { pump } = this.#socket;
    if (pump.canSend(shellId)) this.#sendChunk(shellId, chunk);
    else pump.whenDrained(shellId, () => this.#followed.has(shellId) && this.#sendScreen(shellId, ''));
  }
}
