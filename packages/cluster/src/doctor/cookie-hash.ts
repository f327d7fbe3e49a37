/** A hash of the cookie that one node uses for another, computed on that node, so that the cookie itself is never sent. */

import type { Node } from '@convoy/node';
import { atomName, type Term, Tuple } from '@convoy/node/etf';

export interface CookieHashRequest {
  /** The node whose cookie is hashed. */
  readonly at: string;
  /** The peer whose cookie is meant: a node may use a different cookie for each peer. */
  readonly peer: string;
  /** Letters and digits, fresh for each comparison. */
  readonly salt: string;
}

/** Computes the hash on the node. Rejects when the node cannot be reached or cannot evaluate the expression. */
export async function cookieHash(
  { node, timeoutMs }: { readonly node: Node; readonly timeoutMs: number },
  { at, peer, salt }: CookieHashRequest,
): Promise<string> {
  // The name is put into a quoted atom, so drop every character that could end the quotes.
  const atomText = peer.replaceAll(/[^A-Za-z0-9_@.:-]/g, '');
  const source =
    `Cookie = try erlang:get_cookie('${atomText}') catch error:undef -> auth:get_cookie('${atomText}') end, ` +
    `erlang:md5(["${salt}", atom_to_list(Cookie)]).`;
  const characters = Array.from(source, (character) => character.codePointAt(0) ?? 0);
  const call = (module: string, fn: string, args: Term[]): Promise<Term> =>
    node.rpc(at, module, fn, args, { timeoutMs });
  const tokens = resultOf(await call('erl_scan', 'string', [characters]));
  const expressions = resultOf(await call('erl_parse', 'parse_exprs', [tokens]));
  const hash = resultOf(await call('erl_eval', 'exprs', [expressions, []]));
  if (!(hash instanceof Uint8Array)) throw new TypeError(`${at} did not return a hash`);
  return Buffer.from(hash).toString('hex');
}

function resultOf(answer: Term): Term {
  if (answer instanceof Tuple && ['ok', 'value'].includes(atomName(answer.at(0)) ?? '')) return answer.at(1);
  throw new TypeError('the node could not evaluate the cookie hash');
}
