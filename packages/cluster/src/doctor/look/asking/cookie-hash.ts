/** A hash of the cookie that one node uses for another, computed on that node, so that the cookie itself is never sent. */

import { atomName, type Term, Tuple } from '@convoy/node/etf';
import type { Ask } from './asker.ts';
import { stringTerm } from './terms.ts';

export interface CookieHashRequest {
  /** The peer whose cookie is meant: a node may use a different cookie for each peer. */
  readonly peer: string;
  /** Letters and digits, fresh for each comparison. */
  readonly salt: string;
}

/** Has a node compute the hash. Rejects when it cannot be reached or cannot evaluate the expression. */
export async function cookieHash(ask: Ask, { peer, salt }: CookieHashRequest): Promise<string> {
  // The name is put into a quoted atom, so drop every character that could end the quotes.
  const atomText = peer.replaceAll(/[^A-Za-z0-9_@.:-]/g, '');
  const source =
    `Cookie = try erlang:get_cookie('${atomText}') catch error:undef -> auth:get_cookie('${atomText}') end, ` +
    `erlang:md5(["${salt}", atom_to_list(Cookie)]).`;
  const tokens = resultOf(await ask('erl_scan', 'string', [stringTerm(source)]));
  const expressions = resultOf(await ask('erl_parse', 'parse_exprs', [tokens]));
  const hash = resultOf(await ask('erl_eval', 'exprs', [expressions, []]));
  if (!(hash instanceof Uint8Array)) throw new TypeError('the node did not return a hash');
  return Buffer.from(hash).toString('hex');
}

function resultOf(answer: Term): Term {
  if (answer instanceof Tuple && ['ok', 'value'].includes(atomName(answer.at(0)) ?? '')) return answer.at(1);
  throw new TypeError('the node could not evaluate the cookie hash');
}
