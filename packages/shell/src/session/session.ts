/**
 * A shell session: opens a shell on a node with a local process as its group leader, and runs the effects of the reducer in
 * session-step.ts. It does not know the viewers attached to it.
 */

import { randomUUID } from 'node:crypto';
import type { Node } from '@convoy/node';
import { type Pid, type Term, termKey } from '@convoy/node/etf';
import { GroupLeader } from '../group-leader.ts';
import type { InputView } from '../io/input-view.ts';
import { findRepl, replOf } from '../repl/find-repl.ts';
import type { Repl, ReplKind } from '../repl/repl.ts';
import { OutputFilter } from '../sanitize.ts';
import { KeyInput } from './key-input.ts';
import { closedError, notice } from './notices.ts';
import { Output } from './output.ts';
import { OncePerTurn } from './once-per-turn.ts';
import { OutputQueue } from './output-queue.ts';
import type { OutputChunk } from './output-ring.ts';
import { type Snapshot, usableSize } from './screen.ts';
import { createReplHost, describeExit, ShellProcess } from './shell-process.ts';
import { reconnect } from './reconnect.ts';
import { harmlessView, joinViews } from './shown-input.ts';
import { formatHandle, type WaitingShell } from './shell-handle.ts';
import { registerShell, unregisterShell } from './shell-registry.ts';
import type { ShellHistory } from './shell-history.ts';
import type {
  CloseShellOptions,
  OpenShellOptions,
  SessionOptions,
  ShellSession,
  ShellState,
} from './shell-session.ts';
import { initialSession, type SessionEffect, type SessionEvent } from './session-state.ts';
import { stepSession } from './session-step.ts';
import { within } from './within.ts';

const defaultResumeMs = 60_000;
/** How long an anchor may take to answer a new group leader. */
const attachMs = 10_000;
const bracketedPasteOn = '\u001b[?2004h';
const bracketedPasteOff = '\u001b[?2004l';

