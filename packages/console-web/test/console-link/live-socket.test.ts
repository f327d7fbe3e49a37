/** The live socket alone: tickets, hello, drops, back-off, silence. A scripted socket and the mock timers of node:test. */

import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { LiveSocket, type SocketState } from '../../src/console-link/live-socket.ts';
import { parseServerMessage } from '../../src/console-link/message-guard.ts';

class ScriptedSocket extends EventTarget {
  readyState = 0;
  readonly sent: Record<string, unknown>[] = [];

  send(text: string): void {
    this.sent.push(JSON.parse(text) as Record<string, unknown>);
  }

  close(): void {
    this.readyState = 3;
  }

  open(): void {
    this.readyState = 1;
    this.dispatchEvent(new Event('open'));
  }

  receive(message: unknown): void {
    this.dispatchEvent(new MessageEvent('message', { data: JSON.stringify(message) }));
  }

  drop(): void {
    this.readyState = 3;
    this.dispatchEvent(new Event('close'));
  }
}

const welcome = { type: 'welcome', info: {}, nodes: [], clusters: [], shells: [] };

function scripted(fetchTicket: () => Promise<string> = async () => 'a-ticket'): {
  live: LiveSocket;
  sockets: ScriptedSocket[];
  states: SocketState[];
} {
  const sockets: ScriptedSocket[] = [];
  const states: SocketState[] = [];
  const live = new LiveSocket({
    url: 'ws://console/api/live',
    fetchTicket,
    onMessage: () => undefined,
    onState: (state) => states.push(state),
    random: () => 0,
    createSocket: () => {
      const socket = new ScriptedSocket();
      sockets.push(socket);
      return socket as unknown as WebSocket;
    },
  });
  return { live, sockets, states };
}

/** Lets every promise that can settle do so. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
}

test('says hello with a ticket and is live after the welcome', async () => {
  const { live, sockets } = scripted();
  live.start();
  await settle();
  sockets[0]!.open();
  assert.deepEqual(sockets[0]!.sent, [{ type: 'hello', ticket: 'a-ticket' }]);
  assert.equal(live.send({ type: 'shell.close', shellId: 's1' }), false);
  sockets[0]!.receive(welcome);
  assert.equal(live.state.kind, 'live');
  assert.equal(live.send({ type: 'shell.close', shellId: 's1' }), true);
  live.stop();
});

test('comes back after a drop, later each time, and at once when told to', async () => {
  mock.timers.enable({ apis: ['setTimeout', 'setInterval', 'Date'] });
  try {
    const { live, sockets } = scripted();
    live.start();
    await settle();
    sockets[0]!.drop();
    assert.deepEqual(live.state, { kind: 'waiting', retryAt: 200, attempt: 0 });
    mock.timers.tick(200);
    await settle();
    assert.equal(sockets.length, 2);
    sockets[1]!.drop();
    assert.deepEqual(live.state, { kind: 'waiting', retryAt: 600, attempt: 1 });
    live.retryNow();
    await settle();
    assert.equal(sockets.length, 3);
    live.stop();
  } finally {
    mock.timers.reset();
  }
});

test('gives up on a console that does not answer a ping', async () => {
  mock.timers.enable({ apis: ['setTimeout', 'setInterval', 'Date'] });
  try {
    const { live, sockets } = scripted();
    live.start();
    await settle();
    sockets[0]!.open();
    sockets[0]!.receive(welcome);
    mock.timers.tick(8000);
    assert.equal(live.state.kind, 'waiting');
    assert.equal(sockets[0]!.readyState, 3);
    live.stop();
  } finally {
    mock.timers.reset();
  }
});

test('stops waiting for a ticket at the deadline', async () => {
  mock.timers.enable({ apis: ['setTimeout', 'setInterval', 'Date'] });
  try {
    const { live } = scripted(() => new Promise(() => undefined));
    live.start();
    await settle();
    mock.timers.tick(8000);
    assert.equal(live.state.kind, 'waiting');
    live.stop();
  } finally {
    mock.timers.reset();
  }
});

test('stops for good when it is refused, and keeps trying without an answer', async () => {
  for (const status of [401, 403]) {
    const reason = Object.assign(new Error('no'), { status });
    const refused = scripted(() => Promise.reject(reason));
    refused.live.start();
    await settle();
    assert.deepEqual(refused.live.state, { kind: 'refused', reason });
  }
  const away = scripted(() => Promise.reject(Object.assign(new Error('no'), { status: 0 })));
  away.live.start();
  await settle();
  assert.equal(away.live.state.kind, 'waiting');
  away.live.stop();
});

test('ignores what an older socket still says', async () => {
  const { live, sockets } = scripted();
  live.start();
  await settle();
  sockets[0]!.drop();
  live.retryNow();
  await settle();
  sockets[0]!.receive(welcome);
  assert.equal(live.state.kind, 'connecting');
  live.stop();
});

test('waits between half and all of a delay that doubles up to twenty seconds', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout', 'setInterval', 'Date'] });
  const { live, sockets, states } = scripted(async () => 'a-ticket');
  const waits: number[] = [];
  live.start();
  for (let drops = 0; drops < 8; drops += 1) {
    await settle();
    sockets.at(-1)!.drop();
    const state = states.at(-1)!;
    assert.equal(state.kind, 'waiting');
    if (state.kind === 'waiting') waits.push(state.retryAt - Date.now());
    live.retryNow();
  }
  live.stop();
  assert.deepEqual(waits, [200, 400, 800, 1600, 3200, 6400, 10_000, 10_000]);
});

test('takes only messages it knows, with the fields it uses', () => {
  assert.equal(parseServerMessage('{'), undefined);
  assert.equal(parseServerMessage('null'), undefined);
  assert.equal(parseServerMessage('{"type":"toString"}'), undefined);
  assert.equal(parseServerMessage('{"type":"shell.output","shellId":"s","seq":"1","data":""}'), undefined);
  assert.equal(parseServerMessage(new ArrayBuffer(1)), undefined);
  const output = { type: 'shell.output', shellId: 's', seq: 1, data: 'hi' };
  assert.deepEqual(parseServerMessage(JSON.stringify(output)), output);
});
