/** The traces of one socket: starts and stops them, sends their events, and ends them when the socket is closed. */

import { randomUUID } from 'node:crypto';
import type { TraceEnd, TraceEvent } from '@convoy/cluster/inspect';
import type { AuditActor } from '../audit/audit-log.ts';
import { ConsoleError } from '../errors.ts';
import type { ClientMessage, ServerMessage, TraceStartMessage } from '../protocol/index.ts';
import type { TraceHost, TraceViewer } from './trace-host.ts';

/** The socket, as traces use it. */
export interface TraceSocket {
  readonly actor: AuditActor;
  /** Flow control: live/output-pump.ts. */
  readonly pump: {
    canSend(key: string): boolean;
    whenDrained(key: string, resync: () => void): void;
    forget(key: string): void;
  };
  send(message: ServerMessage): void;
}

/** The traces of one socket. */
export class SocketTraces {
  readonly #host: TraceHost;
  readonly #socket: TraceSocket;
  readonly #closing = new AbortController();
  /** What stops each trace. */
  readonly #stops = new Map<string, () => void>();

  constructor(host: TraceHost, socket: TraceSocket) {
    this.#host = host;
    this.#socket = socket;
  }

  async start({ requestId, type: _type, ...asked }: TraceStartMessage): Promise<void> {
    const traceId = randomUUID();
    const viewer = new SocketViewer(this.#socket, traceId, () => this.#stops.delete(traceId));
    const { signal } = this.#closing;
    try {
      const { function: name, arities, stop } = await this.#host.start({ ...asked, signal }, viewer);
      this.#stops.set(traceId, stop);
      const { node } = asked;
      this.#socket.send({
        type: 'trace.started',
        requestId,
        traceId,
        node,
        function: name,
        arities: [...arities],
      });
      viewer.open();
    } catch (error) {
      // A closed socket waits for no answer.
      if (!signal.aborted) throw error;
    }
  }

  /** Throws CONSOLE_NOT_FOUND. */
  stop({ traceId }: Extract<ClientMessage, { type: 'trace.stop' }>): void {
    const stop = this.#stops.get(traceId);
    if (stop !== undefined) return stop();
    throw new ConsoleError('CONSOLE_NOT_FOUND', `this socket has no trace ${traceId.slice(0, 64)}`, {
      remedy: 'The trace has ended.',
    });
  }

  /** Ends all traces. */
  close(): void {
    this.#closing.abort(new Error('the socket was closed'));
  }
}

/** Events that wait for a slow reader. More are dropped, and counted. */
const maxWaiting = 5000;

/**
 * Sends a trace to a socket. What comes before `open` is sent then: the page learns first that the trace has begun. For a reader that is
 * slow, events wait.
 */
class SocketViewer implements TraceViewer {
  readonly actor: AuditActor;
  readonly #socket: TraceSocket;
  readonly #traceId: string;
  readonly #onEnd: () => void;
  #early: (() => void)[] | undefined = [];
  #waiting: TraceEvent[] = [];
  #dropped = 0;

  constructor(socket: TraceSocket, traceId: string, onEnd: () => void) {
    this.actor = socket.actor;
    this.#socket = socket;
    this.#traceId = traceId;
    this.#onEnd = onEnd;
  }

  open(): void {
    const early = this.#early ?? [];
    this.#early = undefined;
    for (const work of early) work();
  }

  takeEvents(events: readonly TraceEvent[]): void {
    this.#do(() => {
      const room = Math.max(0, maxWaiting - this.#waiting.length);
      this.#waiting.push(...events.slice(0, room));
      this.#dropped += Math.max(0, events.length - room);
      if (this.#socket.pump.canSend(this.#key)) this.#sendEvents();
      else this.#socket.pump.whenDrained(this.#key, () => this.#sendEvents());
    });
  }

  takeEnd(end: TraceEnd): void {
    this.#do(() => {
      this.#onEnd();
      this.#socket.pump.forget(this.#key);
      this.#sendEvents();
      const dropped = this.#dropped === 0 ? end.dropped : (end.dropped ?? 0) + this.#dropped;
      const whole = { ...end, ...(dropped === undefined ? {} : { dropped }) };
      this.#socket.send({ type: 'trace.ended', traceId: this.#traceId, end: whole });
    });
  }

  get #key(): string {
    return `trace ${this.#traceId}`;
  }

  #sendEvents(): void {
    const events = this.#waiting;
    this.#waiting = [];
    if (events.length > 0) this.#socket.send({ type: 'trace.events', traceId: this.#traceId, events });
  }

  #do(work: () => void): void {
    if (this.#early === undefined) work();
    else this.#early.push(work);
  }
}
