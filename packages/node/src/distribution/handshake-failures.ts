/**
 * Explains why handshakes fail: the message says what happened, the remedy what usually fixes it. Each cause has one
 * function, so the same cause always has the same code and message. OTP reports little on the wire (a wrong cookie is a
 * silent close), so some messages name the likely cause rather than a certain one. No message ever contains a cookie.
 */

import { HandshakeError } from '../errors.ts';

export function ownName(peer: string): HandshakeError {
  return new HandshakeError('HANDSHAKE_NAME_TAKEN', `${peer} is the name of this node itself`, {
    peer,
    phase: 'send_name',
    remedy: 'Give one of the two nodes a different name.',
  });
}

export function closedBeforeStatus(peer: string): HandshakeError {
  return new HandshakeError(
    'HANDSHAKE_CLOSED',
    `${peer} closed the connection instead of answering our name: its port may belong to something else ` +
      '(a TLS listener, an outdated EPMD entry, a tunnel without a target), or it considers our name malformed',
    { peer, phase: 'status', remedy: 'Check which program listens on that port, and the log of the node.' },
  );
}

export function closedBeforeChallenge(peer: string): HandshakeError {
  return new HandshakeError(
    'HANDSHAKE_CLOSED',
    `${peer} closed the connection instead of sending its challenge: it may be shutting down, or still have an ` +
      'older connection to this node',
    { peer, phase: 'challenge', remedy: 'Wait for its net tick time, or disconnect this node there.' },
  );
}

export function closedAfterReply(peer: string): HandshakeError {
  return new HandshakeError(
    'HANDSHAKE_COOKIE_MISMATCH',
    `${peer} closed the connection after the challenge reply: the cookies probably differ`,
    {
      peer,
      phase: 'challenge_ack',
      remedy:
        'Give both nodes the same cookie: the other node has it from ~/.erlang.cookie, -setcookie or RELEASE_COOKIE.',
    },
  );
}

export function wrongAck(peer: string): HandshakeError {
  return new HandshakeError(
    'HANDSHAKE_COOKIE_MISMATCH',
    `${peer} accepted our cookie but proved a different one itself: it may have a separate cookie for each peer`,
    { peer, phase: 'challenge_ack', remedy: 'Use the same cookie in both directions.' },
  );
}

export function wrongReply(peer: string): HandshakeError {
  return new HandshakeError('HANDSHAKE_COOKIE_MISMATCH', `${peer} does not have the cookie of this node`, {
    peer,
    phase: 'challenge_reply',
    remedy: 'Give both nodes the same cookie.',
  });
}

export function wrongName(peer: string, found: string): HandshakeError {
  return new HandshakeError(
    'HANDSHAKE_WRONG_NAME',
    `dialled ${peer}, but the node that answered is called ${printable(found)}`,
    {
      peer,
      phase: 'challenge',
      found: printable(found),
      remedy:
        'Use that name, or correct the host part of the name, the EPMD entry or the tunnel that led there.',
    },
  );
}

export function flagsMissing(peer: string, missing: readonly string[]): HandshakeError {
  return new HandshakeError('HANDSHAKE_MISSING_FLAGS', `${printable(peer)} lacks ${missing.join(', ')}`, {
    peer,
    phase: 'flags',
    remedy: 'Run that node on OTP 23 or later.',
  });
}

export function notAllowed(peer: string, self: string): HandshakeError {
  return new HandshakeError(
    'HANDSHAKE_NOT_ALLOWED',
    `${peer} does not allow ${self} to connect: it has an allow list (net_kernel:allow/1) without this name, or it ` +
      'requires a protocol capability that this node does not offer',
    { peer, phase: 'status', remedy: `Add the name to the allow list: net_kernel:allow(['${self}']).` },
  );
}

export function nameRefused(peer: string, self: string): HandshakeError {
  return new HandshakeError(
    'HANDSHAKE_NAME_TAKEN',
    `${peer} refused the name ${self}: it is the name of that node itself, it is not valid, or it belongs to a node that ` +
      `${peer} is just connecting to`,
    { peer, phase: 'status', remedy: 'Give this node a unique name.' },
  );
}

export function theirAttemptWins(peer: string): HandshakeError {
  return new HandshakeError(
    'HANDSHAKE_SIMULTANEOUS',
    `${peer} is dialling this node at the same time, and its attempt takes precedence`,
    { peer, phase: 'status', remedy: 'Wait for that connection.' },
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

export function malformedName(name: string): HandshakeError {
  return new HandshakeError(
    'HANDSHAKE_PROTOCOL',
    `a peer calls itself "${printable(name)}", which is not a valid node name`,
    { phase: 'send_name', remedy: 'Start it with a name of the form name@host in ASCII.' },
  );
}

export function noNameGiven(peer: string): HandshakeError {
  return new HandshakeError('HANDSHAKE_NOT_ALLOWED', `${peer} gives no names to nodes that ask for one`, {
    peer,
    phase: 'status',
    remedy: 'Start this node with a name of its own.',
  });
}

export function wrongNameGiven(peer: string, given: string): HandshakeError {
  return new HandshakeError(
    'HANDSHAKE_PROTOCOL',
    `${peer} gave this node the name "${printable(given)}", which is not a valid one for its host`,
    { peer, phase: 'status', remedy: 'Start this node with a name of its own.' },
  );
}

export function peerNotAllowed(peer: string): HandshakeError {
  return new HandshakeError('HANDSHAKE_NOT_ALLOWED', `${peer} is not on the allow list of this node`, {
    peer,
    phase: 'send_name',
    remedy: 'Add it to `allow` if it may connect.',
  });
}

export function malformedMessage(phase: string, peer: string | undefined, cause: Error): HandshakeError {
  return new HandshakeError(
    'HANDSHAKE_PROTOCOL',
    `${peer ?? 'an unknown peer'} sent something other than a ${phase}: ${cause.message}`,
    { peer, phase, cause, remedy: 'Check that the port is an Erlang distribution port.' },
  );
}

/** Text from an unauthenticated peer, shortened and safe to print. */
function printable(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, '?').slice(0, 255);
}
