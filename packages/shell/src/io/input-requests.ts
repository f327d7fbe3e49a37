/**
 * The open input requests of a group leader, as a stack: the user answers the newest one, and then the ones below it. The
 * results are the same as those of group.erl: input that a request leaves over goes to the next one, lines and characters
 * are collected here, and `get_until` is left to `io_lib` on the requesting node. It draws nothing: input-view.ts describes
 * what a session draws.
 */

import { atom, atomName, type Pid, type Term, Tuple } from '@convoy/node/etf';
import { chardataToText, promptToText, textToChardata } from './chardata.ts';
import { clipPrompt, type InputView, type TakenInput, viewInput } from './input-view.ts';
import type { IoOptions } from './io-options.ts';
import { type InputRequest, ioError } from './io-protocol.ts';
import {
  type Collected,
  collectChars,
  collectLine,
  emptyBuffer,
  type InputBuffer,
} from './line-collector.ts';
import type { PromptRules } from './prompt-rules.ts';
import type { CallRemote } from './remote-calls.ts';

export interface InputRequestsOptions {
  readonly callRemote: CallRemote;
  readonly options: () => IoOptions;
  readonly rules: () => PromptRules;
  /** Whether the shell's node is connected, checked when it fails to answer. */
  readonly isReachable: () => boolean;
  /** Called when the request to answer, its prompt or its round has changed. */
  readonly onChange: (input: InputView | undefined) => void;
}

interface OpenRequest {
  readonly id: number;
  readonly from: Pid;
  readonly request: InputRequest;
  readonly echo: boolean;
  readonly resolve: (reply: Term) => void;
  prompt: string;
  /** The continuation of `io_lib:get_until/4`. */
  state: Term;
  /** Earlier input that it took without asking the user, until that has been shown. */
  taken: TakenInput | undefined;
  round: number;
  isWaiting: boolean;
  /** Input that was being parsed when the connection was lost: it is parsed again. */
  given?: InputBuffer | undefined;
}

const start = atom('start');
/** Maximum number of open requests; a shell has one or two. */
const maxOpen = 64;
/** A parser may be slow on a busy node, but must not block the prompt forever. */
const collectTimeoutMs = 30_000;

export class InputRequests {
  readonly #options: InputRequestsOptions;
  #stack: OpenRequest[] = [];
  #residual: InputBuffer = emptyBuffer;
  /** Lines of an unfinished expression that requests of the shell took one by one without asking the user. */
  #unshown: TakenInput | undefined;
  #nextId = 1;
  #isSuspended = false;
  readonly #promptWaiters = new Set<() => void>();

  constructor(options: InputRequestsOptions) {
    this.#options = options;
  }

  /** Whether a request of the shell itself is open. */
  get isShellWaiting(): boolean {
    return this.#stack.some((open) => open.isWaiting && this.#isShell(open));
  }

