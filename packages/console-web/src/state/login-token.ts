/** Finds the token in the link that `convoy up` printed. Pure. */

/** A `+` stands for itself: the console writes no spaces into its links. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** A pasted token, or the whole link it came in. */
export function tokenFromText(text: string): string {
  const trimmed = text.trim();
  return tokenFromAddress(trimmed)?.token ?? trimmed;
}

/**
 * The token that an address holds, as `?token=` or `#token=`, and the address without it. `undefined` when it holds none.
 * A fragment is never sent: behind a proxy that logs addresses it is the better place.
 */
export function tokenFromAddress(address: string): { token: string; rest: string } | undefined {
  const [match, before = '', token = '', after = ''] = /([?&#])token=([^&#\s]*)(&?)/.exec(address) ?? [];
  if (match === undefined) return undefined;
  const keeps = after === '&' ? before : '';
  return { token: decoded(token), rest: address.replace(match, keeps) };
}
