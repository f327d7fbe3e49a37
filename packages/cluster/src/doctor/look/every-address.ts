/** Asks every address of a host at once, because a daemon or a node may listen on one of them only. */

import { anySignal } from '@convoy/node/async';

/** What came of asking one address. */
export type AddressAnswer<Value> =
  | { readonly address: string; readonly value: Value }
  | { readonly address: string; readonly error: unknown };

/** How long the other addresses may take once one has answered. */
const othersMs = 1000;

/** In the order of `addresses`. Rejects with the signal's reason only. */
export async function askEveryAddress<Value>(
  addresses: readonly string[],
  ask: (address: string, signal: AbortSignal) => Promise<Value>,
  signal: AbortSignal,
): Promise<readonly AddressAnswer<Value>[]> {
  const late = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const answers = await Promise.all(
    addresses.map(async (address) => {
      try {
        const value = await ask(address, anySignal(signal, late.signal));
        timer ??= setTimeout(() => late.abort(new Error('no answer so far')), othersMs);
        return { address, value };
      } catch (error) {
        return { address, error };
      }
    }),
  );
  clearTimeout(timer);
  signal.throwIfAborted();
  return answers;
}
