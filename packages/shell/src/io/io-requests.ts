/**
 * Serves the I/O requests of one shell: prints, preserves the order of output that its node must format first, stores the
 * options, and delegates input to `ask`. It sends nothing itself: it resolves with the reply.
 */

import { atom, type Pid, type Term, Tuple } from '@convoy/node/etf';
import { chardataToText } from './chardata.ts';
import { applyOptions, defaultIoOptions, type IoOptions, reportOptions } from './io-options.ts';
import { type InputRequest, ioError, isIoError, type IoMessage, type IoRequest } from './io-protocol.ts';
import type { OutputPainter } from './output-painter.ts';
import type { CallRemote } from './remote-calls.ts';

export interface IoRequestsOptions {
  readonly callRemote: CallRemote;
  readonly geometry: () => { readonly columns: number; readonly rows: number };
  /** Receives output. A returned promise delays the reply, and thereby the printing process. */
  readonly print: (text: string) => void | Promise<void>;
  readonly painter: () => OutputPainter | undefined;
  /** Asks the user on behalf of a process. */
  readonly ask: (request: InputRequest, from: Pid) => Promise<Term>;
}

type OutputRequest = IoRequest & { kind: 'put_chars' | 'put_chars_of_call' };

/** Maximum number of concurrent requests. Each process has one at a time. */
const maxOpenRequests = 10_000;
const ok = atom('ok');

export class IoRequests {
  readonly #settings: IoRequestsOptions;
  #options: IoOptions = defaultIoOptions;
  #open = 0;
  /** Output that waits for the node to format it: later output waits behind it. */
  #formatting: Promise<unknown> | undefined;

  constructor(settings: IoRequestsOptions) {
    this.#settings = settings;
  }

  /** Continues with the options of another group leader. */
  set options(options: IoOptions) {
    this.#options = options;
  }

  get options(): IoOptions {
    return this.#options;
  }

  /** Serves a request. Resolves with the reply. */
  async serve({ from, request }: Omit<IoMessage, 'replyAs'>): Promise<Term> {
    if (this.#open >= maxOpenRequests) return ioError(atom('system_limit'));
    this.#open += 1;
    try {
      return await this.#perform(request, from);
    } finally {
      this.#open -= 1;
    }
  }

  #perform(request: IoRequest, from: Pid): Term | Promise<Term> {
    switch (request.kind) {
      case 'put_chars':
        return this.#afterFormatting(() => this.#put(request, { from, chars: request.chars }));
      case 'put_chars_of_call':
        return this.#formatAndPut(request, from);
      case 'requests':
        return this.#performAll(request.requests, from);
      case 'get_line':
      case 'get_chars':
      case 'get_until':
      case 'get_password':
        return this.#settings.ask(request, from);
      case 'setopts':
        return this.#setOptions(request.options);
      case 'getopts':
        return reportOptions(this.#options);
      case 'get_geometry':
        if (request.axis === 'columns') this.#settings.painter()?.noteWidthRequest(from);
        return this.#settings.geometry()[request.axis];
      case 'unknown':
        return ioError(atom('request'));
    }
  }

  /** Several requests have one reply: that of the first one that fails, otherwise that of the last one. */
  async #performAll(requests: readonly IoRequest[], from: Pid): Promise<Term> {
    let reply: Term = ok;
    for (const request of requests) {
      reply = await this.#perform(request, from);
      if (isIoError(reply)) return reply;
    }
    return reply;
  }

  #afterFormatting(put: () => Term | Promise<Term>): Term | Promise<Term> {
    return this.#formatting === undefined ? put() : this.#formatting.then(put);
  }

  /** `io:format`: the shell's node must do the formatting, because it has the functions and records. */
  async #formatAndPut(request: IoRequest & { kind: 'put_chars_of_call' }, from: Pid): Promise<Term> {
    const failed = ioError(atom(request.function));
    const { module, function: fn, args } = request;
    const chars = this.#settings.callRemote({ module, function: fn, args });
    const turn = Promise.allSettled([this.#formatting, chars]);
    this.#formatting = turn;
    const [, formatted] = await turn;
    if (this.#formatting === turn) this.#formatting = undefined;
    if (formatted.status === 'rejected') return failed;
    const reply = await this.#put(request, { from, chars: formatted.value });
    return reply === ok ? ok : failed;
  }

  async #put({ encoding }: OutputRequest, { from, chars }: { from: Pid; chars: Term }): Promise<Term> {
    const text = chardataToText(chars, encoding);
    if (text === undefined) return ioError(new Tuple([atom('put_chars'), atom(encoding), chars]));
    await this.#settings.print(this.#settings.painter()?.paint(from, text) ?? text);
    return ok;
  }

  #setOptions(changes: Term): Term {
    const options = applyOptions(this.#options, changes);
    if (options === undefined) return ioError(atom('enotsup'));
    this.#options = options;
    return ok;
  }
}
