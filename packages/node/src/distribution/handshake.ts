/**
 * Both sides of the distribution handshake, version 6, as straight-line code over a port that sends and receives whole
 * messages. It knows no sockets and no timers: net/ handles framing, the deadline and the maximum length. Implements
 * "Distribution Handshake" of the ERTS manual; handshake-failures.ts explains what each failure usually means.
 */

import { DecodeError, type HandshakeError } from '../errors.ts';
import { isFullNodeName, splitNodeName } from '../names.ts';
import { cookieDigest, isSameDigest, randomChallenge } from './challenge.ts';
import { Flag, hasFlags, hiddenFlags, missingFlags, negotiateFlags, visibleFlags } from './flags.ts';
import { giveName } from './given-name.ts';
import * as failure from './handshake-failures.ts';
import * as messages from './handshake-messages.ts';

/** This node, as it presents itself to peers. */
export interface LocalNode {
  /** Full name, `name@host`. */
  readonly name: string;
  readonly creation: number;
  readonly cookie: string;
  /** The cookie for one peer, if it differs from `cookie`, as after `erlang:set_cookie/2`. */
  readonly cookieFor?: ((peer: string) => string | undefined) | undefined;
  readonly hidden: boolean;
  /** The flags that this node offers. Default: `hiddenFlags` or `visibleFlags`. */
  readonly flags?: bigint;
}

/** The node at the other end, as established by the handshake. */
export interface PeerInfo {
  /** Full name, `name@host`. */
  readonly name: string;
  /** The flags that both sides support: the AND of the two offers; see `Flag`. */
  readonly flags: bigint;
  /** Distinguishes this incarnation of the peer from earlier ones. */
  readonly creation: number;
  /** Whether both nodes are visible, so that the connection makes them members of one cluster. */
  readonly visible: boolean;
}

/** Sends and receives whole handshake messages. */
export interface HandshakePort {
  send(message: Uint8Array): void;
  /** The next message; `undefined` when the other side has closed. `phase` names the expected message. */
  receive(phase: string): Promise<Uint8Array | undefined>;
}

export interface InitiateOptions {
  readonly self: LocalNode;
  /** Full name of the node that must answer. */
  readonly peer: string;
  /**
   * Called when the peer believes that we are already connected: `true` replaces that connection. Close our end of the old
   * connection before returning `true` (OTP 23 waits for that). Default: `true`.
   */
  readonly onAlive?: (() => boolean) | undefined;
  /**
   * If set, the node asks the peer for a name, and only the host of `self.name` counts. Called with the name and the creation that
   * the peer has given. The connection is hidden, and no other node can dial this one.
   */
  readonly onNamed?: ((given: messages.GivenName) => void) | undefined;
}

/** The acceptor's answer to a name. `alive`: there already is a connection to that node, and the initiator decides. */
export type AcceptDecision = 'ok' | 'ok_simultaneous' | 'nok' | 'not_allowed' | 'alive';

export interface AcceptHandshakeOptions {
  readonly self: LocalNode;
  /** Called once with the claimed name of an unauthenticated peer; must not keep state for it. */
  readonly decide: (peerName: string) => AcceptDecision;
  /**
   * Called when the peer has proven the cookie, before the last handshake message is sent: close an older connection to
   * it here after deciding `alive`, or our own attempt after `ok_simultaneous`.
   */
  readonly onAuthenticated?: ((peer: PeerInfo) => void) | undefined;
}

/** The initiator's side: name → status → challenge → reply → ack. Throws `HandshakeError`, or what the port throws. */
export async function initiateHandshake(port: HandshakePort, options: InitiateOptions): Promise<PeerInfo> {
  const { self, peer, onNamed } = options;
  if (self.name === peer) throw failure.ownName(peer);
  const offered = onNamed === undefined ? offeredFlags(self) : dynamicFlags(self);
  const { name, creation } =
    onNamed === undefined ? self : { name: splitNodeName(self.name).host, creation: 0 };
  port.send(messages.encodeName({ flags: offered, creation, name }));
  await waitForStatus(port, options);

  const challenge = await receiveMessage(port, {
    phase: 'challenge',
    peer,
    decode: messages.decodeChallenge,
    onClosed: () => failure.closedBeforeChallenge(peer),
  });
  if (challenge.name !== peer) throw failure.wrongName(peer, challenge.name);
  rejectMissingFlags(peer, challenge.flags);
  if (onNamed !== undefined && !hasFlags(challenge.flags, Flag.NAME_ME)) throw failure.noNameGiven(peer);

  const ours = randomChallenge();
  const cookie = cookieFor(self, peer);
  const digest = cookieDigest(cookie, challenge.challenge);
  port.send(messages.encodeChallengeReply({ challenge: ours, digest }));
  const ack = await receiveMessage(port, {
    phase: 'challenge_ack',
    peer,
    decode: messages.decodeChallengeAck,
    onClosed: () => failure.closedAfterReply(peer),
  });
  if (!isSameDigest(ack, cookieDigest(cookie, ours))) throw failure.wrongAck(peer);
  return peerInfo(offered, challenge);
}

