/**
 * A live socket. It accepts the ticket first, then messages; each is checked against its schema, the rate limits and the
 * validity of its session. An invalid message is answered with `problem`; exceeding a limit closes the socket.
 */

import { ConvoyError } from '@convoy/node';
import type { RawData, WebSocket } from 'ws';
import { auditProblem } from '../audit/audit-log.ts';
import type { Actor } from '../auth/gatekeeper.ts';
import { Bucket } from '../auth/throttle.ts';
import { parseBoundedJson } from '../bounded-json.ts';
import { checked, ConsoleError, problemOf } from '../errors.ts';
import type { FaultScope } from '../fault-boundary.ts';
import {
  type ClientMessage,
  clientMessageSchema,
  type ClusterView,
  type ServerMessage,
  type ShellView,
} from '../protocol/index.ts';
import { strangerBytes } from './incoming-bytes.ts';
import { shownJson } from '../shown-json.ts';
import type { LiveContext } from './live-context.ts';
import { LogSubscriptions } from './log-subscriptions.ts';
import type { NodeChanges } from '../nodes/node-registry.ts';
import { OutputPump } from './output-pump.ts';
import { ShellAttachments } from '../shells/shell-attachments.ts';
import { SocketTraces } from '../tracing/socket-traces.ts';

const helloMs = 10_000;
const messageLimits = { burst: 500, perSecond: 200 };
const byteLimits = { burst: 8_388_608, perSecond: 1_048_576 };
/** A reader this far behind is disconnected. It reconnects and receives the whole state again. */
const maxUnsentBytes = 33_554_432;

/** Close codes that a page handles. */
export const closeCodes = { tooMuch: 1008, goingAway: 1001, failed: 1011, loggedOut: 4401 } as const;

interface Greeted {
  readonly actor: Actor;
  readonly shells: ShellAttachments;
  readonly logs: LogSubscriptions;
  readonly traces: SocketTraces;
}

