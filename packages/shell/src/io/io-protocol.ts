/**
 * Requests and replies of the Erlang I/O protocol (stdlib user's guide, "The Erlang I/O Protocol"), including the forms
 * from before R13. Pure: io-requests.ts serves the requests.
 */

import { atom, atomName, Pid, type Term, Tuple, tuple } from '@convoy/node/etf';
import type { Encoding } from './chardata.ts';

export type InputRequest =
  | { readonly kind: 'get_line'; readonly encoding: Encoding; readonly prompt: Term }
  | { readonly kind: 'get_chars'; readonly encoding: Encoding; readonly prompt: Term; readonly count: number }
  | {
      readonly kind: 'get_until';
      readonly encoding: Encoding;
      readonly prompt: Term;
      readonly module: Term;
      readonly function: Term;
      readonly args: Term;
    }
  | { readonly kind: 'get_password'; readonly encoding: Encoding };

export type OutputRequest =
  | { readonly kind: 'put_chars'; readonly encoding: Encoding; readonly chars: Term }
  | {
      readonly kind: 'put_chars_of_call';
      readonly encoding: Encoding;
      readonly module: string;
      readonly function: string;
      readonly args: readonly Term[];
    };

export type OptionRequest =
  | { readonly kind: 'setopts'; readonly options: Term }
  | { readonly kind: 'getopts' }
  | { readonly kind: 'get_geometry'; readonly axis: 'columns' | 'rows' };

export type IoRequest =
  | InputRequest
  | OutputRequest
  | OptionRequest
  | { readonly kind: 'requests'; readonly requests: readonly IoRequest[] }
  | { readonly kind: 'unknown' };

export interface IoMessage {
  readonly from: Pid;
  /** Opaque; returned in the reply. */
  readonly replyAs: Term;
  readonly request: IoRequest;
}

/** Maximum number of requests in one `{requests, [...]}`, including nested ones; the shells send two or three. */
const maxRequests = 1000;

const unknown: IoRequest = { kind: 'unknown' };

/** Parses an I/O request message; `undefined` for any other message. */
export function parseIoMessage(message: Term): IoMessage | undefined {
  if (!(message instanceof Tuple) || message.length !== 4 || atomName(message.at(0)) !== 'io_request')
    return undefined;
  const from = message.at(1);
  if (!(from instanceof Pid)) return undefined;
  return { from, replyAs: message.at(2), request: parseIoRequest(message.at(3)) };
}

/** Parses a request; an invalid one is `unknown`. */
export function parseIoRequest(request: Term): IoRequest {
  return parseRequest(request, { left: maxRequests });
}

/** The message that answers a request. */
export function ioReply(replyAs: Term, reply: Term): Term {
  return tuple(atom('io_reply'), replyAs, reply);
}

/** The reply `{error, Reason}`. */
export function ioError(reason: Term): Term {
  return tuple(atom('error'), reason);
}

/** Whether a reply reports that the request failed. */
export function isIoError(reply: Term): boolean {
  return reply instanceof Tuple && atomName(reply.at(0)) === 'error';
}

type Parser = (fields: readonly Term[]) => IoRequest | undefined;

/** Parsers by name and number of fields, including the name. The short forms are from before R13 and mean latin1. */
const parsers: Readonly<Record<string, Parser>> = {
  'put_chars/3': ([, encoding, chars]) =>
    withEncoding(encoding, (known) => ({ kind: 'put_chars', encoding: known, chars })),
  'put_chars/5': ([, encoding, ...call]) => withEncoding(encoding, (known) => putCall(known, call)),
  'put_chars/2': ([, chars]) => ({ kind: 'put_chars', encoding: 'latin1', chars }),
  'put_chars/4': ([, ...call]) => putCall('latin1', call),
  'get_line/3': ([, encoding, prompt]) =>
    withEncoding(encoding, (known) => ({ kind: 'get_line', encoding: known, prompt })),
  'get_line/2': ([, prompt]) => ({ kind: 'get_line', encoding: 'latin1', prompt }),
  'get_chars/4': ([, encoding, prompt, count]) =>
    withEncoding(encoding, (known) => getChars(known, prompt, count)),
  'get_chars/3': ([, prompt, count]) => getChars('latin1', prompt, count),
  'get_until/6': ([, encoding, ...call]) => withEncoding(encoding, (known) => getUntil(known, call)),
  'get_until/5': ([, ...call]) => getUntil('latin1', call),
  'get_password/2': ([, encoding]) =>
    withEncoding(encoding, (known) => ({ kind: 'get_password', encoding: known })),
  'get_password/1': () => ({ kind: 'get_password', encoding: 'latin1' }),
  'setopts/2': ([, options]) => ({ kind: 'setopts', options }),
  'getopts/1': () => ({ kind: 'getopts' }),
  'get_geometry/2': ([, axis]) => geometry(atomName(axis)),
};

function parseRequest(request: Term, budget: { left: number }): IoRequest {
  budget.left -= 1;
  if (budget.left < 0) return unknown;
  const fields = request instanceof Tuple ? request.elements : [request];
  const name = atomName(fields[0]);
  if (name === undefined) return unknown;
  if (name === 'requests' && fields.length === 2 && Array.isArray(fields[1])) {
    const requests = fields[1] as readonly Term[];
    if (requests.length > budget.left) return unknown;
    return { kind: 'requests', requests: requests.map((one) => parseRequest(one, budget)) };
  }
  return parsers[`${name}/${fields.length}`]?.(fields) ?? unknown;
}

function withEncoding(
  term: Term,
  make: (encoding: Encoding) => IoRequest | undefined,
): IoRequest | undefined {
  const name = atomName(term);
  if (name === 'unicode' || name === 'utf8') return make('unicode');
  return name === 'latin1' ? make('latin1') : undefined;
}

function putCall(encoding: Encoding, [module, fn, args]: readonly Term[]): IoRequest | undefined {
  const moduleName = atomName(module);
  const functionName = atomName(fn);
  if (moduleName === undefined || functionName === undefined || !Array.isArray(args)) return undefined;
  return {
    kind: 'put_chars_of_call',
    encoding,
    module: moduleName,
    function: functionName,
    args: args as readonly Term[],
  };
}

function getChars(encoding: Encoding, prompt: Term, count: Term): IoRequest | undefined {
  if (typeof count !== 'number' || !Number.isInteger(count) || count < 0) return undefined;
  return { kind: 'get_chars', encoding, prompt, count };
}

function getUntil(encoding: Encoding, [prompt, module, fn, args]: readonly Term[]): IoRequest {
  return { kind: 'get_until', encoding, prompt, module, function: fn, args };
}

function geometry(axis: string | undefined): IoRequest | undefined {
  return axis === 'columns' || axis === 'rows' ? { kind: 'get_geometry', axis } : undefined;
}