export class Session implements ShellSession {
  readonly id: string;
  readonly target: string;
  readonly closed: Promise<{ readonly reason: string }>;
  readonly #node: Node;
  readonly #resumeMs: number;
  readonly #onFault: OpenShellOptions['onFault'];
  readonly #history: OpenShellOptions['history'];
  readonly #leader: GroupLeader;
  readonly #output: Output;
  readonly #filter = new OutputFilter(() => this.#view);
  readonly #queue: OutputQueue;
  readonly #asked = new OncePerTurn<InputView | undefined>(
    (input) => this.#noteInput(input),
    joinViews,
    (error) => this.#noteFault(error),
  );
  readonly #stateListeners = new Set<(state: ShellState) => void>();
  #view: ReturnType<typeof initialSession>;
  readonly #keys = new KeyInput((keys) => {
    this.#asked.flush();
    this.#step({ kind: 'keys', keys });
  });
  #repl: Repl | undefined;
  #process: ShellProcess | undefined;
  /** Exits of linked processes that arrived before the pid of the shell was known. */
  readonly #earlyExits = new Map<string, Term>();
  #state: ShellState = 'busy';
  #closing: Promise<void> | undefined;
  /** Ends the attempts to reconnect; set while the connection is lost. */
  #lost: AbortController | undefined;
  #settle: (end: { readonly reason: string }) => void = () => undefined;
  #noteAttached: () => void = () => undefined;

  constructor(options: SessionOptions) {
    this.id = options.id ?? randomUUID();
    this.target = options.target;
    this.#node = options.node;
    this.#resumeMs = options.resumeMs ?? defaultResumeMs;
    this.#onFault = options.onFault;
    const size = usableSize(options.cols, options.rows);
    this.#history = options.history;
    this.#view = initialSession(size);
    this.#output = new Output(size, options.firstSeq);
    this.#queue = new OutputQueue({
      filter: this.#filter,
      size: () => this.#view,
      show: (text) => this.#step({ kind: 'output', text }),
      whenReady: () => this.#output.whenReady(),
      onFault: (error) => this.#noteFault(error),
    });
    this.closed = new Promise((resolve) => {
      this.#settle = resolve;
    });
    this.#leader = new GroupLeader({
      node: this.#node,
      target: this.target,
      callRemote: ({ module, function: fn, args, timeoutMs = 5000 }) =>
        this.#node.rpc(this.target, module, fn, args, { timeoutMs }),
      geometry: () => ({ columns: this.#view.columns, rows: this.#view.rows }),
      print: (text) => this.#queue.print(text),
      onInput: (input) => this.#asked.set(input),
      onExit: (from, reason) => this.#noteExit(from, reason),
      isReachable: () => this.#node.peer(this.target) !== undefined || this.target === this.#node.name,
      onAnchorDown: (cause) => (cause === 'ended' ? this.#noteAnchorEnd() : this.#noteConnectionLoss()),
      onDied: () => this.#noteAnchorEnd(),
      onAttached: () => {
        this.#noteAttached();
        this.#resume();
      },
      onFault: (error) => this.#noteFault(error),
    });
    registerShell(this.#node, this.#leader.pid, { target: this.target, shell: undefined });
    this.#output.print(bracketedPasteOn);
  }

  get kind(): ReplKind {
    return this.#repl?.kind ?? 'erl';
  }

  get shell(): Pid {
    if (this.#process === undefined) throw closedError(this.target);
    return this.#process.pid;
  }

  get state(): ShellState {
    return this.#state;
  }

  get echoes(): boolean {
    return this.#view.input?.echo ?? true;
  }

  async open(kind: ReplKind | 'auto'): Promise<void> {
    const host = createReplHost(this.#node, this.target, this.#leader.pid);
    this.#repl = await findRepl(host, kind);
    this.#recall();
    const started = await ShellProcess.start({
      node: this.#node,
      target: this.target,
      repl: this.#repl,
      leader: this.#leader,
      resumeMs: this.#resumeMs,
    });
    this.#process = started;
    registerShell(this.#node, this.#leader.pid, { target: this.target, shell: started.pid });
    const early = this.#earlyExits.get(termKey(started.pid));
    if (early !== undefined) throw closedError(this.target);
    await started.noteEvaluator();
    this.#updateState();
  }

  /** Goes on with a shell that waits on the node; `screen` is shown first. */
  async resume(waiting: WaitingShell, screen: string): Promise<void> {
    const [node, target, leader] = [this.#node, this.target, this.#leader];
    this.#repl = replOf(waiting.kind);
    this.#recall();
    if (screen !== '') this.#output.print(`${screen}\r\n`);
    const options = { node, target, leader, repl: this.#repl, resumeMs: this.#resumeMs };
    const resumed = await ShellProcess.resume(options, waiting);
    this.#process = resumed;
    registerShell(node, leader.pid, { target, shell: waiting.shell });
    const { promise: attached, resolve } = Promise.withResolvers<'attached'>();
    this.#noteAttached = () => {
      this.#step({ kind: 'output', text: notice(`reconnected to ${target}`) });
      resolve('attached');
    };
    leader.takeOver(waiting.anchor, waiting.options);
    const ended = this.closed.then(() => 'ended' as const);
    if ((await within(attachMs, Promise.race([attached, ended]))) !== 'attached') throw closedError(target);
    this.#noteAttached = () => undefined;
    await resumed.noteEvaluator();
    this.#updateState();
  }

  get handle(): string | undefined {
    const { anchor, options } = this.#leader;
    if (this.#process === undefined || anchor === undefined || this.kind === 'ts') return undefined;
    return formatHandle({ kind: this.kind, anchor, shell: this.#process.pid, options });
  }

  leave(): void {
    if (this.handle === undefined || this.#closing !== undefined) return;
    this.#closing = Promise.resolve();
    this.#lost?.abort();
    this.#leader.leave();
    this.#keys.close();
    this.#queue.close();
    unregisterShell(this.#node, this.#leader.pid);
    this.#settle({ reason: 'it was left' });
  }

  input(data: string): void {
    this.#keys.take(data);
  }

  interrupt(): void {
    this.#asked.flush();
    this.#step({ kind: 'interrupt' });
  }

  resize(cols: number, rows: number): void {
    const size = usableSize(cols, rows);
    if (size.columns === this.#view.columns && size.rows === this.#view.rows) return;
    this.#output.resize(size);
    this.#step({ kind: 'resize', ...size });
  }

  onOutput(listener: (chunk: OutputChunk) => void): () => void {
    return this.#output.onChunk(listener);
  }

  onState(listener: (state: ShellState) => void): () => void {
    this.#stateListeners.add(listener);
    return () => void this.#stateListeners.delete(listener);
  }

  outputSince(seq: number): readonly OutputChunk[] | undefined {
    return this.#output.since(seq);
  }

  snapshot(): Snapshot {
    return this.#output.snapshot();
  }

  text(): Promise<string> {
    return this.#output.text();
  }

  close({ reason = 'closed', isNodeGone = false }: CloseShellOptions = {}): Promise<void> {
    if (isNodeGone && this.#closing === undefined) {
      // The last line must not say that it is still reconnecting.
      if (this.#lost !== undefined) this.#step({ kind: 'output', text: notice(reason) });
      this.#process?.noteLoss();
    }
    return this.#end(reason);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #end(reason: string): Promise<void> {
    this.#closing ??= this.#finish(reason);
    return this.#closing;
  }

  async #finish(reason: string): Promise<void> {
    try {
      this.#lost?.abort();
      this.#keys.close();
      this.#queue.close();
      this.#step({ kind: 'closed' });
      this.#output.print(bracketedPasteOff);
      this.#updateState();
      await this.#process?.close();
    } catch (error) {
      // The session ends anyway: callers that wait for its end must not wait forever.
      this.#onFault?.(error);
    }
    this.#leader.end();
    unregisterShell(this.#node, this.#leader.pid);
    this.#settle({ reason });
  }

  #noteFault(error: unknown): void {
    this.#onFault?.(error);
    void this.#end('an internal error of Convoy ended this shell');
  }

  #step(event: SessionEvent): void {
    const { state, effects } = stepSession(this.#view, event);
    this.#view = state;
    for (const effect of effects) this.#run(effect);
    this.#updateState();
  }

  #run(effect: SessionEffect): void {
    const { inputs } = this.#leader;
    switch (effect.kind) {
      case 'print':
        return this.#output.print(effect.data);
      case 'supply':
        return inputs.supply(effect.id, effect.text);
      case 'supplyEnd':
        return inputs.supplyEnd(effect.id);
      case 'refuse':
        return inputs.refuse(effect.id, 'interrupted');
      case 'interruptShell':
        this.#queue.discard();
        return this.#process?.interrupt();
      case 'otherRequest':
        return inputs.rotate();
      case 'complete':
        return void this.#complete(effect.completion, effect.before);
      case 'keep':
        return isKept(this.#history) ? this.#history.add(this.kind, effect.entry) : undefined;
      case 'close':
        return void this.close();
    }
  }

  #noteInput(input: InputView | undefined): void {
    // A sequence that a program left incomplete must not swallow the prompt.
    if (input !== undefined) this.#filter.reset();
    const isNewPrompt = input?.isShell === true && !input.isContinuation && input.id !== this.#view.input?.id;
    this.#step({ kind: 'input', input: input && harmlessView(input) });
    if (isNewPrompt) void this.#process?.noteEvaluator();
  }

  /** Makes earlier entries available, once the kind of the shell is known. */
  #recall(): void {
    const history = this.#history ?? [];
    this.#step({ kind: 'history', history: isKept(history) ? history.entries(this.kind) : history });
  }

  async #complete(completion: number, before: string): Promise<void> {
    const result = await this.#process?.complete(before);
    if (result !== undefined) this.#step({ kind: 'completed', completion, result });
  }

  #noteExit(from: Pid, reason: Term): void {
    if (this.#process === undefined) {
      this.#earlyExits.set(termKey(from), reason);
      return;
    }
    if (termKey(from) !== termKey(this.#process.pid)) return;
    const text = describeExit(reason, this.target);
    const isLost = !this.#node.list('connected').includes(this.target) && this.target !== this.#node.name;
    if (isLost) this.#process.noteLoss();
    else this.#process.noteEnd();
    void this.#end(text);
  }

  #noteAnchorEnd(): void {
    if (this.#process === undefined || this.#closing !== undefined) return;
    this.#endLost(`the shell on ${this.target} was ended`);
  }

  /** The connection to the anchor is lost, temporarily or permanently. */
  #noteConnectionLoss(): void {
    if (this.#process === undefined || this.#closing !== undefined) return;
    this.#lost = new AbortController();
    this.#leader.inputs.suspend();
    this.#step({
      kind: 'output',
      text: notice(`the connection to ${this.target} was lost; reconnecting`),
    });
    void this.#getBack(this.#lost.signal);
  }

  async #getBack(signal: AbortSignal): Promise<void> {
    const { target } = this;
    const result = await reconnect({ node: this.#node, target, withinMs: this.#resumeMs, signal });
    if (signal.aborted) return;
    if (result === 'connected') this.#leader.attach();
    else if (result === 'ended') this.#endLost(`${target} is no longer running`);
    else this.#endLost(`the connection to ${target} was lost`);
  }

  #resume(): void {
    if (this.#lost === undefined) return;
    this.#lost = undefined;
    this.#step({ kind: 'output', text: notice(`reconnected to ${this.target}`) });
    this.#leader.inputs.resume();
  }

  #endLost(reason: string): void {
    this.#step({ kind: 'output', text: notice(reason) });
    this.#process?.noteLoss();
    void this.#end(reason);
  }

  #updateState(): void {
    const state = this.#currentState();
    if (state === this.#state) return;
    this.#state = state;
    for (const listener of this.#stateListeners) listener(state);
  }

  #currentState(): ShellState {
    const { isClosed, input } = this.#view;
    if (isClosed) return 'closed';
    if (input === undefined) return 'busy';
    return input.isShell ? 'idle' : 'asking';
  }
}

function isKept(history: OpenShellOptions['history']): history is ShellHistory {
  return history !== undefined && 'add' in history;
}
