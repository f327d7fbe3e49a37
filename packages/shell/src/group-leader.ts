/**
 * The group leader process of a shell: it answers every request of the I/O protocol, so that no process on the node waits
 * forever. Output is served immediately, even while input is pending. It serves only the shell's node: requests from other
 * nodes are refused, and functions in requests run on the shell's node, regardless of the sender they name. It knows
 * nothing about terminals: text goes to and comes from the session (session/).
 */

import { AsyncLocalStorage } from 'node:async_hooks';
import type { Node, Process } from '@convoy/node';
import { atom, atomName, type Pid, type Reference, type Term, termKey, Tuple } from '@convoy/node/etf';
import { InputRequests } from './io/input-requests.ts';
import type { InputView } from './io/input-view.ts';
import type { IoOptions } from './io/io-options.ts';
import { IoRequests } from './io/io-requests.ts';
import { type InputRequest, ioError, ioReply, type IoMessage, parseIoMessage } from './io/io-protocol.ts';
import type { OutputPainter } from './io/output-painter.ts';
import type { PromptRules } from './io/prompt-rules.ts';
import type { CallRemote } from './io/remote-calls.ts';
import {
  anchorAttach,
  anchorEnd,
  anchorLink,
  type AnchorMessage,
  anchorReply,
  anchorSignal,
  parseAnchorMessage,
} from './io/anchor-messages.ts';
import { AnchoredRequests } from './io/anchored-requests.ts';

export interface GroupLeaderOptions {
  readonly node: Node;
  /** The node the shell is on. */
  readonly target: string;
  /** Calls functions on the target. */
  readonly callRemote: CallRemote;
  /** Whether the target is connected. */
  readonly isReachable: () => boolean;
  readonly geometry: () => { readonly columns: number; readonly rows: number };
  /** Receives output. A returned promise delays the reply, and thereby the printing process. */
  readonly print: (text: string) => void | Promise<void>;
  readonly onInput: (input: InputView | undefined) => void;
  /** Called for the exit signal of a linked process, e.g. of the shell. */
  readonly onExit: (from: Pid, reason: Term) => void;
  /** The anchor has ended, or the connection to its node was lost. */
  readonly onAnchorDown: (cause: 'connection-lost' | 'ended') => void;
  /** The process ended without a call of `end()`: its node killed it, or it failed. */
  readonly onDied: () => void;
  /** The anchor is attached again. */
  readonly onAttached: () => void;
  /** An internal error while serving a request. */
  readonly onFault: (error: unknown) => void;
}

const noShellYet: PromptRules = {
  isShellPrompt: () => false,
  isContinuation: () => false,
  continuationPrompt: (prompt) => prompt,
};

export class GroupLeader {
  readonly pid: Pid;
  readonly inputs: InputRequests;
  /** Set as soon as the kind of the shell is known. */
  rules: PromptRules = noShellYet;
  /** Set as soon as the kind of the shell is known, if its output is coloured here. */
  painter: OutputPainter | undefined;
  readonly #settings: GroupLeaderOptions;
  #self: Process | undefined;
  #isEnding = false;
  #hasLeft = false;
  readonly #endMark: Reference;
  /** Monitors of processes whose input requests are open. */
  readonly #monitors = new Map<string, { readonly pid: Pid; readonly request: InputRequest }>();
  #anchor: { readonly pid: Pid; monitor: Reference | undefined } | undefined;
  readonly #anchored = new AnchoredRequests();
  readonly #requests: IoRequests;

