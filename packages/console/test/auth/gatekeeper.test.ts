import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createHostRules } from '../../src/auth/allowed-hosts.ts';
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
  const extra = ['console.example.com', 'https://vouched.example'];
  const hosts = createHostRules({ host: '127.0.0.1', port: 4000, extra, machine: [] });
  return new Gatekeeper({ token, hosts, cookieName: 'session', now: () => time.now });
}

function credentials(given: Partial<Credentials> = {}): Credentials {
  return {
    host,
    origin: undefined,
    authorization: undefined,
    cookie: undefined,
    address: '127.0.0.1',
    scheme: 'http',
    forwardedHost: undefined,
    site: undefined,
    ...given,
  };
}

test('accepts only the token', () => {
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
  assert.equal(gate.logout(secret), actor.session);
  assert.equal(ended, 1);
  assert.equal(gate.isCurrent(actor), false);
  assert.equal(gate.logout(secret), undefined);
});

test('slows down an address that guesses, and lets the right token in all the same', () => {
  const time = new ManualTime();
  const gate = gatekeeper(time);
  for (let guess = 0; guess < 10; guess += 1) {
    assert.throws(() => gate.login(`wrong-${guess}`, '10.0.0.1'), { code: 'CONSOLE_WRONG_TOKEN' });
  }
  const next = (): unknown => gate.login('wrong-again', '10.0.0.1');
  assert.throws(next, { code: 'CONSOLE_TOO_MANY', retryAfterSeconds: 2 });
  assert.equal(gate.login(token, '10.0.0.1').actor.address, '10.0.0.1');
  time.now += 2000;
  assert.throws(next, { code: 'CONSOLE_WRONG_TOKEN' });
});

attack(
  'Login and sockets',
  'guesses from many addresses of one IPv6 network are slowed down together',
  () => {
    const gate = gatekeeper(new ManualTime());
    const guess = (host: number): unknown => gate.login('wrong', `2001:db8:1:2::${host.toString(16)}`);
    for (let count = 0; count < 10; count += 1) {
      assert.throws(() => guess(count), { code: 'CONSOLE_WRONG_TOKEN' });
    }
    assert.throws(() => guess(11), { code: 'CONSOLE_TOO_MANY' });
    assert.throws(() => gate.login('wrong', '2001:db8:1:3::1'), { code: 'CONSOLE_WRONG_TOKEN' });
  },
);

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

attack(
  'Login and sockets',
  'a request with a foreign Host is refused, even if that name resolves to us',
  () => {
    const gate = gatekeeper(new ManualTime());
    gate.checkHost(credentials());
    for (const other of [undefined, '', 'evil.example', '192.168.1.7:4000', 'localhost:4000.evil.example']) {
      assert.throws(() => gate.checkHost(credentials({ host: other })), { code: 'CONSOLE_WRONG_HOST' });
    }
  },
);

attack('Proxies', 'a good Host with a foreign X-Forwarded-Host is refused, and so is the reverse', () => {
  const gate = gatekeeper(new ManualTime());
  const wrong = { code: 'CONSOLE_WRONG_HOST', message: /"evil\.example"/ };
  gate.checkHost(credentials({ forwardedHost: 'console.example.com' }));
  assert.throws(() => gate.checkHost(credentials({ forwardedHost: 'evil.example' })), wrong);
  const rebound = credentials({ host: 'evil.example', forwardedHost: 'console.example.com' });
  assert.throws(() => gate.checkHost(rebound), wrong);
});

attack('Proxies', 'a page opened without TLS does not act where the browser has TLS, nor the reverse', () => {
  const gate = gatekeeper(new ManualTime());
  const behind = { forwardedHost: 'console.example.com', scheme: 'https' } as const;
  const [secure, plain] = ['https://console.example.com', 'http://console.example.com'];
  gate.checkOrigin(credentials({ ...behind, origin: secure }), 'POST');
  const remedy = /trustedProxies/;
  const wrong = { code: 'CONSOLE_WRONG_ORIGIN' };
  assert.throws(() => gate.checkOrigin(credentials({ ...behind, origin: plain }), 'POST'), wrong);
  const direct = credentials({ host: 'console.example.com', origin: secure });
  assert.throws(() => gate.checkOrigin(direct, 'POST'), { ...wrong, remedy });
});

attack('Login and sockets', 'a read of the API on behalf of another site’s page is refused', () => {
  const gate = gatekeeper(new ManualTime());
  for (const site of [undefined, 'same-origin', 'none']) gate.checkSite(credentials({ site }));
  for (const site of ['cross-site', 'same-site', 'anything']) {
    assert.throws(() => gate.checkSite(credentials({ site })), { code: 'CONSOLE_WRONG_ORIGIN' });
  }
});

attack('Login and sockets', 'a page on another port of this machine does not act through a tunnel', () => {
  const gate = gatekeeper(new ManualTime());
  const tunnelled = { host: 'localhost:5000' };
  gate.checkHost(credentials(tunnelled));
  gate.checkOrigin(credentials({ ...tunnelled, origin: 'http://localhost:5000' }), 'POST');
  for (const origin of ['http://localhost:4000', 'http://localhost:3000', 'http://127.0.0.1:5000']) {
    const forged = credentials({ ...tunnelled, origin });
    assert.throws(() => gate.checkOrigin(forged, 'POST'), { code: 'CONSOLE_WRONG_ORIGIN' }, origin);
  }
});

test('an allowed origin may act whatever the proxy says the request was sent to', () => {
  const gate = gatekeeper(new ManualTime());
  gate.checkOrigin(credentials({ origin: 'https://vouched.example' }), 'POST');
  assert.ok(gate.isSecure(credentials({ origin: 'https://vouched.example' })));
  assert.ok(!gate.isSecure(credentials({ origin: `http://${host}` })));
});

attack('Login and sockets', 'a page of another site cannot make a logged-in browser act for it', () => {
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
