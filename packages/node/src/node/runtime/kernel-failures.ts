/** The errors of the connections of a node as a whole: of connecting, sending and closing. */

import { ConnectionError, NodeError } from '../../errors.ts';

export function unsentError(peer: string, cause: unknown): ConnectionError {
  const why = cause instanceof Error ? `: ${cause.message}` : '';
  return new ConnectionError(
    'CONNECTION_CLOSED',
    `the message waited for room at ${peer} and was not sent, because the connection ended${why}`,
    { peer, remedy: 'Send it again once the node is connected, if it is still needed.', cause },
  );
}

export function overfullError(peer: string, bytes: number): ConnectionError {
  const message = `${bytes} bytes were sent to ${peer} while it was being dialled, more than limits.maxDialQueueMessages or limits.maxSendQueueBytes allow`;
  const remedy = 'Connect before you send much, or await node.sendWhenWritable().';
  return new ConnectionError('CONNECTION_OVERFLOW', message, { peer, remedy });
}

export function limitError(peer: string, maxConnections: number): ConnectionError {
  const message = `cannot connect to ${peer}: ${maxConnections} nodes are already connected or being dialled`;
  const remedy = 'Raise limits.maxConnections, or disconnect some nodes.';
  return new ConnectionError('CONNECTION_LIMIT', message, { peer, remedy });
}

export function undialledError(peer: string): ConnectionError {
  const message = `${peer} is not connected, and an isolated node dials only for connect(), rpc() and call()`;
  return new ConnectionError('CONNECTION_CLOSED', message, { peer, remedy: 'Call connect() first.' });
}

export function disconnectedError(peer: string): ConnectionError {
  return new ConnectionError('CONNECTION_CLOSED', `disconnect() aborted the attempt to connect to ${peer}`, {
    peer,
    remedy: 'Call connect() again if the connection is still needed.',
  });
}

/** The error for using a closed node. */
export function closedError(name: string): NodeError {
  return new NodeError('NODE_CLOSED', `node ${name} is closed`, { remedy: 'Start a new node.' });
}
