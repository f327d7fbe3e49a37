/** The live socket of this page: its state as a signal, and sending. The listener for messages is set at the start. */

import type { ClientMessage, ServerMessage } from '@convoy/console/protocol';
import { signal, type Signal } from '@preact/signals';
import { ask } from './api-client.ts';
import { consoleUrl } from './console-url.ts';
import { LiveSocket, type SocketState } from './live-socket.ts';

const socketPath = '/api/live';

export const socketState: Signal<SocketState> = signal({ kind: 'stopped' });
let socket: LiveSocket | undefined;

export interface LinkListener {
  takeMessage(message: ServerMessage): void;
  /** The socket was live and no longer is. */
  loseLink(): void;
  /** Only a login brings the socket back, perhaps that of another person. */
  loseSession(): void;
}

function socketUrl(): string {
  const url = consoleUrl(socketPath);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  return url.href;
}

function createSocket(listener: LinkListener): LiveSocket {
  return new LiveSocket({
    url: socketUrl(),
    fetchTicket: async () => (await ask('POST /api/tickets')).ticket,
    onMessage: (message) => listener.takeMessage(message),
    onState(state) {
      const wasLive = socketState.value.kind === 'live';
      socketState.value = state;
      if (wasLive && state.kind !== 'live') listener.loseLink();
      if (state.kind === 'refused') listener.loseSession();
    },
  });
}

export function startLink(listener: LinkListener): void {
  if (socket === undefined) {
    socket = createSocket(listener);
    addEventListener('online', retryNow);
    document.addEventListener('visibilitychange', () => {
      if (!document.hidden) retryNow();
    });
  }
  socket.start();
}

/** Skips the wait before the next attempt, if there is one. */
export function retryNow(): void {
  socket?.retryNow();
}

/** Sends a message. Returns `false` if the socket is not live; the message is then not kept. */
export function sendMessage(message: ClientMessage): boolean {
  return socket?.send(message) ?? false;
}
