/**
 * The requests that an anchor forwarded, by number, so that each is served once although the anchor resends unanswered ones
 * after a lost connection. Pure except for its tables, which are bounded.
 */

import type { Term } from '@convoy/node/etf';
import { type InputRequest, type IoRequest, isIoError, parseIoRequest } from './io-protocol.ts';

/** Number of replies kept in case they did not arrive. */
const maxKeptReplies = 256;

export class AnchoredRequests {
  readonly #serving = new Map<number, IoRequest>();
  readonly #replies = new Map<number, Term>();

  /** The reply that was already sent, but may have been lost. */
  replyOf(number: number): Term | undefined {
    return this.#replies.get(number);
  }

  /** Starts to serve a request; `undefined` when it is already being served. */
  begin({ number, request }: { readonly number: number; readonly request: Term }): IoRequest | undefined {
    if (this.#serving.has(number)) return undefined;
    const parsed = parseIoRequest(request);
    this.#serving.set(number, parsed);
    return parsed;
  }

  /** Keeps the reply, unless the request failed while the node was not reachable: it is then repeated when resent. */
  finish(number: number, reply: Term, where: { readonly isReachable: boolean }): void {
    this.#serving.delete(number);
    if (!where.isReachable && isIoError(reply)) return;
    this.#replies.set(number, reply);
    const [oldest] = this.#replies.keys();
    if (this.#replies.size > maxKeptReplies && oldest !== undefined) this.#replies.delete(oldest);
  }

  /** Whether an input request is part of the request with that number. */
  isPartOf(asked: InputRequest, number: number): boolean {
    const request = this.#serving.get(number);
    return request !== undefined && contains(request, asked);
  }
}

function contains(request: IoRequest, asked: InputRequest): boolean {
  if (request.kind !== 'requests') return request === asked;
  return request.requests.some((one) => contains(one, asked));
}
