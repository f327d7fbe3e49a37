/** Lets a command clean up when it is interrupted. A second signal ends the process at once. */

/** An `AbortSignal` that aborts on the first SIGINT, SIGTERM or SIGHUP. */
export function interruptSignal(): AbortSignal {
  const ending = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(name, () => ending.abort(new Error(`ended by ${name}`)));
  }
  return ending.signal;
}
