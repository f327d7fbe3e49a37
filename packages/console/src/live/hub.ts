/**
 * The live sockets: accepts them after checks that a browser does not make (host, origin, number of sockets), notifies all
 * of them of changes, and drops those that no longer respond.
 */

import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type WebSocket } from 'ws';
import type { Gatekeeper } from '../auth/gatekeeper.ts';
import { ConsoleError, problemOf, statusOf } from '../errors.ts';
import type { NodeChanges } from '../nodes/node-registry.ts';
import { shownJson } from '../shown-json.ts';
import { IncomingBytes, maxMessageBytes } from './incoming-bytes.ts';
import type { LiveContext } from './live-context.ts';
import { closeCodes, LiveSocket } from './live-socket.ts';

const path = '/api/live';
const maxSockets = 64;
/** Limits on the fragments of a message. Browsers split large messages into a few dozen. */
const pieceLimits = { maxFragments: 1024, maxBufferedChunks: 8192 };
const heartbeatMs = 20_000;

/** All live sockets of a console. */
export class Hub {
  readonly #context: LiveContext;
  /** Path of the live socket, with the base path. */
  readonly #path: string;
  readonly #server: WebSocketServer;
  readonly #sockets = new Map<WebSocket, LiveSocket>();
  readonly #answered = new WeakSet<WebSocket>();
  readonly #incoming = new IncomingBytes();
  readonly #heartbeat: NodeJS.Timeout;
  readonly #leaveRegistry: () => void;
  readonly #leaveClusters: () => void;
  readonly #leaveOthers: () => void;
  readonly #leaveAudit: () => void;
  readonly #leaveShells: () => void;

  constructor(context: LiveContext, basePath: string = '') {
    this.#context = context;
    this.#path = `${basePath}${path}`;
    this.#server = new WebSocketServer({
      noServer: true,
      maxPayload: maxMessageBytes,
      // The types of ws do not declare these options yet.
      ...pieceLimits,
      perMessageDeflate: false,
    });
    const notifyNodes = (changes: NodeChanges): void => {
      for (const socket of this.#sockets.values()) socket.notifyNodes(changes);
    };
    this.#leaveRegistry = context.registry.subscribe(notifyNodes);
    this.#leaveOthers = context.others.subscribe(notifyNodes);
    this.#leaveClusters = context.clusters.subscribe({
      onChanged: (view) => {
        for (const socket of this.#sockets.values()) socket.notifyCluster(view);
      },
      onGone: (id) => {
        for (const socket of this.#sockets.values()) socket.notifyClusterGone(id);
      },
    });
    this.#leaveAudit = context.audit.subscribe(() => {
      for (const socket of this.#sockets.values()) socket.notifyAudit();
    });
    this.#leaveShells = context.shells.subscribe({
      onChanged: (shell) => {
        for (const socket of this.#sockets.values()) socket.notifyShell(shell);
      },
      onClosed: (shellId, reason) => {
        for (const socket of this.#sockets.values()) socket.notifyShellClosed(shellId, reason);
      },
    });
    this.#heartbeat = setInterval(() => this.#dropSilent(), heartbeatMs);
    this.#heartbeat.unref();
  }

  /** For the HTTP server's `upgrade` event. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on('error', () => socket.destroy());
    try {
      this.#check(request);
    } catch (error) {
      refuseUpgrade(socket, error);
      return;
    }
    this.#server.handleUpgrade(request, socket, head, (live) => this.#add(live, socket));
  }

  /** Closes all sockets. */
  close(): void {
    clearInterval(this.#heartbeat);
    this.#leaveRegistry();
    this.#leaveOthers();
    this.#leaveClusters();
    this.#leaveAudit();
    this.#leaveShells();
    for (const [raw, socket] of this.#sockets) {
      socket.close(closeCodes.goingAway, 'the console is shutting down');
      // A peer that does not answer the close must not hold the server open.
      setTimeout(() => raw.terminate(), 500).unref();
    }
    this.#server.close();
  }

  #check(request: IncomingMessage): void {
    if (pathOf(request) !== this.#path) {
      throw new ConsoleError('CONSOLE_NOT_FOUND', `there is no WebSocket at ${pathOf(request)}`, {
        remedy: `The live socket is at ${this.#path}.`,
      });
    }
    checkUpgrade(this.#context.gatekeeper, request);
    if (this.#sockets.size < maxSockets || this.#dropStranger()) return;
    throw new ConsoleError('CONSOLE_TOO_MANY', `${maxSockets} pages are connected, which is the limit`, {
      remedy: 'Close one of them.',
    });
  }

  /** Drops the oldest unauthenticated socket to make room, because anyone can open any number of those. */
  #dropStranger(): boolean {
    const stranger = [...this.#sockets].find(([, socket]) => socket.isStranger);
    if (stranger === undefined) return false;
    this.#sockets.delete(stranger[0]);
    stranger[0].terminate();
    return true;
  }

  #add(raw: WebSocket, connection: Duplex): void {
    const live = new LiveSocket(raw, this.#context);
    this.#sockets.set(raw, live);
    this.#incoming.watch(raw, connection, () => live.isStranger);
    this.#answered.add(raw);
    raw.on('pong', () => this.#answered.add(raw));
    raw.on('close', () => this.#sockets.delete(raw));
  }

  #dropSilent(): void {
    for (const raw of this.#sockets.keys()) {
      this.#context.faults.run({ kind: 'socket', name: 'heartbeat', end: () => raw.terminate() }, () => {
        if (!this.#answered.delete(raw)) raw.terminate();
        else raw.ping();
      });
    }
  }
}

function pathOf({ url = '' }: IncomingMessage): string {
  return url.split('?', 1)[0] ?? '';
}

/** Checks an upgrade. It needs an origin or a token, unlike other reads, because WebSockets have no same-origin policy. */
function checkUpgrade(gatekeeper: Gatekeeper, request: IncomingMessage): void {
  const credentials = gatekeeper.credentialsOf(request);
  gatekeeper.checkHost(credentials);
  gatekeeper.checkOrigin(credentials, 'UPGRADE');
  if (credentials.authorization !== undefined) gatekeeper.identify(credentials);
}

function refuseUpgrade(socket: Duplex, error: unknown): void {
  const body = shownJson({ error: problemOf(error) });
  const head = [
    `HTTP/1.1 ${statusOf(error)} Refused`,
    'Content-Type: application/json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
  ];
  // The HTTP server no longer manages this socket, and a peer that keeps its half open must not keep ours open.
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`, () => socket.destroy());
}
