/**
 * The logs that `convoy logs --follow` follows: their lines in order and each once, across lost connections and restarts of the console,
 * until their nodes have ended.
 */

import type { LogLine, LogSource, NodeView, ServerMessage } from '@convoy/console/protocol';
import { pause } from '@convoy/node/async';
import { CliError } from '../../errors.ts';
import { describeError } from '../../output.ts';
import type { LiveListener, LiveSocket, WelcomeMessage } from '../live-console.ts';

/** Options of `FollowedLogs`. Nodes are called by their ids. */
export interface FollowedLogsOptions {
  /** The logs to follow, each with the number of the last line that was printed. */
  readonly from: ReadonlyMap<string, number>;
  /** Also follows the nodes that the console launches from now on. */
  readonly isOpen: boolean;
  /** What is followed; `undefined` for the default of the console. */
  readonly source: LogSource | undefined;
  readonly print: (node: string, lines: readonly LogLine[]) => void;
  /** Called when a node has ended, and when its logger is not followed, or is followed again, with a sentence. */
  readonly onNote: (sentence: string) => void;
  /** Called when all logs have ended, or with the reason for which they cannot be followed. */
  readonly onDone: (error?: CliError) => void;
}

/** More lines than the console keeps of one log. */
const allLines = '100000';
/** The console collects lines for 40 ms, so those of a node that is gone may come after it. */
const lastLinesMs = 250;
/** After these nothing more is printed. */
const endings: ReadonlySet<string> = new Set(['stopped', 'crashed', 'failed'] satisfies NodeView['status'][]);

/** A listener of the live socket. */
export class FollowedLogs implements LiveListener {
  readonly #options: FollowedLogsOptions;
  /** The number of the last printed line, by node. */
  readonly #printed: Map<string, number>;
  readonly #ending = new Set<string>();
  /** Why the loggers of these nodes are not followed. */
  readonly #unavailable = new Map<string, string>();
  #socket: LiveSocket | undefined;

  constructor(options: FollowedLogsOptions) {
    this.#options = options;
    this.#printed = new Map(options.from);
  }

  onWelcome(socket: LiveSocket, { nodes }: WelcomeMessage): void {
    const isRestarted = this.#socket !== undefined && this.#socket.pid !== socket.pid;
    this.#socket = socket;
    const views = new Map(nodes.map((view) => [view.id, view]));
    for (const name of this.#printed.keys()) {
      const view = views.get(name);
      if (view === undefined) this.#end(name, `${name} is gone`);
      else if (isRestarted) void this.#followRestarted(view, socket);
      else this.#follow(view);
    }
    for (const view of nodes) this.#noteNode(view);
  }

  onMessage(message: ServerMessage): void {
    if (message.type === 'logs') this.#print(message.node, message.lines);
    if (message.type === 'logs.state') this.#noteState(message);
    if (message.type === 'node') this.#noteNode(message.node);
    if (message.type === 'node.gone') this.#end(message.name, `${message.name} is gone`);
    if (message.type === 'problem') this.#refuse(message.problem);
  }

  #noteNode(view: NodeView): void {
    const isNew = this.#options.isOpen && view.origin === 'launched' && !this.#printed.has(view.id);
    if (isNew && !this.#ending.has(view.id)) {
      this.#printed.set(view.id, 0);
      this.#follow(view);
    }
    if (!endings.has(view.status)) return;
    this.#end(view.id, view.problem?.message ?? `${view.id} has ${view.status}`, view);
  }

  #follow({ id }: NodeView): void {
    const { source } = this.#options;
    this.#socket?.send({ type: 'logs.follow', node: id, afterSeq: this.#printed.get(id) ?? 0, source });
  }

  /** A console that was restarted counts on, unless it has lost what it had. */
  async #followRestarted(view: NodeView, socket: LiveSocket): Promise<void> {
    const { id: name } = view;
    try {
      const [last] = await socket.ask('GET /api/nodes/:name/logs', {
        params: { name },
        query: { lines: '1' },
      });
      if ((last?.seq ?? 0) < (this.#printed.get(name) ?? 0)) this.#printed.set(name, 0);
    } catch (error) {
      // It was removed, or the console has ended.
      if (describeError(error).code === 'UNEXPECTED') throw error;
    }
    if (this.#socket === socket && this.#printed.has(name)) this.#follow(view);
  }

  #noteState({ node, state, problem }: Extract<ServerMessage, { type: 'logs.state' }>): void {
    const { onNote } = this.#options;
    const before = this.#unavailable.get(node);
    if (state === 'unavailable') {
      const message = problem?.message ?? `the logger of ${node} cannot be followed`;
      this.#unavailable.set(node, message);
      if (message !== before) onNote(message);
    } else if (this.#unavailable.delete(node)) {
      onNote(`the logger of ${node} is followed again`);
    }
  }

  #print(node: string, lines: readonly LogLine[]): void {
    const printed = this.#printed.get(node);
    if (printed === undefined) return;
    const fresh = lines.filter(({ seq }) => seq > printed);
    const last = fresh.at(-1);
    if (last === undefined) return;
    this.#printed.set(node, last.seq);
    this.#options.print(node, fresh);
  }

  /** Prints what is left of the log and follows it no longer. The log of a node that has ended is still there. */
  #end(name: string, sentence: string, ended?: NodeView): void {
    if (!this.#printed.has(name) || this.#ending.has(name)) return;
    this.#ending.add(name);
    const rest = ended === undefined ? pause(lastLinesMs) : this.#printRest(name);
    void rest.then(() => {
      this.#printed.delete(name);
      this.#options.onNote(sentence);
      if (this.#printed.size === 0 && !this.#options.isOpen) this.#options.onDone();
    });
  }

  async #printRest(name: string): Promise<void> {
    try {
      const lines = await this.#socket?.ask('GET /api/nodes/:name/logs', {
        params: { name },
        query: {
          lines: allLines,
          after: String(this.#printed.get(name) ?? 0),
          source: this.#options.source ?? 'output',
        },
      });
      this.#print(name, lines ?? []);
    } catch (error) {
      // It was removed, or the console has ended.
      if (describeError(error).code === 'UNEXPECTED') throw error;
    }
  }

  #refuse({ code, message, remedy }: Extract<ServerMessage, { type: 'problem' }>['problem']): void {
    this.#options.onDone(new CliError('CLI_CONSOLE_REFUSED', message, { remedy, reason: code }));
  }
}
