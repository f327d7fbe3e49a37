/** Why established connections end, as `ConnectionError`s with what usually helps. */
import { ConnectionError } from '../errors.ts';

export function overflow(peer: string, bufferedBytes: number): ConnectionError {
  return new ConnectionError(
    'CONNECTION_OVERFLOW',
    `${peer} does not read what it is sent: ${bufferedBytes} bytes were waiting (maxSendQueueBytes). ` +
      'Stop sending when send returns false, until onDrain',
    { peer },
  );
}

export function protocolError(peer: string, cause: Error): ConnectionError {
  return new ConnectionError('CONNECTION_PROTOCOL', `${peer} broke the framing: ${cause.message}`, {
    peer,
    cause,
  });
}

/** An error that is not about the bytes: a bug of ours, or memory that could not be had. */
export function unreadable(peer: string, cause: unknown): ConnectionError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new ConnectionError('CONNECTION_PROTOCOL', `cannot process what ${peer} sent: ${why}`, {
    peer,
    cause,
  });
}

export function silent(peer: string, silentMs: number): ConnectionError {
  return new ConnectionError(
    'CONNECTION_TICK_TIMEOUT',
    `${peer} was silent for ${silentMs} ms: it hangs, or the network between is cut; ` +
      'both nodes should have the same net tick time',
    { peer },
  );
}

export function ended(
  peer: string,
  detail: { readonly error: Error | undefined; readonly isCut: boolean },
): ConnectionError {
  const how = detail.error === undefined ? '' : ` (${detail.error.message})`;
  const where = detail.isCut ? ' in the middle of a message' : '';
  return new ConnectionError(
    'CONNECTION_CLOSED',
    `${peer} closed the connection${where}${how}: it stopped, disconnected, or saw a message it does not accept`,
    { peer, cause: detail.error },
  );
}
