/**
 * Why handshakes fail, in words for people: what happened, and what usually fixes it. Each cause has one function, so
 * that the same cause always has the same code and sentence. OTP says little on the wire (a wrong cookie is a silent
 * close), so some of these name the likely cause rather than a certain one. No cookie is ever part of a message.
 */
import { HandshakeError } from '../errors.ts';

export function ownName(peer: string): HandshakeError {
  return new HandshakeError(
    'HANDSHAKE_NAME_TAKEN',
    `${peer} is the name of this node itself: give one of the two nodes another name`,
    { peer, phase: 'send_name' },
  );
}

export function closedBeforeStatus(peer: string): HandshakeError {
  return new HandshakeError(
    'HANDSHAKE_CLOSED',
    `${peer} closed the connection without an answer to our name: its port may belong to something else ` +
      '(a TLS distribution listener, an old EPMD entry, a tunnel without a far end), or it finds our name malformed',
    { peer, phase: 'status' },
  );
}

export function closedBeforeChallenge(peer: string): HandshakeError {
  return new HandshakeError(
    'HANDSHAKE_CLOSED',
    `${peer} closed the connection instead of sending its challenge: it may be shutting down, or still hold an ` +
      'older connection to this node (wait for its net tick time, or disconnect there)',
    { peer, phase: 'challenge' },
  );
}

export function closedAfterReply(peer: string): HandshakeError {
  return new HandshakeError(
    'HANDSHAKE_COOKIE_MISMATCH',
    `${peer} closed after the challenge reply: the cookies probably differ. Give both nodes the same cookie ` +
      '(theirs is in ~/.erlang.cookie, -setcookie or RELEASE_COOKIE)',
    { peer, phase: 'challenge_ack' },
  );
}

export function wrongAck(peer: string): HandshakeError {
  return new HandshakeError(
    'HANDSHAKE_COOKIE_MISMATCH',
    `${peer} accepted our digest but proved another cookie itself: it may use one cookie per peer; ` +
      'give both directions the same one',
    { peer, phase: 'challenge_ack' },
  );
}

export function wrongReply(peer: string): HandshakeError {
  return new HandshakeError(
    'HANDSHAKE_COOKIE_MISMATCH',
    `${peer} does not know the cookie of this node: give both nodes the same cookie`,
    { peer, phase: 'challenge_reply' },
  );
}

export function wrongName(peer: string, found: string): HandshakeError {
  return new HandshakeError(
    'HANDSHAKE_WRONG_NAME',
    `dialled ${peer}, but the node there is called ${printable(found)}: use that name, or correct the host part ` +
      'of the name, the EPMD entry or the tunnel that led there',
    { peer, phase: 'challenge', found: printable(found) },
  );
}

export function flagsMissing(peer: string, missing: readonly string[]): HandshakeError {
  return new HandshakeError(
    'HANDSHAKE_MISSING_FLAGS',
    `${printable(peer)} lacks ${missing.join(', ')}: Convoy speaks with OTP 23 and later`,
    { peer, phase: 'flags' },
  );
}

export function notAllowed(peer: string, self: string): HandshakeError {
  return new HandshakeError(
    'HANDSHAKE_NOT_ALLOWED',
    `${peer} does not let ${self} in: it has an allow list (net_kernel:allow/1) without this name, or it demands ` +
      'a protocol capability that this node does not offer',
    { peer, phase: 'status' },
  );
}

export function nameRefused(peer: string, self: string): HandshakeError {
  return new HandshakeError(
    'HANDSHAKE_NAME_TAKEN',
    `${peer} refused the name ${self}: it is its own name, not a valid one, or the name of a node that it is ` +
      'just connecting to; give this node a name of its own',
    { peer, phase: 'status' },
  );
}

export function theirAttemptWins(peer: string): HandshakeError {
  return new HandshakeError(
    'HANDSHAKE_SIMULTANEOUS',
    `${peer} is dialling this node at the same moment and its attempt goes first: wait for that connection`,
    { peer, phase: 'status' },
  );
}

export function ourAttemptWins(peer: string): HandshakeError {
  return new HandshakeError(
    'HANDSHAKE_SIMULTANEOUS',
    `${peer} dialled this node while this node dials it, and the attempt from here goes first`,
    { peer, phase: 'send_name' },
  );
}

export function alreadyConnected(peer: string): HandshakeError {
  return new HandshakeError(
    'HANDSHAKE_ALREADY_CONNECTED',
    `${peer} and this node are connected already, and that connection was kept`,
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
    'somebody connected and closed without a name: a port scan, a health check or a node that gave up',
    { phase: 'send_name' },
  );
}

export function closedAfterChallenge(peer: string): HandshakeError {
  return new HandshakeError(
    'HANDSHAKE_CLOSED',
    `${peer} closed after our challenge: it misses a capability of this node, dialled another name than this ` +
      "node's, or dropped this attempt for another one",
    { peer, phase: 'challenge_reply' },
  );
}

export function oldForm(): HandshakeError {
  return new HandshakeError(
    'HANDSHAKE_PROTOCOL',
    'a peer speaks the handshake of OTP 22 and before; an OTP 23 or 24 node does so when it runs with ' +
      '-erl_epmd_port or when EPMD reports version 5 for this node',
    { phase: 'send_name' },
  );
}

export function malformedName(name: string): HandshakeError {
  return new HandshakeError(
    'HANDSHAKE_PROTOCOL',
    `a peer calls itself "${printable(name)}", which is no node name: it must be name@host in ASCII`,
    { phase: 'send_name' },
  );
}

export function dynamicName(host: string): HandshakeError {
  return new HandshakeError(
    'HANDSHAKE_NOT_ALLOWED',
    `a peer at host "${printable(host)}" wants to be given a name, which this node does not do: start it with one`,
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
    `${peer ?? 'a stranger'} sent something else than a ${phase}: ${cause.message}. ` +
      'Is that port really an Erlang distribution port?',
    { peer, phase, cause },
  );
}

/** What a stranger sent, safe to print and short. */
function printable(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, '?').slice(0, 255);
}
