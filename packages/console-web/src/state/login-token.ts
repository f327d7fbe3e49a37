/** Extracts the token from the link that `convoy up` printed. Pure. */

/** Decodes a token. A `+` is kept, because the console writes no spaces into its links. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The token in a pasted text, which is the token itself or the whole link. */
export function tokenFromText(text: string): string {
  const trimmed = text.trim();
  return tokenFromAddress(trimmed)?.token ?? trimmed;
}

/**
 * The token in an address (`?token=` or `#token=`), and the address without it; `undefined` if it has none. A fragment is
 * never sent to a server, so it is the better place behind a proxy that logs addresses.
 */
export function tokenFromAddress(address: string): { token: string; rest: string } | undefined {
  const [match, before = '', token = '', after = ''] = /([?&#])token=([^&#\s]*)(&?)/.exec(address) ?? [];
  if (match === undefined) return undefined;
  const keeps = after === '&' ? before : '';
  return { token: decoded(token), rest: address.replace(match, keeps) };
}
