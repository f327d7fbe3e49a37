/**
 * The door `@convoy/console/client`: a client of the HTTP API for pages and for Node.js, typed by the table of routes. It
 * imports only the types of the table, so that a page does not load the schemas.
 */

import type { Problem } from './nodes.ts';
import { type AnswerOf, type RequestOf, type RouteTable, splitKey } from './route.ts';
import type { routes } from './routes.ts';

/** The longest possible answer is 49 MB: 2000 log lines of 4096 characters, each escaped with six bytes. */
const maxAnswerBytes = 64 * 1024 * 1024;

/** The body of a `fetch` response. */
interface ByteSource {
  getReader(): {
    read(): Promise<{ readonly done: boolean; readonly value?: Uint8Array | undefined }>;
    cancel(): Promise<unknown>;
  };
}

/** A request to send. */
export interface ApiRequest {
  readonly method: string;
  /** Path below the base path of the console: `/api/nodes`. */
  readonly path: string;
  /** The body as JSON; omitted for requests without one. */
  readonly body?: string | undefined;
}

/** Options of `createApiClient`. */
export interface ApiClientOptions {
  /** Sends a request, for example with `fetch`. Rejects when the console cannot be reached. */
  send(request: ApiRequest): Promise<{ readonly status: number; readonly body: ByteSource | null }>;
  /** Describes how an answer differs from the format of its route, or returns `undefined`. Differences occur with a console of another version. */
  findMismatch(route: string, answer: unknown): string | undefined;
  /** Remedy for the error when the console cannot be reached. */
  readonly unreachableRemedy?: string;
  /** Remedy for the error when an answer has an unexpected format. */
  readonly mismatchRemedy?: string;
}

/** Calls a route by its key, `METHOD /path`, and resolves with its answer. Rejects with `ApiError`. */
export type ApiClient<Key extends keyof Table, Table extends RouteTable = typeof routes> = <
  Route extends Key,
>(
  route: Route,
  ...request: unknown extends RequestOf<Route, Table[Route]>
    ? []
    : Partial<RequestOf<Route, Table[Route]>> extends RequestOf<Route, Table[Route]>
      ? [request?: RequestOf<Route, Table[Route]>]
      : [request: RequestOf<Route, Table[Route]>]
) => Promise<AnswerOf<Table[Route]>>;

/** The console refused a request, could not be reached, or sent an answer of an unexpected format. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  /** HTTP status of the answer; 0 if the console cannot be reached. */
  readonly status: number;
  /** What went wrong, with a stable code and a remedy. */
  readonly problem: Problem;

  constructor(status: number, problem: Problem, cause?: unknown) {
    super(problem.message, cause === undefined ? undefined : { cause });
    this.status = status;
    this.problem = problem;
  }

  /** Stable and documented in docs/errors.md. */
  get code(): string {
    return this.problem.code;
  }

  /** What usually fixes it. */
  get remedy(): string | undefined {
    return this.problem.remedy;
  }
}

interface Parts {
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string | undefined>>;
  readonly body?: unknown;
}

/** Creates a client for the routes `Key` of `Table`. */
export function createApiClient<Key extends keyof Table, Table extends RouteTable = typeof routes>(
  options: ApiClientOptions,
): ApiClient<Key, Table> {
  const call = async (route: string, parts: Parts = {}): Promise<unknown> => {
    const { status, text } = await exchange(options, requestOf(route, parts));
    const value = parseJson(text);
    if (status < 200 || status > 299) throw new ApiError(status, problemOf(route, status, value));
    const mismatch = options.findMismatch(route, value);
    if (mismatch === undefined) return value;
    const message = `the answer of the console to ${route} has an unexpected format: ${mismatch.slice(0, 200)}`;
    throw new ApiError(status, { code: 'CONSOLE_WRONG_ANSWER', message, remedy: options.mismatchRemedy });
  };
  // The only place where a value gets the type of its row: `findMismatch` has checked it.
  return call as ApiClient<Key, Table>;
}

async function exchange(
  options: ApiClientOptions,
  request: ApiRequest,
): Promise<{ status: number; text: string }> {
  try {
    const { status, body } = await options.send(request);
    return { status, text: body === null ? '' : await readText(body) };
  } catch (cause) {
    if (cause instanceof ApiError) throw cause;
    const problem = { code: 'CONSOLE_UNREACHABLE', message: 'the console cannot be reached' };
    throw new ApiError(0, { ...problem, remedy: options.unreachableRemedy }, cause);
  }
}

function requestOf(route: string, { params = {}, query = {}, body }: Parts): ApiRequest {
  const { method, path } = splitKey(route);
  const filled = path.replaceAll(/:(\w+)/g, (_, name: string) => encodeURIComponent(params[name] ?? ''));
  const words = Object.entries(query).flatMap(([name, value]) =>
    value === undefined ? [] : `${name}=${encodeURIComponent(value)}`,
  );
  const request = { method, path: words.length === 0 ? filled : `${filled}?${words.join('&')}` };
  return body === undefined ? request : { ...request, body: JSON.stringify(body) };
}

async function readText(source: ByteSource): Promise<string> {
  const reader = source.getReader();
  const decoder = new TextDecoder();
  let bytes = 0;
  let text = '';
  for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) {
    bytes += chunk.value?.length ?? 0;
    if (bytes > maxAnswerBytes) {
      await reader.cancel();
      const message = `the answer of the console is longer than ${maxAnswerBytes} bytes`;
      throw new ApiError(200, { code: 'CONSOLE_WRONG_ANSWER', message });
    }
    text += decoder.decode(chunk.value, { stream: true });
  }
  return text + decoder.decode();
}

/** The parsed text; `undefined` if it is not JSON, because a proxy or another program answered. */
function parseJson(text: string): unknown {
  try {
    return text === '' ? undefined : (JSON.parse(text) as unknown);
  } catch {
    return undefined;
  }
}

function isProblem(value: unknown): value is Problem {
  if (typeof value !== 'object' || value === null) return false;
  const { code, message, remedy }: Partial<Record<string, unknown>> = { ...value };
  const isRemedy = remedy === undefined || typeof remedy === 'string';
  return typeof code === 'string' && typeof message === 'string' && isRemedy;
}

function problemOf(route: string, status: number, value: unknown): Problem {
  if (typeof value === 'object' && value !== null && 'error' in value && isProblem(value.error)) {
    return value.error;
  }
  return { code: `HTTP_${status}`, message: `the console answered ${status} to ${route}` };
}
