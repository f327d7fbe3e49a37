/**
 * The requests that an anchor passed on, by its numbers, so that each is served once although the anchor sends those
 * without an answer again after a lost connection. Pure but for its tables, which are bounded.
 */
import type { Term } from '@convoy/node/etf';
import { type InputRequest, type IoRequest, isIoError, parseIoRequest } from './io-protocol.ts';

/** Replies kept until it is sure that they have arrived. */
const maxKeptReplies = 256;

export class AnchoredRequests {
  readonly #serving = new Map<number, IoRequest>();
  readonly #replies = new Map<number, Term>();

  /** The reply that was sent before, and may have been lost. */
  replyOf(number: number): Term | undefined {
    return this.#replies.get(number);
  }

  /** The request, or `undefined` when it is being served already. */
  begin({ number, request }: { readonly number: number; readonly request: Term }): IoRequest | undefined {
    if (this.#serving.has(number)) return undefined;
    const parsed = parseIoRequest(request);
    this.#serving.set(number, parsed);
    return parsed;
  }

  /** What failed while the node was out of reach is not kept: it is done anew when the anchor asks again. */
  finish(number: number, reply: Term, where: { readonly isReachable: boolean }): void {
    this.#serving.delete(number);
    if (!where.isReachable && isIoError(reply)) return;
    this.#replies.set(number, reply);
    const [oldest] = this.#replies.keys();
    if (this.#replies.size > maxKeptReplies && oldest !== undefined) this.#replies.delete(oldest);
  }

  /** Whether an input request came with the request of that number. */
  isPartOf(asked: InputRequest, number: number): boolean {
    const request = this.#serving.get(number);
    return request !== undefined && contains(request, asked);
  }
}

function contains(request: IoRequest, asked: InputRequest): boolean {
  if (request.kind !== 'requests') return request === asked;
  return request.requests.some((one) => contains(one, asked));
}
