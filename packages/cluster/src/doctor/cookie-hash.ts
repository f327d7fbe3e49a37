/** A hash of the cookie that one node uses for another, computed on that node, so that the cookie is in no message. */

import type { Node } from '@convoy/node';
import { atomName, type Term, Tuple } from '@convoy/node/etf';

export interface CookieQuestion {
  /** The node that is asked. */
  readonly at: string;
  /** For whom: a node may have a cookie of its own for each peer. */
  readonly peer: string;
  /** Fresh for each comparison; letters and digits. */
  readonly salt: string;
}

/** Rejects when the node cannot be reached or cannot evaluate it. */
export async function cookieHash(
  { node, timeoutMs }: { readonly node: Node; readonly timeoutMs: number },
  { at, peer, salt }: CookieQuestion,
): Promise<string> {
  // A name goes into a quoted atom: what ends one has no place in it.
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
  if (!(hash instanceof Uint8Array)) throw new TypeError(`${at} gave no hash`);
  return Buffer.from(hash).toString('hex');
}

function resultOf(answer: Term): Term {
  if (answer instanceof Tuple && ['ok', 'value'].includes(atomName(answer.at(0)) ?? '')) return answer.at(1);
  throw new TypeError('the node could not evaluate the comparison');
}