/** The acceptor's side. Throws `HandshakeError`, or what the port throws. */
export async function acceptHandshake(
  port: HandshakePort,
  options: AcceptHandshakeOptions,
): Promise<PeerInfo> {
  const { self } = options;
  const offer = await receiveMessage(port, {
    phase: 'send_name',
    decode: decodeOffer,
    onClosed: () => failure.closedBeforeName(),
  });
  const peer = offer.name;
  refuseOffer(port, self, offer);
  await sendStatus(port, offer, options.decide(peer));

  const ours = randomChallenge();
  const { creation, name } = self;
  const offered = offer.form === 'dynamic' ? dynamicFlags(self) : offeredFlags(self);
  port.send(messages.encodeChallenge({ flags: offered, challenge: ours, creation, name }));
  const complete = offer.form === 'old' ? await receiveComplement(port, offer) : offer;
  const reply = await receiveMessage(port, {
    phase: 'challenge_reply',
    peer,
    decode: messages.decodeChallengeReply,
    onClosed: () => failure.closedAfterChallenge(peer),
  });
  const cookie = cookieFor(self, peer);
  if (!isSameDigest(reply.digest, cookieDigest(cookie, ours))) throw failure.wrongReply(peer);
  const info = peerInfo(offered, complete);
  options.onAuthenticated?.(info);
  port.send(messages.encodeChallengeAck(cookieDigest(cookie, reply.challenge)));
  return info;
}

function cookieFor(self: LocalNode, peer: string): string {
  return self.cookieFor?.(peer) ?? self.cookie;
}

/**
 * The answer of an acceptor that is itself dialling `peer`: the attempt of the node with the greater name survives. Names
 * are compared by code points, as Erlang compares atoms.
 */
export function resolveSimultaneous(self: string, peer: string): 'ok_simultaneous' | 'nok' {
  return Buffer.compare(Buffer.from(peer), Buffer.from(self)) > 0 ? 'ok_simultaneous' : 'nok';
}

/** Whether `name` has the form `name@host`, which every acceptor requires, and fits into an atom. */
export function isNodeName(name: string): boolean {
  return name.length <= 255 && isFullNodeName(name);
}

/** The flags that a node offers. */
export function offeredFlags(self: LocalNode): bigint {
  return self.flags ?? (self.hidden ? hiddenFlags : visibleFlags);
}

/** The flags that both sides of a connection with a node without a name of its own offer: such nodes are hidden. */
function dynamicFlags(self: LocalNode): bigint {
  return (offeredFlags(self) | Flag.NAME_ME) & ~Flag.PUBLISHED;
}

async function waitForStatus(port: HandshakePort, options: InitiateOptions): Promise<void> {
  const { self, peer, onAlive, onNamed } = options;
  const status = await receiveMessage(port, {
    phase: 'status',
    peer,
    decode: messages.decodeStatusOrName,
    onClosed: () => failure.closedBeforeStatus(peer),
  });
  if (typeof status !== 'string') {
    const isOurs =
      splitNodeName(status.name).host === splitNodeName(self.name).host &&
      isNodeName(status.name) &&
      isPlainAscii(status.name);
    if (onNamed === undefined || !isOurs) throw failure.wrongNameGiven(peer, status.name);
    return onNamed(status);
  }
  switch (status) {
    case 'ok':
    case 'ok_simultaneous':
      if (onNamed !== undefined) throw failure.noNameGiven(peer);
      return;
    case 'alive': {
      const replace = onAlive?.() ?? true;
      port.send(messages.encodeStatus(String(replace)));
      if (!replace) throw failure.alreadyConnected(peer);
      return;
    }
    case 'nok':
      // Their own attempt can only win against ours if their name is greater.
      throw resolveSimultaneous(self.name, peer) === 'ok_simultaneous'
        ? failure.theirAttemptWins(peer)
        : failure.nameRefused(peer, self.name);
    case 'not_allowed':
      throw failure.notAllowed(peer, self.name);
    default:
      throw failure.unknownStatus(peer, status);
  }
}

