/** The errors with which established connections end, each with what usually fixes it. */

import { ConnectionError } from '../errors.ts';

const seeLog = 'The log of that node may have the cause.';

export function overflow(peer: string, bufferedBytes: number): ConnectionError {
  return new ConnectionError(
    'CONNECTION_OVERFLOW',
    `${peer} reads too slowly: ${bufferedBytes} bytes were queued for it, more than limits.maxSendQueueBytes`,
    { peer, remedy: 'Await node.sendWhenWritable() where a lot is sent.' },
  );
}

export function protocolError(peer: string, cause: Error): ConnectionError {
  return new ConnectionError('CONNECTION_PROTOCOL', `${peer} sent invalid framing: ${cause.message}`, {
    peer,
    remedy: 'Check that a proxy or another program does not use that port.',
    cause,
  });
}

/** For an error that is not about the bytes: a bug of ours, or a failed allocation. */
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
    `${peer} sent nothing for ${silentMs} ms: it hangs, or the network is down`,
    { peer, remedy: 'If it runs, check that both nodes have the same net tick time (`netTickTimeMs`).' },
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
    `${peer} closed the connection${where}${how}: it stopped, disconnected, or rejected a message`,
    { peer, remedy: seeLog, cause: detail.error },
  );
}