  /** Opens a request. Resolves with its reply. */
  async open(from: Pid, request: InputRequest): Promise<Term> {
    if (this.#stack.length >= maxOpen) return ioError(atom('system_limit'));
    const reply = new Promise<Term>((resolve) => {
      this.#stack.push({
        id: this.#nextId,
        from,
        request,
        echo: this.#options.options().echo && request.kind !== 'get_password',
        resolve,
        prompt: '',
        state: start,
        taken: undefined,
        round: 0,
        isWaiting: false,
      });
    });
    this.#nextId += 1;
    const opened = this.#stack.at(-1);
    if (opened !== undefined) void this.#begin(opened);
    return reply;
  }

  /** Answers a request with a line, including its newline. */
  supply(id: number, text: string): void {
    this.#give(id, { text, eof: false });
  }

  /** Answers a request with the end of input. */
  supplyEnd(id: number): void {
    this.#give(id, { text: '', eof: true });
  }

  /** Answers a request with `{error, Reason}` and discards leftover input. */
  refuse(id: number, reason: string): void {
    const found = this.#stack.find((open) => open.id === id);
    if (found === undefined) return;
    this.#residual = emptyBuffer;
    this.#finish(found, ioError(atom(reason)));
  }

  /**
   * Answers the shell's own request with `eof` or an error, even while the node is still parsing its input. Returns `false`
   * when the shell has no open request.
   */
  answerShell(answer: 'eof' | { error: string }): boolean {
    const found = this.#stack.findLast((open) => this.#isShell(open));
    if (found === undefined) return false;
    this.#residual = emptyBuffer;
    this.#finish(found, answer === 'eof' ? atom('eof') : ioError(atom(answer.error)));
    return true;
  }

  /** Drops the requests for which `isGone` returns true: the requesting process has ended. */
  drop(isGone: (from: Pid, request: InputRequest) => boolean): void {
    for (const open of [...this.#stack]) {
      if (isGone(open.from, open.request)) this.#finish(open, atom('eof'));
    }
  }

  /** Moves the current request below the others. */
  rotate(): void {
    const top = this.#stack.pop();
    if (top !== undefined) this.#stack.unshift(top);
    this.#announce();
  }

  forgetResidual(): void {
    this.#residual = emptyBuffer;
  }

  /** The connection was lost: the user is not asked, and nothing is lost, until `resume`. */
  suspend(): void {
    this.#isSuspended = true;
    this.#announce();
  }

  resume(): void {
    if (!this.#isSuspended) return;
    this.#isSuspended = false;
    for (const open of [...this.#stack]) {
      if (open.given === undefined) continue;
      this.#residual = { ...open.given, text: open.given.text + this.#residual.text };
      open.given = undefined;
      this.#advance(open);
    }
    this.#announce();
  }

  /** Resolves when the shell itself waits for input. */
  waitForShellPrompt(): Promise<void> {
    if (this.isShellWaiting) return Promise.resolve();
    return new Promise((resolve) => this.#promptWaiters.add(resolve));
  }

  #isShell(open: OpenRequest): boolean {
    return this.#options.rules().isShellPrompt(open.request, open.prompt, open.from);
  }

  async #begin(open: OpenRequest): Promise<void> {
    open.prompt = clipPrompt(await this.#promptText(open.request));
    if (this.#isOpen(open)) this.#advance(open);
  }

  async #promptText(request: InputRequest): Promise<string> {
    if (request.kind === 'get_password') return '';
    const { prompt, encoding } = request;
    const known = promptToText(prompt, encoding);
    if (known !== undefined) return known;
    try {
      const formatted = await this.#options.callRemote({
        module: 'io_lib',
        function: 'format_prompt',
        args: [prompt, atom(encoding)],
      });
      return chardataToText(formatted, encoding) ?? '';
    } catch {
      // A prompt that the node cannot format is omitted; the request is still asked.
      return '';
    }
  }

  #give(id: number, input: InputBuffer): void {
    const found = this.#stack.find((open) => open.id === id && open.isWaiting);
    if (found === undefined) return;
    this.#residual = { text: this.#residual.text + input.text, eof: this.#residual.eof || input.eof };
    this.#unshown = undefined;
    found.round += 1;
    found.isWaiting = false;
    this.#advance(found);
  }

  /** Uses the available input; asks the user when that is not enough. */
  #advance(open: OpenRequest): void {
    const { request } = open;
    if (request.kind === 'get_until') {
      if (this.#residual.text === '' && !this.#residual.eof) this.#wait(open);
      else void this.#collectRemotely(open, request);
      return;
    }
    const collected =
      request.kind === 'get_chars'
        ? collectChars(this.#residual, request.count)
        : collectLine(this.#residual);
    if (collected.kind === 'more') {
      if (this.#isContinuation(open)) open.taken = this.#unshown;
      this.#wait(open);
    } else {
      if (open.round === 0 && collected.kind === 'text') this.#noteUnshown(open, collected.text);
      this.#answer(open, collected);
    }
  }

  /** Only for an expression that started without the user: input after a line of the user appears below that line. */
  #noteUnshown(open: OpenRequest, text: string): void {
    if (!this.#isShell(open) || !open.echo) return;
    const before = this.#isContinuation(open) ? this.#unshown : { prompt: open.prompt, text: '' };
    this.#unshown = before && { ...before, text: before.text + text };
  }

  #isContinuation(open: OpenRequest): boolean {
    return this.#isShell(open) && this.#options.rules().isContinuation(open.prompt);
  }

  #answer(open: OpenRequest, collected: Exclude<Collected, { kind: 'more' }>): void {
    this.#residual = collected.rest;
    if (collected.kind === 'eof') return this.#finish(open, atom('eof'));
    const { kind, encoding } = open.request;
    const isPassword = kind === 'get_password';
    const text = isPassword ? collected.text.replace(/\n$/, '') : collected.text;
    const binary = this.#options.options().binary && !isPassword;
    const reply = textToChardata(text, { encoding, binary });
    this.#finish(
      open,
      reply ?? ioError(new Tuple([atom('no_translation'), atom('unicode'), atom('latin1')])),
    );
  }

  async #collectRemotely(open: OpenRequest, request: InputRequest & { kind: 'get_until' }): Promise<void> {
    const given = this.#residual;
    this.#residual = emptyBuffer;
    const data = given.text === '' ? atom('eof') : this.#asData(given.text);
    const { module, function: fn, args, encoding } = request;
    const call = [open.state, data, atom(encoding), new Tuple([module, fn, args])];
    try {
      const result = await this.#options.callRemote({
        module: 'io_lib',
        function: 'get_until',
        args: call,
        timeoutMs: collectTimeoutMs,
      });
      if (this.#isOpen(open)) this.#collected(open, result, given.text === '' ? emptyBuffer : given);
    } catch {
      const isLost = this.#isSuspended || !this.#options.isReachable();
      if (isLost && this.#isOpen(open)) return void (open.given = given);
      // As the protocol requires for a function that fails: its input is lost.
      if (this.#isOpen(open)) this.#finish(open, ioError(fn));
    }
  }

  /** Handles a result of `get_until` for the input `given`. */
  #collected(open: OpenRequest, result: Term, given: InputBuffer): void {
    const isDone = result instanceof Tuple && result.length === 3 && atomName(result.at(0)) === 'stop';
    if (isDone) {
      const rest = result.at(2);
      const text = chardataToText(rest, open.request.encoding) ?? '';
      this.#residual = { text, eof: given.eof || atomName(rest) === 'eof' };
      // An end of input that was consumed is over: the next request waits for the user again.
      if (atomName(rest) === 'eof' && !given.eof) this.#residual = emptyBuffer;
      this.#finish(open, result.at(1));
      return;
    }
    open.state = result;
    if (open.round === 0 && open.echo) open.taken = { prompt: open.prompt, text: given.text };
    this.#residual = { ...given, text: '' };
    this.#advance(open);
  }

  #asData(text: string): Term {
    return textToChardata(text, { encoding: 'unicode', binary: this.#options.options().binary }) ?? [];
  }

  #wait(open: OpenRequest): void {
    open.isWaiting = true;
    this.#announce();
    if (!this.isShellWaiting) return;
    for (const resolve of this.#promptWaiters) resolve();
    this.#promptWaiters.clear();
  }

  #finish(open: OpenRequest, reply: Term): void {
    this.#stack = this.#stack.filter((other) => other !== open);
    open.resolve(reply);
    this.#announce();
  }

  #isOpen(open: OpenRequest): boolean {
    return this.#stack.includes(open);
  }

  #announce(): void {
    const top = this.#stack.at(-1);
    const isAsking = top?.isWaiting === true && !this.#isSuspended;
    if (!isAsking) return this.#options.onChange(undefined);
    const view = this.#view(top);
    top.taken = undefined;
    this.#options.onChange(view);
  }

  #view(open: OpenRequest): InputView {
    const { id, round, echo, prompt, taken } = open;
    const isShell = this.#isShell(open);
    const isParsedOn = open.request.kind === 'get_until' && (round > 0 || open.state !== start);
    const others = this.#stack.length - 1;
    return viewInput({ id, round, echo, prompt, taken, isShell, isParsedOn, others }, this.#options.rules());
  }
}
