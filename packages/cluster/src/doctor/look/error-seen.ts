/** Describes an error as data. Pure. */

import { ConnectionError, ConvoyError, EpmdError, HandshakeError } from '@convoy/node';
import type { ErrorSeen } from '../model/seen.ts';

export function errorSeen(error: unknown): ErrorSeen {
  const causes = causesOf(error).map(({ message }) => message);
  if (!(error instanceof ConvoyError)) {
    const message = error instanceof Error ? error.message : String(error);
    return { kind: 'unknown', code: 'UNEXPLAINED', message, causes };
  }
  const { code, message, remedy, value } = error;
  const own = { code, message, remedy, causes, ...(typeof value === 'string' ? { value } : {}) };
  if (error instanceof HandshakeError) {
    return { ...own, kind: 'handshake', found: error.found, phase: error.phase };
  }
  if (error instanceof EpmdError) return { ...own, kind: 'epmd' };
  return { ...own, kind: error instanceof ConnectionError ? 'connection' : 'other' };
}

function causesOf(error: unknown): readonly Error[] {
  const cause = error instanceof Error ? error.cause : undefined;
  return cause instanceof Error ? [cause, ...causesOf(cause)].slice(0, 3) : [];
}
