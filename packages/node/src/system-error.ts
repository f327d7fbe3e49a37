/** Reads errors of the operating system, which Node.js reports by a code such as `ECONNREFUSED`. */

/** The code of an error; `undefined` for one that has none. */
export function systemCode(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException).code;
}

/** Whether this machine lacks the address to listen on, or its whole address family. */
export function isMissingAddress(error: unknown): boolean {
  const code = systemCode(error);
  return code === 'EADDRNOTAVAIL' || code === 'EAFNOSUPPORT';
}