  constructor(settings: GroupLeaderOptions) {
    this.#settings = settings;
    this.#endMark = settings.node.processes.makeRef();
    this.#requests = new IoRequests({
      callRemote: settings.callRemote,
      geometry: settings.geometry,
      print: settings.print,
      painter: () => this.painter,
      ask: (request, from) => this.#ask(request, from),
    });
    this.inputs = new InputRequests({
      callRemote: settings.callRemote,
      options: () => this.#requests.options,
      rules: () => this.rules,
      // Only an anchor waits for this node to reconnect.
      isReachable: () => this.#anchor === undefined || settings.isReachable(),
      onChange: settings.onInput,
    });
    // Work started by requests belongs to the async context that opened the shell, not to that of their connection.
    const inOwnContext = AsyncLocalStorage.snapshot();
    this.pid = settings.node.spawnServer(
      {
        onMessage: (self, message) => inOwnContext(() => this.#take(self, message)),
        onExitSignal: (self, from, reason) => {
          this.#self = self;
          settings.onExit(from, reason);
        },
        onTerminate: () => {
          this.#self = undefined;
          if (!this.#isEnding) settings.onDied();
        },
      },
      { ownerNode: settings.target },
    );
    // The first message provides the handle of the process.
    settings.node.send(this.pid, atom('start'));
  }

  /** Serves an anchor from now on, and monitors it. */
  useAnchor(pid: Pid): void {
    this.#anchor = { pid, monitor: this.#self?.monitor(pid) };
  }

  /** The anchor that is served, if there is one. */
  get anchor(): Pid | undefined {
    return this.#anchor?.pid;
  }

  /** What the shell has set by `setopts`. */
  get options(): IoOptions {
    return this.#requests.options;
  }

  /** Serves an anchor that an earlier group leader with these options has left. `onAttached` follows, then its open requests. */
  takeOver(pid: Pid, options: IoOptions): void {
    this.#requests.options = options;
    this.#anchor = { pid, monitor: undefined };
    this.attach();
  }

  /**
   * Leaves the anchor, which waits for another group leader once the connection to its node is lost. Until then nothing is served,
   * so that nothing is lost. The process ends with its node.
   */
  leave(): void {
    this.#hasLeft = true;
    this.#isEnding = true;
  }

  /** Tells the anchor that this node has reconnected; it answers, and resends its open requests. */
  attach(): void {
    const anchor = this.#anchor;
    if (anchor === undefined) return;
    anchor.monitor = this.#self?.monitor(anchor.pid);
    this.#self?.send(anchor.pid, anchorAttach(this.pid));
  }

  link(pid: Pid): void {
    if (this.#anchor === undefined) this.#self?.link(pid);
    else this.#self?.send(this.#anchor.pid, anchorLink(pid));
  }

  /**
   * Sends an exit signal through the anchor, after the answers that it forwards: an interrupt that overtakes the line it is
   * meant for would arrive before the evaluation starts, and have no effect.
   */
  exitSignal(pid: Pid, reason: string): void {
    const send = (): void => {
      const anchor = this.#anchor;
      if (anchor?.monitor === undefined) this.#self?.exitSignal(pid, atom(reason));
      else this.#self?.send(anchor.pid, anchorSignal(pid, reason));
    };
    // An answer that was given in this turn is also sent in this turn.
    if (this.#anchor?.monitor === undefined) send();
    else setImmediate(send);
  }

  exitLinked(pid: Pid, reason: string): void {
    if (this.#anchor === undefined) this.#self?.exitLinked(pid, atom(reason));
    else this.#endAnchor(reason);
  }

  /** Ends the process; open requests are answered as by a closed terminal. */
  end(): void {
    this.#isEnding = true;
    this.inputs.drop(() => true);
    // The answers are sent in this turn, before the process ends.
    setImmediate(() => {
      this.#endAnchor('normal');
      this.#settings.node.send(this.pid, this.#endMark);
    });
  }

  /** Ends the anchor; one that cannot be reached ends by itself. */
  #endAnchor(reason: string): void {
    const anchor = this.#anchor;
    if (anchor?.monitor === undefined) return;
    this.#self?.demonitor(anchor.monitor, { flush: true });
    anchor.monitor = undefined;
    this.#self?.send(anchor.pid, anchorEnd(reason));
  }

  #take(self: Process, message: Term): void {
    try {
      this.#receive(self, message);
    } catch (error) {
      if (!this.#isEnding) this.#settings.onFault(error);
      throw error;
    }
  }

  #receive(self: Process, message: Term): void {
    this.#self = self;
    if (this.#hasLeft) return;
    const { node, target } = this.#settings;
    if (self.peer === node.name) this.#receiveOwn(self, message);
    if (self.peer === target) this.#receiveFromTarget(self, message);
    else if (self.peer !== node.name) this.#refuse(self, message);
  }

  /** Handles messages of this node: a lost connection, and the end. */
  #receiveOwn(self: Process, message: Term): void {
    if (message instanceof Tuple) this.#monitoredDown(message);
    else if (this.#isEnding && message === this.#endMark) self.exit(atom('normal'));
  }

  #receiveFromTarget(self: Process, message: Term): void {
    const request = parseIoMessage(message);
    const anchored = request === undefined ? parseAnchorMessage(message) : undefined;
    if (anchored !== undefined) return this.#receiveAnchored(self, anchored);
    if (request === undefined) return message instanceof Tuple ? this.#monitoredDown(message) : undefined;
    const { target } = this.#settings;
    const answer = (reply: Term): void => self.answer(target, request.from, ioReply(request.replyAs, reply));
    this.#serve(request, answer).catch(this.#settings.onFault);
  }

  /** A process on another node learned our pid: it gets an error, so that it does not wait. */
  #refuse(self: Process, message: Term): void {
    const request = parseIoMessage(message);
    if (request !== undefined) {
      self.answer(self.peer, request.from, ioReply(request.replyAs, ioError(atom('enotsup'))));
    }
  }

  #receiveAnchored(self: Process, message: AnchorMessage): void {
    switch (message.kind) {
      case 'request':
        return this.#serveAnchored(self, message);
      case 'gone':
        return this.inputs.drop((_, asked) => this.#anchored.isPartOf(asked, message.number));
      case 'exit':
        return this.#settings.onExit(message.pid, message.reason);
      case 'attached':
        return this.#settings.onAttached();
    }
  }

  #serveAnchored(self: Process, message: AnchorMessage & { kind: 'request' }): void {
    const { anchor, number, from } = message;
    const { target, isReachable } = this.#settings;
    const reply = (term: Term): void => self.answer(target, anchor, anchorReply(number, term));
    const again = this.#anchored.replyOf(number);
    if (again !== undefined) return reply(again);
    const request = this.#anchored.begin(message);
    if (request === undefined) return;
    const answer = (term: Term): void => {
      this.#anchored.finish(number, term, { isReachable: isReachable() });
      reply(term);
    };
    this.#serve({ from, request }, answer).catch(this.#settings.onFault);
  }

  async #serve(message: Omit<IoMessage, 'replyAs'>, send: (reply: Term) => void): Promise<void> {
    const reply = await this.#requests.serve(message);
    if (this.#self?.signal.aborted === false && !this.#hasLeft) send(reply);
  }

  /** Asks the user. The requesting process may be killed before it gets an answer, which voids its request. */
  async #ask(request: InputRequest, from: Pid): Promise<Term> {
    const self = this.#self;
    // An anchor monitors the processes whose requests it forwards; they may be on a node that we must not contact.
    const isOurs = this.#anchor === undefined && from.node === this.#settings.target;
    const monitor = isOurs ? self?.monitor(from) : undefined;
    if (monitor !== undefined) this.#monitors.set(termKey(monitor), { pid: from, request });
    const reply = await this.inputs.open(from, request);
    if (monitor !== undefined && this.#monitors.delete(termKey(monitor)) && self?.signal.aborted === false) {
      self.demonitor(monitor, { flush: true });
    }
    return reply;
  }

  #monitoredDown(message: Tuple): void {
    if (atomName(message.at(0)) !== 'DOWN') return;
    const key = termKey(message.at(1));
    const anchor = this.#anchor;
    if (anchor?.monitor !== undefined && termKey(anchor.monitor) === key) {
      anchor.monitor = undefined;
      return this.#settings.onAnchorDown(
        atomName(message.at(4)) === 'noconnection' ? 'connection-lost' : 'ended',
      );
    }
    const asked = this.#monitors.get(key);
    if (asked === undefined) return;
    this.#monitors.delete(key);
    this.inputs.drop((_, request) => request === asked.request);
  }
}
