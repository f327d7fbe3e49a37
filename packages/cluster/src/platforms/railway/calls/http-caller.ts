/**
 * Sends one operation to Railway and reads its answer, within the request budget and limits of time and size. Failures are
 * `RailwayError`s. A query is retried when the network or Railway fails; a mutation only after 429, because only then it is
 * certain that nothing was done. Redirects are refused: they would leak the token.
 */

import { anySignal, pause } from '@convoy/node/async';
import { RailwayError } from '../model/railway-error.ts';
import { failureOf, parseEnvelope } from './graphql-errors.ts';
import type { RailwayOperation } from '../operations/operation.ts';
import { RequestBudget } from './request-budget.ts';
import type { RailwayToken, TokenHeader } from './token.ts';

export interface HttpCallerOptions {
  readonly url: string;
  readonly token: RailwayToken;
  readonly userAgent: string;
  readonly requestTimeoutMs: number;
  readonly maxWaitMs: number;
  readonly maxAnswerBytes: number;
  readonly reservedRequests: number;
}

export interface CallOptions {
  readonly header: TokenHeader;
  readonly signal?: AbortSignal | undefined;
  readonly onWait?: ((until: number) => void) | undefined;
}

const retryDelaysMs = [250, 1000];
/** Maximum number of 429 answers to one call, in case the server asks for 0 seconds each time. */
const maxRefusals = 5;

type Attempt<Answer> =
  | { readonly kind: 'answer'; readonly answer: Answer }
  | { readonly kind: 'blocked'; readonly until: number }
  | { readonly kind: 'failed'; readonly error: RailwayError };

export class HttpCaller {
  readonly #options: HttpCallerOptions;
  readonly budget: RequestBudget;

  constructor(options: HttpCallerOptions) {
    this.#options = options;
    this.budget = new RequestBudget(options.reservedRequests);
  }

  async call<Variables extends object, Answer>(
    operation: RailwayOperation<Variables, Answer>,
    variables: Variables,
    options: CallOptions,
  ): Promise<Answer> {
    const deadline = Date.now() + this.#options.maxWaitMs;
    for (let failures = 0, refusals = 0; ;) {
      await this.#waitForBudget(operation, deadline, options);
      const attempt = await this.#attempt(operation, variables, options);
      if (attempt.kind === 'answer') return attempt.answer;
      if (attempt.kind === 'blocked' && ++refusals <= maxRefusals) continue;
      if (attempt.kind === 'blocked') throw rateLimited(operation.name, attempt.until);
      const pauseMs = retryDelaysMs[failures++];
      if (operation.kind !== 'query' || pauseMs === undefined) throw attempt.error;
      await pause(pauseMs, options.signal);
    }
  }

