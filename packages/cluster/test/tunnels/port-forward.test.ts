import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { test } from 'node:test';
import { eventually } from '../../../../test/support/eventually.ts';
import { TcpTunnel } from '../../../../test/support/network/tcp-tunnel.ts';
import { TunnelError } from '../../src/errors.ts';
import { forwardPort } from '../../src/tunnels/port-forward.ts';

interface Far extends AsyncDisposable {
  readonly address: { readonly host: string; readonly port: number };
  /** Streams that arrived, in order. */
  readonly streams: Socket[];
}

/** Starts a server at the far end of the tunnel. */
async function startFar(onStream: (socket: Socket) => void): Promise<Far> {
  const streams: Socket[] = [];
  const server: Server = createServer({ allowHalfOpen: true }, (socket) => {
    socket.on('error', () => undefined);
    streams.push(socket);
    onStream(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    address: { host: '127.0.0.1', port: (server.address() as AddressInfo).port },
    streams,
    async [Symbol.asyncDispose]() {
      for (const socket of streams) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const echo = (socket: Socket): void => void socket.pipe(socket);

async function askAt(host: string, port: number, text: string): Promise<string> {
  const socket = connect({ host, port });
  socket.end(text);
  return (await buffer(socket)).toString();
}

test('one port on both loopback addresses leads to the far end', async () => {
  await using far = await startFar(echo);
  await using tunnel = new TcpTunnel();
  await using forward = await forwardPort(tunnel, { to: far.address });
  assert.deepEqual(forward.hosts, ['127.0.0.1', '::1']);
  assert.equal(await askAt('127.0.0.1', forward.port, 'four'), 'four');
  assert.equal(await askAt('::1', forward.port, 'six'), 'six');
  await eventually(
    'no stream to be left',
    30_000,
    () => forward.streamCount === 0 && tunnel.openStreams === 0,
  );
});

test('an end is passed on in one direction; the other direction continues with all of its data', async () => {
  const size = 8 * 1024 * 1024;
  await using far = await startFar((socket) => {
    void buffer(socket).then((question) => socket.end(Buffer.alloc(size, question)));
  });
  await using tunnel = new TcpTunnel();
  await using forward = await forwardPort(tunnel, { to: far.address });
  const socket = connect({ host: '127.0.0.1', port: forward.port });
  socket.end('x');
  const answer = await buffer(socket);
  assert.equal(answer.length, size);
  assert.ok(answer.every((byte) => byte === 0x78));
});

test('a far end that does not read applies back-pressure to the local program', async () => {
  await using far = await startFar((socket) => socket.pause().on('end', () => socket.end()));
  await using tunnel = new TcpTunnel();
  await using forward = await forwardPort(tunnel, { to: far.address });
  const socket = connect({ host: '127.0.0.1', port: forward.port });
  const chunk = Buffer.alloc(1024 * 1024);
  const most = 256;
  let written = 0;
  while (written < most && (socket.write(chunk) || (await drains(socket)))) written += 1;
  assert.ok(written < most, 'everything was taken from a sender whose peer reads nothing');
  socket.destroy();
  far.streams[0]?.resume();
  await eventually('the far stream to end', 30_000, () => tunnel.openStreams === 0);
});

/** Whether the socket accepts more data within half a second. */
function drains(socket: Socket): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(false), 500);
    socket.once('drain', () => {
      clearTimeout(timer);
      resolve(true);
    });
  });
}

test('an error on either side is passed on to the other', async () => {
  await using far = await startFar(() => undefined);
  await using tunnel = new TcpTunnel();
  await using forward = await forwardPort(tunnel, { to: far.address });

  const first = connect({ host: '127.0.0.1', port: forward.port });
  await eventually('the first stream to arrive', 30_000, () => far.streams.length === 1);
  first.resetAndDestroy();
  await eventually('its end at the far side', 30_000, () => tunnel.openStreams === 0);

  const second = connect({ host: '127.0.0.1', port: forward.port });
  const broken = once(second, 'error');
  await eventually('the second stream to arrive', 30_000, () => far.streams.length === 2);
  tunnel.goDown();
  const [error] = (await broken) as [NodeJS.ErrnoException];
  assert.equal(error.code, 'ECONNRESET');
});

test('a stream waits for the tunnel to come up again, on the same port', async () => {
  await using far = await startFar(echo);
  await using tunnel = new TcpTunnel();
  await using forward = await forwardPort(tunnel, { to: far.address });
  const { port } = forward;
  tunnel.goDown();
  const answer = askAt('127.0.0.1', port, 'patience');
  await eventually('the stream to wait', 30_000, () => forward.streamCount === 1);
  tunnel.goUp();
  assert.equal(await answer, 'patience');
  assert.equal(forward.port, port);
});

test('a stream that waits too long is closed, with the reason', async () => {
  await using tunnel = new TcpTunnel();
  const reasons: Error[] = [];
  await using forward = await forwardPort(tunnel, {
    to: { host: '127.0.0.1', port: 1 },
    openTimeoutMs: 50,
    onRefused: (error) => reasons.push(error),
  });
  tunnel.goDown();
  await assert.rejects(askAt('127.0.0.1', forward.port, 'hello'), { code: 'ECONNRESET' });
  assert.deepEqual(
    reasons.map(({ message }) => message),
    ['the line is cut'],
  );
});

test('the address is resolved for each stream, and a failure closes that stream only', async () => {
  await using one = await startFar((socket) => socket.end('one'));
  await using two = await startFar((socket) => socket.end('two'));
  const answers = [one.address, new Error('unknown'), two.address];
  await using tunnel = new TcpTunnel();
  const reasons: string[] = [];
  await using forward = await forwardPort(tunnel, {
    to: async () => {
      const answer = answers.shift();
      if (answer instanceof Error) throw answer;
      return answer ?? one.address;
    },
    onRefused: (error) => reasons.push(error.message),
  });
  assert.equal(await askAt('127.0.0.1', forward.port, ''), 'one');
  await assert.rejects(askAt('127.0.0.1', forward.port, ''), { code: 'ECONNRESET' });
  assert.equal(await askAt('127.0.0.1', forward.port, ''), 'two');
  assert.deepEqual(reasons, ['unknown']);
});

test('of several addresses the first that answers is used, and the first failure is reported', async () => {
  await using far = await startFar(echo);
  const nowhere = { host: '127.0.0.1', port: 1 };
  await using tunnel = new TcpTunnel();
  const reasons: string[] = [];
  const onRefused = (error: Error): unknown => reasons.push(error.message);
  await using forward = await forwardPort(tunnel, { to: [nowhere, far.address], onRefused });
  assert.equal(await askAt('127.0.0.1', forward.port, 'second'), 'second');
  await using useless = await forwardPort(tunnel, { to: [nowhere, { ...nowhere, port: 2 }], onRefused });
  await assert.rejects(askAt('127.0.0.1', useless.port, 'none'), { code: 'ECONNRESET' });
  assert.deepEqual(reasons, ['connect ECONNREFUSED 127.0.0.1:1']);
});

test('streams above the limit are refused', async () => {
  await using far = await startFar(echo);
  await using tunnel = new TcpTunnel();
  await using forward = await forwardPort(tunnel, { to: far.address, maxStreams: 2 });
  const held = [1, 2].map(() => connect({ host: '127.0.0.1', port: forward.port }));
  await eventually('two streams', 30_000, () => forward.streamCount === 2);
  await assert.rejects(askAt('127.0.0.1', forward.port, 'third'), { code: 'ECONNRESET' });
  for (const socket of held) socket.destroy();
  await eventually('room again', 30_000, () => forward.streamCount === 0);
  assert.equal(await askAt('127.0.0.1', forward.port, 'fourth'), 'fourth');
});

test('a program that disconnects while it waits leaves nothing behind', async () => {
  await using tunnel = new TcpTunnel();
  const reasons: Error[] = [];
  const to = { host: '127.0.0.1', port: 1 };
  await using forward = await forwardPort(tunnel, { to, onRefused: (error) => reasons.push(error) });
  tunnel.goDown();
  const socket = connect({ host: '127.0.0.1', port: forward.port });
  await eventually('the stream to wait', 30_000, () => forward.streamCount === 1);
  socket.resetAndDestroy();
  await eventually('the stream to be gone', 30_000, () => forward.streamCount === 0);
  assert.deepEqual(reasons, []);
});

test('closing ends open and waiting streams, and frees the port', async () => {
  await using far = await startFar(() => undefined);
  await using tunnel = new TcpTunnel();
  const forward = await forwardPort(tunnel, { to: far.address });
  const open = connect({ host: '127.0.0.1', port: forward.port });
  open.on('error', () => undefined);
  await eventually('the stream to arrive', 30_000, () => far.streams.length === 1);
  const ended = once(open, 'close');
  await Promise.all([forward.close(), forward.close()]);
  await ended;
  assert.equal(tunnel.state.kind, 'up');
  await using again = await forwardPort(tunnel, { to: far.address, port: forward.port });
  assert.equal(again.port, forward.port);
});

test('a port that is in use on one of the addresses is refused with its number', async () => {
  await using far = await startFar(echo);
  await using tunnel = new TcpTunnel();
  await using forward = await forwardPort(tunnel, { to: far.address });
  await assert.rejects(
    forwardPort(tunnel, { to: far.address, port: forward.port }),
    (error: unknown) =>
      error instanceof TunnelError &&
      error.code === 'TUNNEL_PORT_TAKEN' &&
      error.message.includes(String(forward.port)) &&
      error.remedy !== undefined,
  );
});
