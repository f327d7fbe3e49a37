/** Traces calls on a node through the console that knows it. The trace belongs to the live socket of the command and ends with it. */

import type { ServerMessage, TraceEndView } from '@convoy/console/protocol';
import { CliError } from '../../errors.ts';
import type { ConsoleNode } from '../inspecting/inspect-node.ts';
import { followConsole, type LiveListener, type LiveSocket } from '../live-console.ts';
import type { TraceableNode, TraceListener, TraceWork } from './traceable-node.ts';

const requestId = 'trace';

/** The node with this id. */
export function throughConsole({ id, cluster }: ConsoleNode, dataDir: string | undefined): TraceableNode {
  return {
    node: id,
    cluster,
    async trace(work, listener, signal) {
      const trace = new ConsoleTrace(id, work, listener);
      const stop = (): void => trace.stop();
      signal.addEventListener('abort', stop, { once: true });
      try {
        signal.throwIfAborted();
        await followConsole(dataDir, trace, trace.done);
        return trace.end;
      } finally {
        signal.removeEventListener('abort', stop);
      }
    },
  };
}

class ConsoleTrace implements LiveListener {
  readonly #node: string;
  readonly #work: TraceWork;
  readonly #listener: TraceListener;
  readonly #done = new AbortController();
  #socket: LiveSocket | undefined;
  #traceId: string | undefined;
  #isStopped = false;
  #end: TraceEndView | undefined;

  constructor(node: string, work: TraceWork, listener: TraceListener) {
    this.#node = node;
    this.#work = work;
    this.#listener = listener;
  }

  /** Aborts when the trace has ended, or with the reason why there is none. */
  get done(): AbortSignal {
    return this.#done.signal;
  }

  get end(): TraceEndView {
    return this.#end ?? { reason: 'stopped', message: 'The trace was stopped before it began.' };
  }

  onWelcome(socket: LiveSocket): void {
    if (this.#socket !== undefined) {
      this.#finish({ reason: 'failed', message: 'The trace has ended with the connection to the console.' });
      return;
    }
    this.#socket = socket;
    const { function: name, maxCalls, maxMs, pids, withReturns } = this.#work;
    socket.send({
      type: 'trace.start',
      ...{ requestId, node: this.#node, function: name, maxCalls, withReturns },
      maxSeconds: maxMs / 1000,
      ...(pids === undefined ? {} : { pids: [...pids] }),
    });
  }

  onMessage(message: ServerMessage): void {
    switch (message.type) {
      case 'trace.started':
        this.#traceId = message.traceId;
        this.#listener.onStarted(message.arities);
        if (this.#isStopped) this.#sendStop();
        return;
      case 'trace.events':
        if (message.traceId === this.#traceId) this.#listener.onEvents(message.events);
        return;
      case 'trace.ended':
        if (message.traceId === this.#traceId) this.#finish(message.end);
        return;
      case 'problem':
        this.#refuse(message.problem);
        return;
      default:
    }
  }

  /** Stops the trace. Without one, as while it begins on a busy node, the command ends at once, and with it the trace. */
  stop(): void {
    this.#isStopped = true;
    if (this.#traceId === undefined) this.#done.abort();
    else this.#sendStop();
  }

  #sendStop(): void {
    if (this.#traceId !== undefined) this.#socket?.send({ type: 'trace.stop', traceId: this.#traceId });
  }

  #finish(end: TraceEndView): void {
    this.#end = end;
    this.#done.abort();
  }

  #refuse({ code, message, remedy }: Extract<ServerMessage, { type: 'problem' }>['problem']): void {
    this.#done.abort(new CliError('CLI_CONSOLE_REFUSED', message, { remedy, reason: code }));
  }
}
