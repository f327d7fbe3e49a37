import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Credentials, Gatekeeper } from '../../src/auth/gatekeeper.ts';
import { sessionIdleMs, sessionMaxMs } from '../../src/auth/session-table.ts';
import { ticketLifeMs } from '../../src/auth/ticket-table.ts';
import { attack } from '../../../../test/support/attack.ts';

const token = 'a-token-of-some-length';
const host = '127.0.0.1:4000';

class ManualTime {
  now = 1_000_000;
}

function gatekeeper(time: ManualTime): Gatekeeper {
  return new Gatekeeper({ token, hosts: new Set([host]), now: () => time.now });
}

function credentials(given: Partial<Credentials> = {}): Credentials {
  return {
    host,
    origin: undefined,
    authorization: undefined,
    cookie: undefined,
    address: '127.0.0.1',
    ...given,
  };
}

test('lets the token in, and nobody without it', () => {
  const gate = gatekeeper(new ManualTime());
  assert.equal(gate.identify(credentials({ authorization: `Bearer ${token}` })).label, 'token');
  assert.throws(() => gate.identify(credentials()), { code: 'CONSOLE_UNAUTHORIZED' });
  for (const authorization of [
    '',
    'Bearer',
    `Basic ${token}`,
    `Bearer ${token}x`,
    `Bearer ${token.slice(1)}`,
  ]) {
    assert.throws(() => gate.identify(credentials({ authorization })), { code: 'CONSOLE_WRONG_TOKEN' });
  }
});

test('a login lasts until it is idle for too long', () => {
  const time = new ManualTime();
  const gate = gatekeeper(time);
  const { secret } = gate.login(token, '::1');
  time.now += sessionIdleMs - 1;
  assert.equal(gate.identify(credentials({ cookie: secret })).address, '127.0.0.1');
  time.now += sessionIdleMs + 1;
  assert.throws(() => gate.identify(credentials({ cookie: secret })), { code: 'CONSOLE_UNAUTHORIZED' });
});

test('a login in constant use still ends', () => {
  const time = new ManualTime();
  const gate = gatekeeper(time);
  const { secret, actor } = gate.login(token, '::1');
  for (let passed = 0; passed <= sessionMaxMs; passed += sessionIdleMs) {
    assert.ok(gate.isCurrent(actor));
    time.now += sessionIdleMs;
  }
  assert.equal(gate.isCurrent(actor), false);
  assert.throws(() => gate.identify(credentials({ cookie: secret })), { code: 'CONSOLE_UNAUTHORIZED' });
});

test('a logout ends the session and tells who holds it', () => {
  const gate = gatekeeper(new ManualTime());
  const { secret, actor } = gate.login(token, '::1');
  let ended = 0;
  actor.session?.onEnd.add(() => (ended += 1));
  assert.equal(gate.logout(secret), true);
  assert.equal(ended, 1);
  assert.equal(gate.isCurrent(actor), false);
  assert.equal(gate.logout(secret), false);
});

test('slows down an address that guesses, and lets the right token in all the same', () => {
  const time = new ManualTime();
  const gate = gatekeeper(time);
  for (let guess = 0; guess < 10; guess++) {
    assert.throws(() => gate.login(`wrong-${guess}`, '10.0.0.1'), { code: 'CONSOLE_WRONG_TOKEN' });
  }
  const next = (): unknown => gate.login('wrong-again', '10.0.0.1');
  assert.throws(next, { code: 'CONSOLE_TOO_MANY', retryAfterSeconds: 2 });
  assert.equal(gate.login(token, '10.0.0.1').actor.address, '10.0.0.1');
  time.now += 2000;
  assert.throws(next, { code: 'CONSOLE_WRONG_TOKEN' });
});

test('a ticket ends with the session that asked for it', () => {
  const gate = gatekeeper(new ManualTime());
  const { secret, actor } = gate.login(token, '::1');
  const { ticket } = gate.issueTicket(actor);
  gate.logout(secret);
  assert.throws(() => gate.redeemTicket(ticket), { code: 'CONSOLE_UNAUTHORIZED' });
});

attack('Login and sockets', 'a ticket that was used or is older than 30 seconds opens no socket', () => {
  const time = new ManualTime();
  const gate = gatekeeper(time);
  const actor = gate.identify(credentials({ authorization: `Bearer ${token}` }));
  const { ticket } = gate.issueTicket(actor);
  assert.equal(gate.redeemTicket(ticket), actor);
  assert.throws(() => gate.redeemTicket(ticket), { code: 'CONSOLE_UNAUTHORIZED' });
  const late = gate.issueTicket(actor);
  assert.equal(late.expiresAt, time.now + ticketLifeMs);
  time.now = late.expiresAt;
  assert.throws(() => gate.redeemTicket(late.ticket), { code: 'CONSOLE_UNAUTHORIZED' });
  assert.throws(() => gate.redeemTicket('made-up'), { code: 'CONSOLE_UNAUTHORIZED' });
});

attack('Login and sockets', 'a request under a foreign Host is refused, also one that resolves to us', () => {
  const gate = gatekeeper(new ManualTime());
  gate.checkHost(host);
  for (const other of [
    undefined,
    '',
    'evil.example',
    '127.0.0.1',
    '127.0.0.1:4001',
    'localhost:4000.evil.example',
  ]) {
    assert.throws(() => gate.checkHost(other), { code: 'CONSOLE_WRONG_HOST' });
  }
});

attack('Login and sockets', 'another page cannot make a browser that is logged in act for it', () => {
  const gate = gatekeeper(new ManualTime());
  const wrong = { code: 'CONSOLE_WRONG_ORIGIN' };
  gate.checkOrigin(credentials({ origin: `http://${host}` }), 'POST');
  gate.checkOrigin(credentials({ authorization: 'Bearer x' }), 'POST');
  gate.checkOrigin(credentials(), 'GET');
  assert.throws(() => gate.checkOrigin(credentials(), 'POST'), wrong);
  assert.throws(() => gate.checkOrigin(credentials(), 'UPGRADE'), wrong);
  for (const origin of [
    'null',
    'http://127.0.0.1:4001',
    'http://evil.example',
    `http://${host}.evil.example`,
  ]) {
    assert.throws(() => gate.checkOrigin(credentials({ origin }), 'POST'), wrong, origin);
    assert.throws(() => gate.checkOrigin(credentials({ origin }), 'GET'), wrong, origin);
    assert.throws(() => gate.checkOrigin(credentials({ origin, authorization: 'Bearer x' }), 'POST'), wrong);
  }
});
