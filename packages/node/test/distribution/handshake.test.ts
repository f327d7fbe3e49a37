import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { cookieDigest } from '../../src/distribution/challenge.ts';
import { Flag, hiddenFlags, visibleFlags } from '../../src/distribution/flags.ts';
import * as messages from '../../src/distribution/handshake-messages.ts';
import {
  type AcceptDecision,
  acceptHandshake,
  type HandshakePort,
  initiateHandshake,
  type LocalNode,
  type PeerInfo,
  resolveSimultaneous,
} from '../../src/distribution/handshake.ts';
import { HandshakeError, type HandshakeErrorCode } from '../../src/errors.ts';

const alice: LocalNode = { name: 'alice@127.0.0.1', creation: 7, cookie: 'SECRETCOOKIE', hidden: false };
const bob: LocalNode = { name: 'bob@127.0.0.1', creation: 9, cookie: 'SECRETCOOKIE', hidden: false };

/** One end of a pipe of messages. */
class Pipe implements HandshakePort {
  readonly sent: Uint8Array[] = [];
  other: Pipe | undefined;
  #waiter: ((message: Uint8Array | undefined) => void) | undefined;
  readonly #inbox: Uint8Array[] = [];
  #isClosed = false;

  send(message: Uint8Array): void {
    this.sent.push(message);
    this.other?.arrive(message);
  }