/** The name of a peer, and how it was sent. */
interface Offer extends messages.NameMessage {
  /** `old`: half of the flags and the creation follow after the challenge. `dynamic`: the name is the one that we give it. */
  readonly form: 'current' | 'old' | 'dynamic';
}

function decodeOffer(message: Uint8Array): Offer {
  if (messages.isOldForm(message)) return { ...messages.decodeOldName(message), form: 'old' };
  const sent = messages.decodeName(message);
  if (!hasFlags(sent.flags, Flag.NAME_ME)) return { ...sent, form: 'current' };
  // Of a node without a name only the host is sent. Anything else stays malformed.
  const isHost = sent.name !== '' && !sent.name.includes('@');
  const given = isHost ? giveName(sent.name) : { name: '', creation: 0 };
  return { flags: sent.flags & ~Flag.PUBLISHED, ...given, form: 'dynamic' };
}

async function receiveComplement(port: HandshakePort, offer: Offer): Promise<messages.NameMessage> {
  const { flags, creation } = await receiveMessage(port, {
    phase: 'complement',
    peer: offer.name,
    decode: messages.decodeComplement,
    onClosed: () => failure.closedAfterChallenge(offer.name),
  });
  return { name: offer.name, flags: offer.flags | flags, creation };
}

/** Throws when the peer must be refused regardless of the node's state; the answers are those of OTP. */
function refuseOffer(port: HandshakePort, self: LocalNode, offer: Offer): void {
  const peer = offer.name;
  if (!isNodeName(peer)) throw failure.malformedName(peer);
  if (missingFlags(offer.flags).length > 0) port.send(messages.encodeStatus('not_allowed'));
  rejectMissingFlags(peer, offer.flags);
  if (peer === self.name || !isPlainAscii(peer)) {
    port.send(messages.encodeStatus('nok'));
    throw peer === self.name ? failure.ownName(peer) : failure.malformedName(peer);
  }
}

async function sendStatus(port: HandshakePort, offer: Offer, decision: AcceptDecision): Promise<void> {
  const peer = offer.name;
  const isNamed = offer.form === 'dynamic' && decision === 'ok';
  port.send(isNamed ? messages.encodeNamed(offer) : messages.encodeStatus(decision));
  if (decision === 'nok') throw failure.ourAttemptWins(peer);
  if (decision === 'not_allowed') throw failure.peerNotAllowed(peer);
  if (decision !== 'alive') return;
  const answer = await receiveMessage(port, {
    phase: 'answer to alive',
    peer,
    decode: messages.decodeStatus,
    onClosed: () => failure.alreadyConnected(peer),
  });
  if (answer !== 'true') throw failure.alreadyConnected(peer);
}

interface Expectation<Message> {
  readonly phase: string;
  readonly peer?: string;
  readonly decode: (message: Uint8Array) => Message;
  readonly onClosed: () => HandshakeError;
}

async function receiveMessage<Message>(
  port: HandshakePort,
  expected: Expectation<Message>,
): Promise<Message> {
  const message = await port.receive(expected.phase);
  if (message === undefined) throw expected.onClosed();
  try {
    return expected.decode(message);
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    throw failure.malformedMessage(expected.phase, expected.peer, error);
  }
}

function rejectMissingFlags(peer: string, theirs: bigint): void {
  const missing = missingFlags(theirs);
  if (missing.length > 0) throw failure.flagsMissing(peer, missing);
}

function peerInfo(offered: bigint, offer: messages.NameMessage): PeerInfo {
  const flags = negotiateFlags(offered, offer.flags);
  const { name, creation } = offer;
  return { name, creation, flags, visible: hasFlags(flags, Flag.PUBLISHED) };
}

function isPlainAscii(text: string): boolean {
  return /^[\x21-\x7e]+$/.test(text);
}
