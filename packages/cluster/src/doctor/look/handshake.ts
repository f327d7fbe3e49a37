/** Performs the handshake with what listens where the node should be, and looks closer at what does not complete it. */

import { randomBytes } from 'node:crypto';
import { createTcpTransport, HandshakeError, type Resolver, type Transport } from '@convoy/node';
import { dialPeer } from '@convoy/node/connection';
import { splitNodeName } from '@convoy/node/names';
import type { HandshakeSeen } from '../model/seen.ts';
import { readGreeting } from './dial.ts';
import { errorSeen } from './error-seen.ts';

export interface HandshakeRequest {
  readonly node: string;
  readonly ownName: string | undefined;
  readonly cookie: string;
  readonly resolver: Resolver;
  readonly transport: Transport;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  /** Where the port was open; missing through a tunnel. */
  readonly place?: { readonly address: string; readonly port: number } | undefined;
}

/** A name for the doctor itself, of the same form as that of the node. */
export function visitorName(node: string): string {
  return `convoy_doctor_${randomBytes(4).toString('hex')}@${splitNodeName(node).host}`;
}

export async function observeHandshake(request: HandshakeRequest): Promise<HandshakeSeen> {
  try {
    await tryHandshake(request);
    return {};
  } catch (error) {
    request.signal.throwIfAborted();
    const seen = errorSeen(error);
    const isTls = request.transport.name.startsWith('tls');
    const isUnclear = seen.code === 'HANDSHAKE_CLOSED' || seen.code === 'HANDSHAKE_PROTOCOL';
    const [answersWithoutTls, greeting] = await Promise.all([
      isTls && isTlsUnanswered(seen.code) ? doesAnswerWithoutTls(request) : undefined,
      isUnclear ? greetingAt(request) : undefined,
    ]);
    return { error: seen, answersWithoutTls, greeting };
  }
}

function isTlsUnanswered(code: string): boolean {
  return [
    'CONNECTION_TIMEOUT',
    'HANDSHAKE_TIMEOUT',
    'CONNECTION_TLS_FAILED',
    'CONNECTION_TLS_NOT_SPOKEN',
  ].includes(code);
}

async function tryHandshake(request: HandshakeRequest): Promise<void> {
  const { node, ownName, cookie, resolver, transport, timeoutMs, signal } = request;
  const creation = 4 + randomBytes(3).readUIntBE(0, 3);
  const connection = await dialPeer({
    self: { name: ownName ?? visitorName(node), creation, cookie, hidden: true },
    peer: node,
    resolver,
    transport,
    handshakeTimeoutMs: timeoutMs,
    // A live connection of the node whose name is used must not be replaced by an examination.
    onAlive: () => false,
    signal,
  });
  connection.close();
}

/** Uses a random cookie, so that no proof of the real one goes over plain TCP. */
async function doesAnswerWithoutTls(request: HandshakeRequest): Promise<boolean> {
  try {
    const cookie = randomBytes(16).toString('hex');
    await tryHandshake({ ...request, transport: createTcpTransport(), cookie });
    return true;
  } catch (error) {
    return error instanceof HandshakeError && error.code === 'HANDSHAKE_COOKIE_MISMATCH';
  }
}

/** What the program says by itself, or when it is asked as a web server. */
async function greetingAt({ place, signal }: HandshakeRequest): Promise<string | undefined> {
  if (place === undefined) return undefined;
  const unasked = await readGreeting(place.address, place.port, { signal });
  if (unasked !== undefined) return unasked;
  return readGreeting(place.address, place.port, { ask: 'HEAD / HTTP/1.0\r\n\r\n', signal });
}
