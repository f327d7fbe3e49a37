/**
 * The process that is the group leader of a shell: it answers every request of the I/O protocol, so that nobody on the
 * node waits for ever. Output is served at once, however much input is waited for. Knows nothing of terminals: text goes
 * to and comes from the session (session/).
 */
import type { Node, Process } from '@convoy/node';
import { atom, atomName, type Pid, type Reference, type Term, termKey, Tuple } from '@convoy/node/etf';
import { chardataToText } from './io/chardata.ts';
import { InputRequests } from './io/input-requests.ts';
import type { InputView } from './io/input-view.ts';
import { applyOptions, defaultIoOptions, type IoOptions, reportOptions } from './io/io-options.ts';
import {
  type InputRequest,
  ioError,
  isIoError,
  ioReply,
  type IoMessage,
  type IoRequest,
  parseIoMessage,
} from './io/io-protocol.ts';
import type { PromptRules } from './io/prompt-rules.ts';
import type { CallRemote } from './io/remote-calls.ts';
import {
  anchorAttach,
  anchorEnd,
  anchorLink,
  type AnchorMessage,
  anchorReply,
  parseAnchorMessage,
} from './io/anchor-messages.ts';
import { AnchoredRequests } from './io/anchored-requests.ts';

export interface GroupLeaderOptions {
  readonly node: Node;
  readonly callRemote: CallRemote;
  /** Whether the node is connected. */
  readonly isReachable: (node: string) => boolean;
  readonly geometry: () => { readonly columns: number; readonly rows: number };
  /** Takes output. A promise holds the reply back, and with it the process that prints. */
  readonly print: (text: string) => void | Promise<void>;
  readonly onInput: (input: InputView | undefined) => void;
  /** The exit signal of a linked process, e.g. of the shell. */
  readonly onExit: (from: Pid, reason: Term) => void;
  /** The anchor is gone; `isLost`: or only out of reach, as its node is. */
  readonly onAnchorDown: (isLost: boolean) => void;
  /** The anchor has us again. */
  readonly onAttached: () => void;
}

/** Most requests being served at once. Each process of a node has one at a time. */
const maxOpenRequests = 10_000;
const ok = atom('ok');

const noShellYet: PromptRules = {
  isShellPrompt: () => false,
  isContinuation: () => false,
  continuationPrompt: (prompt) => prompt,
};

export class GroupLeader {
  readonly pid: Pid;
  readonly inputs: InputRequests;
  /** Set as soon as it is known what shell this is for. */
  rules: PromptRules = noShellYet;
  readonly #settings: GroupLeaderOptions;
  #options: IoOptions = defaultIoOptions;
  #self: Process | undefined;
  #isEnding = false;
  readonly #endMark: Reference;
  #openRequests = 0;
  /** Output that waits for its text from a node, by node: later output of that node waits behind it. */
  readonly #formatting = new Map<string, Promise<unknown>>();
  /** Monitors of processes whose input requests are open. */
  readonly #monitors = new Map<string, { readonly pid: Pid; readonly request: InputRequest }>();
  #anchor: { readonly pid: Pid; monitor: Reference | undefined } | undefined;
  readonly #anchored = new AnchoredRequests();

  constructor(settings: GroupLeaderOptions) {
    this.#settings = settings;
    this.#endMark = settings.node.makeRef();
    this.inputs = new InputRequests({
      callRemote: settings.callRemote,
      options: () => this.#options,
      rules: () => this.rules,
      // Only an anchor waits for us to be back.
      isReachable: (node) => node !== this.#anchor?.pid.node || settings.isReachable(node),
      onChange: settings.onInput,
    });
    this.pid = settings.node.spawnServer({
      onMessage: (self, message) => this.#receive(self, message),
      onExitSignal: (self, from, reason) => {
        this.#self = self;
        settings.onExit(from, reason);
      },
    });
    // The first message brings the handle of the process.
    settings.node.send(this.pid, atom('start'));
  }

  /** Serves an anchor from now on, and watches it. */
  useAnchor(pid: Pid): void {
    this.#anchor = { pid, monitor: this.#self?.monitor(pid) };
  }

  /** Tells the anchor that we are back; it answers, and sends again what is open. */
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

  exitSignal(pid: Pid, reason: string): void {
    this.#self?.exitSignal(pid, atom(reason));
  }

  exitLinked(pid: Pid, reason: string): void {
    if (this.#anchor === undefined) this.#self?.exitLinked(pid, atom(reason));
    else this.#endAnchor(reason);
  }

  /** Ends the process; requests that are open are answered as a terminal that was closed does. */
  end(): void {
    this.#isEnding = true;
    this.inputs.drop(() => true);
    // The answers go out in this turn, before the process ends.
    setImmediate(() => {
      this.#endAnchor('normal');
      this.#settings.node.send(this.pid, this.#endMark);
    });
  }

  /** One that is out of reach ends by itself. */
  #endAnchor(reason: string): void {
    const anchor = this.#anchor;
    if (anchor?.monitor === undefined) return;
    this.#self?.demonitor(anchor.monitor, { flush: true });
    anchor.monitor = undefined;
    this.#self?.send(anchor.pid, anchorEnd(reason));
  }

