/**
 * What a gen server does with each message: calls its callbacks, answers system messages as every OTP process does, and refuses what it
 * has no answer to, so that no caller waits for one.
 */

import { assertTerm, Pid, type Reference, type Term, Tuple } from '../../etf/index.ts';
import { NodeError } from '../../errors.ts';
import type { Process } from '../../process/process.ts';
import { type GenCallbacks, type GenContext, noReply } from './gen-callbacks.ts';
import { type GenCaller, parseGenRequest, replyToGenCall } from './gen-requests.ts';
import { closingReason, endGenCall, refuseGenCall, refuseRequest } from './refused-calls.ts';
import { SysDebug } from './sys-debug.ts';
import { answerSys, parseSysRequest, type SysRequest } from './sys-requests.ts';

/** Messages that wait while a server is suspended. */
const maxHeld = 100_000;

export interface GenServerLoopOptions {
  /** Whether callers on third nodes get no answer. */
  readonly isIsolated: boolean;
  /** Whether the node is closing and takes no more calls of other nodes. */
  readonly isClosing: () => boolean;
  /** The node closes only after this call has been answered, within its time. */
  readonly onCall: (answer: Promise<unknown>) => void;
  readonly name: string | undefined;
  readonly callbacks: GenCallbacks;
}

interface Held {
  readonly message: Term;
  readonly peer: string;
}

/** One gen server. */
export class GenServerLoop {
  readonly #options: GenServerLoopOptions;
  /** Messages of the time in which it is suspended; `undefined` while it is not. */
  #held: Held[] | undefined;
  readonly #debug = new SysDebug();

  constructor(options: GenServerLoopOptions) {
    this.#options = options;
  }

  /** Handles a message. The returned promise delays the next one. */
  handle(self: Process, message: Term): void | Promise<void> {
    const { peer } = self;
    const system = parseSysRequest(message);
    if (system !== undefined) return this.#handleSystem(self, system, peer);
    if (this.#held === undefined) return this.#handleMessage(self, { message, peer });
    if (this.#held.length >= maxHeld) throw tooMany();
    this.#held.push({ message, peer });
  }

  #handleSystem(self: Process, system: SysRequest, peer: string): void | Promise<void> {
    const { name, callbacks } = this.#options;
    const { answer, act } = answerSys(system, {
      pid: self.pid,
      name,
      state: callbacks.state?.() ?? undefined,
      isSuspended: this.#held !== undefined,
      debug: this.#debug,
    });
    this.#replier(self, peer)({ ...system.from, peer }, answer);
    switch (act.kind) {
      case 'suspend':
        this.#held ??= [];
        return;
      case 'resume':
        return this.#resume(self);
      case 'terminate':
        return self.exit(act.reason);
      case 'none':
    }
  }

  /** Handles what has waited, in order, before anything that arrives later. */
  #resume(self: Process): void | Promise<void> {
    const held = this.#held ?? [];
    this.#held = undefined;
    return held.length === 0 ? undefined : this.#handleAll(self, held);
  }

  async #handleAll(self: Process, held: readonly Held[]): Promise<void> {
    for (const message of held) await this.#handleMessage(self, message);
  }

  #handleMessage(self: Process, { message, peer }: Held): void | Promise<void> {
    const { callbacks } = this.#options;
    this.#debug.noteIn();
    const request = parseGenRequest(message);
    const from = request?.kind === 'call' ? { ...request.from, peer } : undefined;
    const answer = this.#replier(self, peer);
    const reply: GenContext['reply'] = (to, value) => {
      answer(to, value);
      this.#debug.noteReply();
    };
    const context: GenContext = { self, peer, reply, from };
    if (request?.kind === 'cast') return callbacks.cast?.(request.request, context);
    if (request?.kind === 'call') return this.#answer(request.request, context);
    const isEventCall = message instanceof Tuple && message.at(0) instanceof Pid;
    if (isEventCall && refuseRequest(self, message, 'the server is not an event manager')) return;
    if (callbacks.info !== undefined) return callbacks.info(message, context);
    refuseRequest(self, message, 'the server does not handle such requests');
  }

  #answer(request: Term, context: GenContext): void | Promise<void> {
    const { callbacks } = this.#options;
    const { from, self } = context;
    if (callbacks.call === undefined) {
      if (from !== undefined) refuseGenCall(self, from, 'the server answers no calls');
      return;
    }
    if (from !== undefined && this.#options.isClosing() && context.peer !== self.pid.node)
      return endGenCall(self, from, closingReason(self.pid.node));
    const result = callbacks.call(request, context);
    const finish = (value: Term | typeof noReply): void => {
      if (value !== noReply && from !== undefined) context.reply(from, value);
    };
    if (!(result instanceof Promise)) return finish(result);
    const answer = result.then(finish);
    this.#options.onCall(answer);
    return answer;
  }

  #replier(self: Process, peer: string): (to: GenCaller, value: Term) => void {
    const { isIsolated } = this.#options;
    return (to, value) => {
      // On the way to a peer it would only be dropped, and the caller would wait for it.
      if (isIsolated) assertTerm(value);
      const send = (target: Pid | Reference, term: Term): void => {
        if (isIsolated) self.answer(to.peer ?? peer, target, term);
        else self.send(target, term);
      };
      replyToGenCall(send, to, value);
    };
  }
}

function tooMany(): NodeError {
  return new NodeError('PROCESS_LIMIT', `more than ${maxHeld} messages wait for a suspended server`, {
    remedy: 'Resume it by sys:resume.',
  });
}