/** One live socket. */
export class LiveSocket {
  readonly #socket: WebSocket;
  readonly #context: LiveContext;
  readonly #pump: OutputPump;
  readonly #messages = new Bucket(messageLimits, Date.now());
  readonly #bytes = new Bucket(byteLimits, Date.now());
  readonly #helloTimer: NodeJS.Timeout;
  /** A page whose socket is closed reconnects and receives the whole state again. */
  readonly #scope: FaultScope = {
    kind: 'socket',
    name: 'a live socket',
    end: () => this.close(closeCodes.failed, 'an error inside the console'),
  };
  readonly #onLogout = (): void => this.close(closeCodes.loggedOut, 'logged out');
  #greeted: Greeted | undefined;
  #actor: Actor | undefined;
  /** Settles when `hello` has been answered. Messages that arrive earlier wait for it. */
  #greeting: Promise<void> | undefined;

  constructor(socket: WebSocket, context: LiveContext) {
    this.#socket = socket;
    this.#context = context;
    const { faults } = context;
    this.#pump = new OutputPump(socket, (work) => faults.run(this.#scope, work));
    this.#helloTimer = setTimeout(() => this.close(closeCodes.loggedOut, 'no hello received'), helloMs);
    socket.on('message', (data: RawData, isBinary: boolean) =>
      faults.run(this.#scope, () => this.#receive(data, isBinary)),
    );
    socket.on('error', (error) => context.logger.info({ err: error }, 'a live socket failed'));
    socket.on('close', () => faults.run(this.#scope, () => this.#cleanUp()));
  }

  /** Whether the socket is not authenticated yet. */
  get isStranger(): boolean {
    return this.#actor === undefined;
  }

  /** Closes the socket. */
  close(code: number, reason: string): void {
    this.#socket.close(code, reason);
  }

  notifyNodes(changes: NodeChanges): void {
    this.#context.faults.run(this.#scope, () => this.#notifyNodes(changes));
  }

  #notifyNodes({ changed, replaced, gone }: NodeChanges): void {
    if (this.#greeted === undefined) return;
    for (const name of replaced) {
      this.#greeted.logs.unfollow(name);
      this.#send({ type: 'node.gone', name, isRelaunched: true });
    }
    for (const node of changed) this.#send({ type: 'node', node });
    for (const name of gone) {
      this.#greeted.logs.unfollow(name);
      this.#send({ type: 'node.gone', name });
    }
  }

  /** Sends a cluster that was added or has changed. */
  notifyCluster(cluster: ClusterView): void {
    this.#tell({ type: 'cluster', cluster });
  }

  /** Tells that a cluster is gone. */
  notifyClusterGone(id: string): void {
    this.#tell({ type: 'cluster.gone', id });
  }

  #tell(message: ServerMessage): void {
    this.#context.faults.run(this.#scope, () => {
      if (this.#greeted !== undefined) this.#send(message);
    });
  }

  /** Sends whether the audit log can be written. */
  notifyAudit(): void {
    if (this.#greeted === undefined) return;
    const { audit, faults } = this.#context;
    const problem = audit.failure && auditProblem(audit.failure);
    faults.run(this.#scope, () => this.#send({ type: 'audit', problem }));
  }

  notifyShell(shell: ShellView): void {
    this.#tell({ type: 'shell', shell });
  }

  notifyShellClosed(shellId: string, reason: string): void {
    this.#context.faults.run(this.#scope, () => {
      this.#greeted?.shells.forget(shellId);
      if (this.#greeted !== undefined) this.#send({ type: 'shell.closed', shellId, reason });
    });
  }

  #send(message: ServerMessage): void {
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    this.#socket.send(shownJson(message));
    if (this.#socket.bufferedAmount > maxUnsentBytes) this.#socket.terminate();
  }

  async #receive(data: RawData, isBinary: boolean): Promise<void> {
    if (this.isStranger && sizeOf(data) > strangerBytes) {
      this.close(closeCodes.tooMuch, 'too many bytes before hello');
      return;
    }
    const text = Buffer.isBuffer(data) ? data.toString('utf8') : '';
    const now = Date.now();
    if (isBinary || !this.#messages.take(1, now) || !this.#bytes.take(text.length, now)) {
      this.close(closeCodes.tooMuch, isBinary ? 'only text messages are allowed' : 'too many messages');
      return;
    }
    let requestId: string | undefined;
    try {
      const message = parseMessage(text);
      requestId = 'requestId' in message ? message.requestId : undefined;
      await this.#accept(message);
    } catch (error) {
      this.#refuse(error, requestId);
    }
  }

  async #accept(message: ClientMessage): Promise<void> {
    if (this.#greeting === undefined) {
      this.#greeting = this.#greet(message);
      await this.#greeting;
      return;
    }
    await this.#greeting.catch(() => undefined);
    // After a refused `hello` the socket is closing.
    if (this.#greeted !== undefined) await this.#obey(message, this.#greeted);
  }

  #refuse(error: unknown, requestId: string | undefined): void {
    const problem = problemOf(error);
    this.#send({ type: 'problem', requestId, problem });
    if (problem.code === 'CONSOLE_UNAUTHORIZED') this.close(closeCodes.loggedOut, 'not logged in');
    // After an internal error the state of the socket is unknown.
    if (!(error instanceof ConvoyError)) throw error;
  }

  async #greet(message: ClientMessage): Promise<void> {
    const { gatekeeper, registry, others, clusters, shells } = this.#context;
    if (message.type !== 'hello') {
      throw new ConsoleError('CONSOLE_UNAUTHORIZED', 'the first message must be `hello` with a ticket', {
        remedy: 'Request a ticket by POST /api/tickets and send it first.',
      });
    }
    const actor = gatekeeper.redeemTicket(message.ticket);
    clearTimeout(this.#helloTimer);
    this.#actor = actor;
    actor.session?.onEnd.add(this.#onLogout);
    const info = await this.#context.info();
    // The socket may have closed, or its session ended, in the meantime.
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    const send = (answer: ServerMessage): void => this.#send(answer);
    this.#greeted = {
      actor,
      shells: new ShellAttachments(this.#context, { actor, pump: this.#pump, send }),
      logs: new LogSubscriptions(this.#context, { pump: this.#pump, send, socket: this.#scope }),
      traces: new SocketTraces(this.#context.traces, { actor, pump: this.#pump, send }),
    };
    const nodes = [...registry.views(), ...others.views()];
    const state = { nodes, clusters: clusters.views(), shells: shells.views() };
    this.#send({ type: 'welcome', info, ...state });
    if (this.#context.audit.failure !== undefined) this.notifyAudit();
  }

  #obey(message: ClientMessage, { actor, shells, logs, traces }: Greeted): Promise<void> | void {
    if (!this.#context.gatekeeper.isCurrent(actor)) {
      throw new ConsoleError('CONSOLE_UNAUTHORIZED', 'the session has ended', { remedy: 'Log in again.' });
    }
    switch (message.type) {
      case 'hello':
        throw new ConsoleError('CONSOLE_BAD_REQUEST', '`hello` was already sent', {
          remedy: 'Send it once, as the first message.',
        });
      case 'ping':
        return this.#send({ type: 'pong', sentAt: message.sentAt });
      case 'logs.follow':
        this.#context.others.checkOwn(message.node);
        return logs.follow(message);
      case 'logs.unfollow':
        return logs.unfollow(message.node);
      case 'shell.open':
        this.#context.others.checkOwn(message.node);
        return shells.open(message);
      case 'shell.attach':
        return shells.attach(message);
      case 'shell.input':
        return shells.input(message);
      case 'shell.resize':
        return shells.resize(message);
      case 'shell.detach':
        return shells.forget(message.shellId);
      case 'shell.interrupt':
        return shells.interrupt(message);
      case 'shell.close':
        return shells.end(message);
      case 'trace.start':
        this.#context.others.checkOwn(message.node);
        return traces.start(message);
      case 'trace.stop':
        return traces.stop(message);
    }
  }

  #cleanUp(): void {
    clearTimeout(this.#helloTimer);
    this.#greeted?.logs.close();
    this.#pump.close();
    this.#greeted?.shells.close();
    this.#greeted?.traces.close();
    this.#actor?.session?.onEnd.delete(this.#onLogout);
  }
}

function sizeOf(data: RawData): number {
  return Buffer.isBuffer(data) || data instanceof ArrayBuffer ? data.byteLength : Infinity;
}

function parseMessage(text: string): ClientMessage {
  return checked(clientMessageSchema, parseBoundedJson(text, 'the message'), 'the message');
}