  /** Throws RAILWAY_RATE_LIMITED when the wait would end after `deadline`. */
  async #waitForBudget(
    operation: { readonly name: string; readonly isCleanUp?: boolean },
    deadline: number,
    { signal, onWait }: Pick<CallOptions, 'signal' | 'onWait'>,
  ): Promise<void> {
    for (;;) {
      const now = Date.now();
      const waitMs = this.budget.waitMs(now, operation.isCleanUp === true);
      if (waitMs === 0) break;
      if (now + waitMs > deadline) throw rateLimited(operation.name, now + waitMs);
      onWait?.(now + waitMs);
      await pause(waitMs, signal);
    }
    this.budget.spend();
  }

  async #attempt<Variables extends object, Answer>(
    operation: RailwayOperation<Variables, Answer>,
    variables: Variables,
    { header, signal }: CallOptions,
  ): Promise<Attempt<Answer>> {
    const { url, token, userAgent, requestTimeoutMs } = this.#options;
    const timeout = AbortSignal.timeout(requestTimeoutMs);
    try {
      const response = await fetch(url, {
        method: 'POST',
        redirect: 'error',
        headers: {
          'Content-Type': 'application/json',
          Accept: 'application/json',
          'User-Agent': userAgent,
          ...token.headers(header),
        },
        body: JSON.stringify({ query: operation.document, operationName: operation.name, variables }),
        signal: anySignal(signal, timeout),
      });
      this.budget.learn(response.headers, Date.now());
      if (response.status === 429) {
        await response.body?.cancel();
        return { kind: 'blocked', until: this.budget.block(response.headers, Date.now()) };
      }
      return await this.#read(response, operation);
    } catch (cause) {
      signal?.throwIfAborted();
      return { kind: 'failed', error: this.#networkError(operation.name, cause, timeout.aborted) };
    }
  }

  async #read<Variables extends object, Answer>(
    response: Response,
    operation: RailwayOperation<Variables, Answer>,
  ): Promise<Attempt<Answer>> {
    const body = await readBounded(response, this.#options.maxAnswerBytes);
    if (body === undefined) throw badAnswer(operation.name, 'it is too large');
    if (response.status >= 500) {
      const message = `Railway answered ${operation.name} with HTTP ${response.status}`;
      return {
        kind: 'failed',
        error: new RailwayError('RAILWAY_UNAVAILABLE', message, unavailable(operation.name)),
      };
    }
    const envelope = parseEnvelope(parseJson(body));
    if (envelope?.errors !== undefined && envelope.errors.length > 0) {
      throw failureOf(envelope.errors, operation.name, (text) => this.#options.token.redact(text));
    }
    if (response.status === 401 || response.status === 403) {
      throw failureOf([{ message: `Not Authorized (HTTP ${response.status})` }], operation.name, String);
    }
    if (envelope === undefined || !response.ok) {
      throw badAnswer(operation.name, `HTTP ${response.status} without a GraphQL answer`);
    }
    return { kind: 'answer', answer: readAnswer(operation, envelope.data) };
  }

  #networkError(operation: string, cause: unknown, isTimeout: boolean): RailwayError {
    if (cause instanceof RailwayError) throw cause;
    if (isTimeout) {
      const message = `Railway did not answer ${operation} within ${this.#options.requestTimeoutMs} ms`;
      return new RailwayError('RAILWAY_TIMEOUT', message, unavailable(operation));
    }
    const reason = reasonOf(cause);
    return new RailwayError(
      'RAILWAY_UNAVAILABLE',
      `the request ${operation} to Railway failed: ${this.#options.token.redact(reason)}`,
      { ...unavailable(operation), cause },
    );
  }
}

function rateLimited(operation: string, retryAt: number): RailwayError {
  const seconds = Math.max(1, Math.ceil((retryAt - Date.now()) / 1000));
  const message = `${operation} has to wait ${seconds} s: Railway's request limit is used up`;
  return new RailwayError('RAILWAY_RATE_LIMITED', message, {
    operation,
    remedy: 'Wait, make fewer requests, or switch to a plan with more requests per hour.',
    retryAt,
  });
}

function unavailable(operation: string): { operation: string; remedy: string } {
  return {
    operation,
    remedy: 'Check the network and https://status.railway.com; a change may have been made nevertheless.',
  };
}

/** The message is only `fetch failed`; the actual reason is in its cause. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  if (!(cause instanceof Error)) return error.message;
  const code = 'code' in cause && typeof cause.code === 'string' ? cause.code : undefined;
  return cause.message === '' ? (code ?? error.message) : cause.message;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** `undefined` when the body is larger than `maxBytes`. */
async function readBounded(response: Response, maxBytes: number): Promise<string | undefined> {
  if (response.body === null) return '';
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body) {
    bytes += chunk.byteLength;
    if (bytes > maxBytes) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function badAnswer(operation: string, what: string): RailwayError {
  return new RailwayError('RAILWAY_BAD_ANSWER', `Railway's answer to ${operation} is not usable: ${what}`, {
    operation,
    remedy: 'Check that the endpoint is Railway’s; a newer version of Convoy may support a newer API.',
  });
}

/** Reads `data` of an answer. Throws RAILWAY_BAD_ANSWER with the path that does not match, never with its value. */
export function readAnswer<Variables extends object, Answer>(
  operation: RailwayOperation<Variables, Answer>,
  data: unknown,
): Answer {
  const read = operation.answer.safeParse(data);
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  throw badAnswer(
    operation.name,
    `unexpected value at ${issue?.path.join('.') ?? 'data'} (${issue?.code ?? 'unknown'})`,
  );
}
