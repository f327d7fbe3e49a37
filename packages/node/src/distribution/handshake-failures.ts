/**
 * Explains why handshakes fail: what happened, and what usually fixes it. Each cause has one function, so the same cause
 * always has the same code and message. OTP reports little on the wire (a wrong cookie is a silent close), so some messages
 * name the likely cause rather than a certain one. No message ever contains a cookie.
 */

import { HandshakeError } from '../errors.ts';

export function ownName(peer: string): HandshakeError {
  return new HandshakeError(
    'HANDSHAKE_NAME_TAKEN',
    `${peer} is the name of this node itself: give one of the two nodes a different name`,
    { peer, phase: 'send_name' },
  );
}

export function closedBeforeStatus(peer: string): HandshakeError {
  return new HandshakeError(
    'HANDSHAKE_CLOSED',
    `${peer} closed the connection instead of answering our name: its port may belong to something else ` +
      '(a TLS listener, an outdated EPMD entry, a tunnel without a target), or it considers our name malformed',
    { peer, phase: 'status' },
  );
}

export function closedBeforeChallenge(peer: string): HandshakeError {
  return new HandshakeError(
    'HANDSHAKE_CLOSED',
    `${peer} closed the connection instead of sending its challenge: it may be shutting down, or still have an ` +
      'older connection to this node (wait for its net tick time, or disconnect there)',
    { peer, phase: 'challenge' },
  );
}

export function closedAfterReply(peer: string): HandshakeError {
  return new HandshakeError(
    'HANDSHAKE_COOKIE_MISMATCH',
    `${peer} closed the connection after the challenge reply: the cookies probably differ. Give both nodes the same ` +
      'cookie (the other node has it from ~/.erlang.cookie, -setcookie or RELEASE_COOKIE)',
    { peer, phase: 'challenge_ack' },
  );
}

export function wrongAck(peer: string): HandshakeError {
  return new HandshakeError(
    'HANDSHAKE_COOKIE_MISMATCH',
    `${peer} accepted our cookie but proved a different one itself: it may have a separate cookie for each peer; ` +
      'use the same cookie in both directions',
    { peer, phase: 'challenge_ack' },
  );
}

export function wrongReply(peer: string): HandshakeError {
  return new HandshakeError(
    'HANDSHAKE_COOKIE_MISMATCH',
    `${peer} does not have the cookie of this node: give both nodes the same cookie`,
    { peer, phase: 'challenge_reply' },
  );
}

export function wrongName(peer: string, found: string): HandshakeError {
  return new HandshakeError(
    'HANDSHAKE_WRONG_NAME',
    `dialled ${peer}, but the node that answered is called ${printable(found)}: use that name, or correct the host ` +
      'part of the name, the EPMD entry or the tunnel that led there',
    { peer, phase: 'challenge', found: printable(found) },
  );
}

export function flagsMissing(peer: string, missing: readonly string[]): HandshakeError {
  return new HandshakeError(
    'HANDSHAKE_MISSING_FLAGS',
    `${printable(peer)} lacks ${missing.join(', ')}: Convoy supports OTP 23 and later`,
    { peer, phase: 'flags' },
  );
}

export function notAllowed(peer: string, self: string): HandshakeError {
  return new HandshakeError(
    'HANDSHAKE_NOT_ALLOWED',
    `${peer} does not allow ${self} to connect: it has an allow list (net_kernel:allow/1) without this name, or it ` +
      'requires a protocol capability that this node does not offer',
    { peer, phase: 'status' },
  );
}

export function nameRefused(peer: string, self: string): HandshakeError {
  return new HandshakeError(
    'HANDSHAKE_NAME_TAKEN',
    `${peer} refused the name ${self}: it is the name of that node itself, it is not valid, or it belongs to a node that ` +
      `${peer} is just connecting to; give this node a unique name`,
    { peer, phase: 'status' },
  );
}

export function theirAttemptWins(peer: string): HandshakeError {
  return new HandshakeError(
    'HANDSHAKE_SIMULTANEOUS',
    `${peer} is dialling this node at the same time, and its attempt takes precedence: wait for that connection`,
    { peer, phase: 'status' },
  );
}

export function ourAttemptWins(peer: string): HandshakeError {
  return new HandshakeError(
    'HANDSHAKE_SIMULTANEOUS',
    `${peer} dialled this node while this node was dialling it, and the attempt of this node takes precedence`,
    { peer, phase: 'send_name' },
  );
}

export function alreadyConnected(peer: string): HandshakeError {
  return new HandshakeError(
    'HANDSHAKE_ALREADY_CONNECTED',
    `${peer} and this node are already connected, and that connection was kept`,
    { peer, phase: 'status' },
  );
}

export function unknownStatus(peer: string, status: string): HandshakeError {
  return new HandshakeError(
    'HANDSHAKE_PROTOCOL',
    `${peer} answered our name with the unknown status "${printable(status)}"`,
    { peer, phase: 'status' },
  );
}

export function closedBeforeName(): HandshakeError {
  return new HandshakeError(
    'HANDSHAKE_CLOSED',
    'a client connected and closed without sending a name: a port scan, a health check or a node that gave up',
    { phase: 'send_name' },
  );
}

export function closedAfterChallenge(peer: string): HandshakeError {
  return new HandshakeError(
    'HANDSHAKE_CLOSED',
    `${peer} closed the connection after our challenge: it requires a capability that this node lacks, dialled a ` +
      "name other than this node's, or dropped this attempt in favour of another",
    { peer, phase: 'challenge_reply' },
  );
}

export function oldForm(): HandshakeError {
  return new HandshakeError(
    'HANDSHAKE_PROTOCOL',
    'a peer uses the handshake of OTP 22 and earlier; an OTP 23 or 24 node does so when it runs with -erl_epmd_port, or ' +
      'when EPMD reports version 5 for this node',
    { phase: 'send_name' },
  );
}

export function malformedName(name: string): HandshakeError {
  return new HandshakeError(
    'HANDSHAKE_PROTOCOL',
    `a peer calls itself "${printable(name)}", which is not a valid node name: it must be name@host in ASCII`,
    { phase: 'send_name' },
  );
}

export function dynamicName(host: string): HandshakeError {
  return new HandshakeError(
    'HANDSHAKE_NOT_ALLOWED',
    `a peer on host "${printable(host)}" requests a dynamic name, which this node does not support: start it with a name`,
    { phase: 'send_name' },
  );
}

export function peerNotAllowed(peer: string): HandshakeError {
  return new HandshakeError('HANDSHAKE_NOT_ALLOWED', `${peer} is not on the allow list of this node`, {
    peer,
    phase: 'send_name',
  });
}

export function malformedMessage(phase: string, peer: string | undefined, cause: Error): HandshakeError {
  return new HandshakeError(
    'HANDSHAKE_PROTOCOL',
    `${peer ?? 'an unknown peer'} sent something other than a ${phase}: ${cause.message}. ` +
      'Is that port really an Erlang distribution port?',
    { peer, phase, cause },
  );
}

/** Text from an unauthenticated peer, shortened and safe to print. */
function printable(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, '?').slice(0, 255);
}