  arrive(message: Uint8Array): void {
    if (this.#waiter === undefined) this.#inbox.push(message);
    else this.#waiter(message);
    this.#waiter = undefined;
  }

  close(): void {
    this.#isClosed = true;
    this.#waiter?.(undefined);
  }

  receive(): Promise<Uint8Array | undefined> {
    const message = this.#inbox.shift();
    if (message !== undefined || this.#isClosed) return Promise.resolve(message);
    return new Promise((resolve) => {
      this.#waiter = resolve;
    });
  }

  /** Texts of the statuses that were sent. */
  get statuses(): string[] {
    return this.sent
      .filter((message) => message[0] === 0x73)
      .map((message) => messages.decodeStatus(message));
  }
}

interface Meeting {
  readonly initiator: PeerInfo | HandshakeError;
  readonly acceptor: PeerInfo | HandshakeError;
  readonly ports: readonly [Pipe, Pipe];
}

interface MeetingOptions {
  readonly dialled?: string;
  readonly decision?: AcceptDecision;
  readonly onAlive?: () => boolean;
  readonly onAuthenticated?: (peer: PeerInfo) => void;
  readonly onNamed?: (given: messages.GivenName) => void;
}

async function meet(
  initiator: LocalNode,
  acceptor: LocalNode,
  options: MeetingOptions = {},
): Promise<Meeting> {
  const [near, far] = [new Pipe(), new Pipe()];
  near.other = far;
  far.other = near;
  const decide = (): AcceptDecision => options.decision ?? 'ok';
  const both = await Promise.all([
    settle(
      initiateHandshake(near, {
        self: initiator,
        peer: options.dialled ?? acceptor.name,
        onAlive: options.onAlive,
        onNamed: options.onNamed,
      }),
      far,
    ),
    settle(acceptHandshake(far, { self: acceptor, decide, onAuthenticated: options.onAuthenticated }), near),
  ]);
  return { initiator: both[0], acceptor: both[1], ports: [near, far] };
}

async function settle(half: Promise<PeerInfo>, other: Pipe): Promise<PeerInfo | HandshakeError> {
  try {
    return await half;
  } catch (error) {
    other.close();
    if (error instanceof HandshakeError) return error;
    throw error;
  }
}

function codes({ initiator, acceptor }: Meeting): (HandshakeErrorCode | 'ok')[] {
  return [initiator, acceptor].map((side) => (side instanceof HandshakeError ? side.code : 'ok'));
}

/** Runs one half against prepared messages; the other side closes after them. */
async function against(
  half: (port: Pipe) => Promise<PeerInfo>,
  script: readonly Uint8Array[],
): Promise<[HandshakeError, Pipe]> {
  const port = new Pipe();
  for (const message of script) port.arrive(message);
  port.close();
  const error = await half(port).then(
    () => assert.fail('the handshake succeeded'),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof HandshakeError, String(error));
  return [error, port];
}

const asInitiator =
  (self: LocalNode, peer: string) =>
  (port: Pipe): Promise<PeerInfo> =>
    initiateHandshake(port, { self, peer });
const asAcceptor =
  (self: LocalNode) =>
  (port: Pipe): Promise<PeerInfo> =>
    acceptHandshake(port, { self, decide: () => 'ok' });

describe('handshake between two nodes of ours', () => {
  test('both learn name, creation and what both understand', async () => {
    const { initiator, acceptor } = await meet(alice, bob);
    assert.deepEqual(initiator, { name: bob.name, creation: 9, flags: visibleFlags, visible: true });
    assert.deepEqual(acceptor, { name: alice.name, creation: 7, flags: visibleFlags, visible: true });
  });

  test('the connection is hidden when either side is', async () => {
    const { initiator, acceptor } = await meet({ ...alice, hidden: true }, bob);
    assert.deepEqual(initiator, { name: bob.name, creation: 9, flags: hiddenFlags, visible: false });
    assert.equal((acceptor as PeerInfo).visible, false);
  });

  test('different cookies are seen by both, and no cookie is told', async () => {
    const meeting = await meet({ ...alice, cookie: 'SOMETHINGELSE' }, bob);
    assert.deepEqual(codes(meeting), ['HANDSHAKE_COOKIE_MISMATCH', 'HANDSHAKE_COOKIE_MISMATCH']);
    assert.match(
      (meeting.initiator as Error).message,
      /closed the connection after the challenge reply: the cookies probably differ/,
    );
    const told = [meeting.initiator, meeting.acceptor]
      .map((error) => JSON.stringify(error) + (error as Error).stack)
      .join();
    assert.doesNotMatch(told, /SECRETCOOKIE|SOMETHINGELSE/);
  });

  test('an older connection is replaced only when the peer has proven the cookie', async () => {
    const events: string[] = [];
    const options: MeetingOptions = {
      decision: 'alive',
      onAlive: () => events.push('asked') > 0,
      onAuthenticated: (peer) => events.push(`proven ${peer.name}`),
    };
    const meeting = await meet(alice, bob, options);
    assert.deepEqual(codes(meeting), ['ok', 'ok']);
    assert.deepEqual(events, ['asked', `proven ${alice.name}`]);
    await meet({ ...alice, cookie: 'X' }, bob, options);
    assert.deepEqual(events, ['asked', `proven ${alice.name}`, 'asked']);
  });

  test('an older connection is kept when the initiator says so', async () => {
    const meeting = await meet(alice, bob, { decision: 'alive', onAlive: () => false });
    assert.deepEqual(codes(meeting), ['HANDSHAKE_ALREADY_CONNECTED', 'HANDSHAKE_ALREADY_CONNECTED']);
    assert.deepEqual(meeting.ports[0].statuses, ['false']);
  });

  test('a name off the allow list is refused', async () => {
    const meeting = await meet(alice, bob, { decision: 'not_allowed' });
    assert.deepEqual(codes(meeting), ['HANDSHAKE_NOT_ALLOWED', 'HANDSHAKE_NOT_ALLOWED']);
  });

  test('of two attempts at once the one from the greater name goes on', async () => {
    const fromGreater = await meet(bob, alice, { decision: resolveSimultaneous(alice.name, bob.name) });
    assert.deepEqual(codes(fromGreater), ['ok', 'ok']);
    assert.deepEqual(fromGreater.ports[1].statuses, ['ok_simultaneous']);
    const fromSmaller = await meet(alice, bob, { decision: resolveSimultaneous(bob.name, alice.name) });
    assert.deepEqual(codes(fromSmaller), ['HANDSHAKE_SIMULTANEOUS', 'HANDSHAKE_SIMULTANEOUS']);
  });

  test('the node that answers must have the name that was dialled', async () => {
    const meeting = await meet(alice, bob, { dialled: 'carol@127.0.0.1' });
    assert.deepEqual(codes(meeting), ['HANDSHAKE_WRONG_NAME', 'HANDSHAKE_CLOSED']);
    assert.match((meeting.initiator as Error).message, /is called bob@127\.0\.0\.1/);
    assert.equal((meeting.initiator as HandshakeError).found, 'bob@127.0.0.1');
  });

  test('two nodes of one name do not connect', async () => {
    const port = new Pipe();
    await assert.rejects(initiateHandshake(port, { self: bob, peer: bob.name }), {
      code: 'HANDSHAKE_NAME_TAKEN',
    });
    assert.deepEqual(port.sent, []);
  });

  test('missing flags are named on both sides', async () => {
    const meeting = await meet(
      { ...alice, flags: visibleFlags & ~Flag.MANDATORY_25_DIGEST & ~Flag.MAP_TAG },
      bob,
    );
    assert.deepEqual(codes(meeting), ['HANDSHAKE_NOT_ALLOWED', 'HANDSHAKE_MISSING_FLAGS']);
    assert.match((meeting.acceptor as Error).message, /MAP_TAG/);
  });
});

describe('acceptor', () => {
  const offer = { flags: visibleFlags, creation: 1, name: 'stranger@127.0.0.1' };

  /** `r23@127.0.0.1` as OTP 23 sends it to a node of which EPMD says version 5. */
  const old = Buffer.from('6e000501df7fbd723233403132372e302e302e31', 'hex');

  test('takes the old name message, and the rest of it after the challenge', async () => {
    const port = new Pipe();
    port.arrive(old);
    const accepted = acceptHandshake(port, { self: bob, decide: () => 'ok' });
    while (port.sent.length < 2) await new Promise<void>((resolve) => setImmediate(resolve));
    assert.deepEqual(port.statuses, ['ok']);
    const { challenge, name } = messages.decodeChallenge(port.sent[1] ?? old);
    assert.equal(name, bob.name);
    // Flags 0x101df7fbd in two halves, and the creation.
    port.arrive(Buffer.from('630000000100000017', 'hex'));
    port.arrive(messages.encodeChallengeReply({ challenge: 5, digest: cookieDigest(bob.cookie, challenge) }));
    const peer = await accepted;
    assert.deepEqual([peer.name, peer.creation, peer.visible], ['r23@127.0.0.1', 0x17, true]);
    assert.ok((peer.flags & Flag.SPAWN) !== 0n && (peer.flags & Flag.HANDSHAKE_23) !== 0n);
    assert.equal((peer.flags & Flag.V4_NC) !== 0n, false);
  });

  test('answers an old name of OTP 22 and earlier with not_allowed', async () => {
    const older = Buffer.from('6e000500df7fbd723232403132372e302e302e31', 'hex');
    const [error, port] = await against(asAcceptor(bob), [older]);
    assert.equal(error.code, 'HANDSHAKE_MISSING_FLAGS');
    assert.match(error.message, /HANDSHAKE_23/);
    assert.deepEqual(port.statuses, ['not_allowed']);
  });

  test('does not take a reply for the rest of an old name', async () => {
    const reply = messages.encodeChallengeReply({ challenge: 1, digest: cookieDigest('WRONG', 1) });
    const [error] = await against(asAcceptor(bob), [old, reply]);
    assert.deepEqual([error.code, error.phase], ['HANDSHAKE_PROTOCOL', 'complement']);
    const [closed] = await against(asAcceptor(bob), [old]);
    assert.equal(closed.code, 'HANDSHAKE_CLOSED');
  });

  test('says nothing to a name that is none', async () => {
    for (const name of ['stranger', 'a@b@c', '@host', 'name@', '', `${'n'.repeat(250)}@host.example`]) {
      const [error, port] = await against(asAcceptor(bob), [messages.encodeName({ ...offer, name })]);
      assert.equal(error.code, 'HANDSHAKE_PROTOCOL', name);
      assert.deepEqual(port.sent, []);
    }
  });

  test('refuses its own name and names that are not ASCII', async () => {
    const [own, ownPort] = await against(asAcceptor(bob), [
      messages.encodeName({ ...offer, name: bob.name }),
    ]);
    assert.equal(own.code, 'HANDSHAKE_NAME_TAKEN');
    assert.deepEqual(ownPort.statuses, ['nok']);
    const [odd, oddPort] = await against(asAcceptor(bob), [
      messages.encodeName({ ...offer, name: 'é@host' }),
    ]);
    assert.equal(odd.code, 'HANDSHAKE_PROTOCOL');
    assert.deepEqual(oddPort.statuses, ['nok']);
  });

  test('tells a stranger that closes from one with another cookie', async () => {
    const [scan] = await against(asAcceptor(bob), []);
    assert.equal(scan.code, 'HANDSHAKE_CLOSED');
    const [left] = await against(asAcceptor(bob), [messages.encodeName(offer)]);
    assert.equal(left.code, 'HANDSHAKE_CLOSED');
    const reply = messages.encodeChallengeReply({ challenge: 1, digest: cookieDigest('WRONG', 1) });
    const [wrong, port] = await against(asAcceptor(bob), [messages.encodeName(offer), reply]);
    assert.equal(wrong.code, 'HANDSHAKE_COOKIE_MISMATCH');
    assert.equal(port.sent.length, 2);
  });
});

describe('names that are asked for', () => {
  const nameless: LocalNode = { ...alice, name: 'undefined@127.0.0.1', creation: 0 };

  /** Lets a node without a name meet `acceptor`. */
  async function name(
    acceptor: LocalNode,
    decision: AcceptDecision = 'ok',
  ): Promise<Meeting & { given: string[] }> {
    const given: string[] = [];
    const onNamed = (its: messages.GivenName): void => void given.push(`${its.name} ${its.creation}`);
    return { ...(await meet(nameless, acceptor, { onNamed, decision })), given };
  }

  test('the acceptor gives one, and the connection is hidden', async () => {
    const [one, two] = [await name(bob), await name(bob)];
    assert.deepEqual(codes(one), ['ok', 'ok']);
    const { name: full, creation, visible } = one.acceptor as PeerInfo;
    assert.match(full, /^[0-9A-Z]{1,13}@127\.0\.0\.1$/);
    assert.ok(creation > 3 && creation < 2 ** 32);
    assert.deepEqual(one.given, [`${full} ${creation}`]);
    assert.notEqual((two.acceptor as PeerInfo).name, full);
    assert.deepEqual([visible, (one.initiator as PeerInfo).visible], [false, false]);
  });

  test('one that is not allowed gets none', async () => {
    const meeting = await name(bob, 'not_allowed');
    assert.deepEqual(codes(meeting), ['HANDSHAKE_NOT_ALLOWED', 'HANDSHAKE_NOT_ALLOWED']);
    assert.deepEqual(meeting.given, []);
  });

  test('the status is that of OTP', () => {
    const captured = '736e616d65643a00173138364b503849423557573843403132372e302e302e3178908080';
    const given = { name: '186KP8IB5WW8C@127.0.0.1', creation: 0x78908080 };
    assert.deepEqual(messages.decodeStatusOrName(Buffer.from(captured, 'hex')), given);
    assert.equal(Buffer.from(messages.encodeNamed(given)).toString('hex'), captured);
    for (let length = 8; length < captured.length / 2; length += 1)
      assert.throws(() => messages.decodeStatusOrName(Buffer.from(captured, 'hex').subarray(0, length)), {
        code: 'DECODE_TRUNCATED',
      });
  });

  test('a name and an empty host are closed without an answer', async () => {
    for (const host of ['', 'app@127.0.0.1', 'a@', 'h'.repeat(250)]) {
      const asked = { flags: visibleFlags | Flag.NAME_ME, creation: 0, name: host };
      const [error, port] = await against(asAcceptor(bob), [messages.encodeName(asked)]);
      assert.equal(error.code, 'HANDSHAKE_PROTOCOL', host);
      assert.deepEqual(port.sent, []);
    }
  });

  test('only a name on our host from a peer that gives names is taken', async () => {
    const dial = (port: Pipe): Promise<PeerInfo> =>
      initiateHandshake(port, { self: nameless, peer: bob.name, onNamed: () => undefined });
    const given = messages.encodeNamed({ name: 'X@127.0.0.1', creation: 5 });
    const challenge = { flags: visibleFlags, challenge: 5, creation: 9, name: bob.name };
    const [none] = await against(dial, [messages.encodeStatus('ok')]);
    assert.equal(none.code, 'HANDSHAKE_NOT_ALLOWED');
    const [unmarked] = await against(dial, [given, messages.encodeChallenge(challenge)]);
    assert.equal(unmarked.code, 'HANDSHAKE_NOT_ALLOWED');
    for (const other of ['X@10.0.0.1', 'X', 'a b@127.0.0.1', '@127.0.0.1', 'é@127.0.0.1']) {
      const [error] = await against(dial, [messages.encodeNamed({ name: other, creation: 5 })]);
      assert.equal(error.code, 'HANDSHAKE_PROTOCOL', other);
    }
    const [unasked] = await against(asInitiator(alice, bob.name), [given]);
    assert.equal(unasked.code, 'HANDSHAKE_PROTOCOL');
  });
});

describe('initiator', () => {
  const challenge = { flags: visibleFlags, challenge: 5, creation: 9, name: bob.name };

  test('says what a close means at each point', async () => {
    const dial = asInitiator(alice, bob.name);
    const [status] = await against(dial, []);
    assert.deepEqual([status.code, status.phase], ['HANDSHAKE_CLOSED', 'status']);
    const [noChallenge] = await against(dial, [messages.encodeStatus('ok')]);
    assert.deepEqual([noChallenge.code, noChallenge.phase], ['HANDSHAKE_CLOSED', 'challenge']);
    const [noAck] = await against(dial, [messages.encodeStatus('ok'), messages.encodeChallenge(challenge)]);
    assert.deepEqual([noAck.code, noAck.phase], ['HANDSHAKE_COOKIE_MISMATCH', 'challenge_ack']);
  });

  test('does not trust a peer that cannot prove the cookie', async () => {
    const script = [
      messages.encodeStatus('ok'),
      messages.encodeChallenge(challenge),
      messages.encodeChallengeAck(new Uint8Array(16)),
    ];
    const [error] = await against(asInitiator(alice, bob.name), script);
    assert.equal(error.code, 'HANDSHAKE_COOKIE_MISMATCH');
  });

  test('tells a taken name from an attempt of the peer that goes first', async () => {
    const [theirs] = await against(asInitiator(alice, bob.name), [messages.encodeStatus('nok')]);
    assert.equal(theirs.code, 'HANDSHAKE_SIMULTANEOUS');
    const [taken] = await against(asInitiator(bob, alice.name), [messages.encodeStatus('nok')]);
    assert.equal(taken.code, 'HANDSHAKE_NAME_TAKEN');
  });

  test('names the flags its peer lacks', async () => {
    const flags = visibleFlags & ~Flag.MANDATORY_25_DIGEST & ~Flag.BIG_CREATION;
    const script = [messages.encodeStatus('ok'), messages.encodeChallenge({ ...challenge, flags })];
    const [error] = await against(asInitiator(alice, bob.name), script);
    assert.equal(error.code, 'HANDSHAKE_MISSING_FLAGS');
    assert.match(error.message, /lacks BIG_CREATION/);
  });

  test('refuses an undefined status or message', async () => {
    const dial = asInitiator(alice, bob.name);
    const [status] = await against(dial, [messages.encodeStatus('perhaps\u001b[2J')]);
    assert.equal(status.code, 'HANDSHAKE_PROTOCOL');
    assert.doesNotMatch(status.message, /\u001b/);
    const [http] = await against(dial, [Buffer.from('HTTP/1.1 400 Bad Request')]);
    assert.equal(http.code, 'HANDSHAKE_PROTOCOL');
  });
});

test('names are ordered by code points, as Erlang orders atoms', () => {
  assert.equal(resolveSimultaneous('a@h', 'b@h'), 'ok_simultaneous');
  assert.equal(resolveSimultaneous('b@h', 'a@h'), 'nok');
  // By UTF-16 units the first would be the greater one.
  assert.equal(resolveSimultaneous('\uffee@h', '\u{1f600}@h'), 'ok_simultaneous');
});