  #receive(self: Process, message: Term): void {
    this.#self = self;
    const request = parseIoMessage(message);
    const anchored = request === undefined ? parseAnchorMessage(message) : undefined;
    if (request !== undefined) {
      void this.#serve(request, (reply) => self.send(request.from, ioReply(request.replyAs, reply)));
    } else if (anchored !== undefined) this.#receiveAnchored(self, anchored);
    else if (message instanceof Tuple) this.#monitoredDown(message);
    else if (this.#isEnding && message === this.#endMark) self.exit(atom('normal'));
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
    const again = this.#anchored.replyOf(number);
    if (again !== undefined) return self.send(anchor, anchorReply(number, again));
    const request = this.#anchored.begin(message);
    if (request === undefined) return;
    void this.#serve({ from, request }, (reply) => {
      const isReachable = this.#settings.isReachable(anchor.node);
      this.#anchored.finish(number, reply, isReachable);
      if (isReachable) self.send(anchor, anchorReply(number, reply));
    });
  }

  async #serve(message: Omit<IoMessage, 'replyAs'>, send: (reply: Term) => void): Promise<void> {
    const answer = (reply: Term): void => {
      if (this.#self?.signal.aborted === false) send(reply);
    };
    if (this.#openRequests >= maxOpenRequests) return answer(ioError(atom('system_limit')));
    this.#openRequests += 1;
    try {
      answer(await this.#perform(message.request, message.from));
    } finally {
      this.#openRequests -= 1;
    }
  }

  #perform(request: IoRequest, from: Pid): Term | Promise<Term> {
    switch (request.kind) {
      case 'put_chars':
        return this.#afterFormatting(from, () => this.#put(request, request.chars));
      case 'put_chars_of_call':
        return this.#formatAndPut(request, from);
      case 'requests':
        return this.#performAll(request.requests, from);
      case 'get_line':
      case 'get_chars':
      case 'get_until':
      case 'get_password':
        return this.#ask(request, from);
      case 'setopts':
        return this.#setOptions(request.options);
      case 'getopts':
        return reportOptions(this.#options);
      case 'get_geometry':
        return this.#settings.geometry()[request.axis];
      case 'unknown':
        return ioError(atom('request'));
    }
  }

  /** Several requests count as one: the answer of the first that fails, else of the last. */
  async #performAll(requests: readonly IoRequest[], from: Pid): Promise<Term> {
    let reply: Term = ok;
    for (const request of requests) {
      reply = await this.#perform(request, from);
      if (isIoError(reply)) return reply;
    }
    return reply;
  }

  #afterFormatting(from: Pid, put: () => Term | Promise<Term>): Term | Promise<Term> {
    const before = this.#formatting.get(from.node);
    return before === undefined ? put() : before.then(put);
  }

  /** `io:format` of a process elsewhere: its node has to format, because its funs and records are there. */
  async #formatAndPut(request: IoRequest & { kind: 'put_chars_of_call' }, from: Pid): Promise<Term> {
    const failed = ioError(atom(request.function));
    const { module, function: fn, args } = request;
    const chars = this.#settings.callRemote({ node: from.node, module, function: fn, args });
    const before = this.#formatting.get(from.node);
    const turn = Promise.allSettled([before, chars]);
    this.#formatting.set(from.node, turn);
    const [, formatted] = await turn;
    if (this.#formatting.get(from.node) === turn) this.#formatting.delete(from.node);
    if (formatted.status === 'rejected') return failed;
    const reply = await this.#put(request, formatted.value);
    return reply === ok ? ok : failed;
  }

  async #put(request: IoRequest & { kind: 'put_chars' | 'put_chars_of_call' }, chars: Term): Promise<Term> {
    const { encoding } = request;
    const text = chardataToText(chars, encoding);
    if (text === undefined) return ioError(new Tuple([atom('put_chars'), atom(encoding), chars]));
    await this.#settings.print(text);
    return ok;
  }

  /** A process that asks may be killed before it is answered: its request is void then. */
  async #ask(request: InputRequest, from: Pid): Promise<Term> {
    const self = this.#self;
    // An anchor watches those whose requests it passes on.
    const monitor = from.node === this.#anchor?.pid.node ? undefined : self?.monitor(from);
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
      return this.#settings.onAnchorDown(atomName(message.at(4)) === 'noconnection');
    }
    const asked = this.#monitors.get(key);
    if (asked === undefined) return;
    this.#monitors.delete(key);
    this.inputs.drop((_, request) => request === asked.request);
  }

  #setOptions(changes: Term): Term {
    const options = applyOptions(this.#options, changes);
    if (options === undefined) return ioError(atom('enotsup'));
    this.#options = options;
    return ok;
  }
}
