/**
 * Streams through our tunnel beside `ssh -L` to the same sshd in the same run: bytes one way, and the round trip of one
 * small message. The far end is a plain TCP server in this process for both.
 */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { dialSsh, dialSystemSsh, openSshTunnel, parseSshTarget, type SshTunnel } from '@convoy/cluster/ssh';
import { startSshServer, type SshServer } from '../test/support/network/ssh-server.ts';
import { freePort } from '../test/support/erlang/test-epmd.ts';
import { type BenchRow, median } from './rows.ts';

const rounds = 5;
const megabytes = 192;
const roundTrips = 1500;
const chunk = Buffer.alloc(64 * 1024, 'convoy');

type OpenStream = (port: number) => Promise<Duplex>;

/** Counts what it is sent, and answers with the count at the end; echoes small messages. */
async function startFarEnd(): Promise<{ readonly sink: number; readonly echo: number; close(): void }> {
  const sink = createServer({ allowHalfOpen: true }, (socket: Socket) => {
    let bytes = 0;
    socket.on('data', (data) => (bytes += data.length));
    socket.on('end', () => socket.end(String(bytes)));
  });
  const echo = createServer(
    { noDelay: true },
    (socket) => void socket.on('error', () => undefined).pipe(socket),
  );
  for (const server of [sink, echo]) {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  }
  const portOf = (server: typeof sink): number => (server.address() as { port: number }).port;
  return {
    sink: portOf(sink),
    echo: portOf(echo),
    close: () => {
      sink.close();
      echo.close();
    },
  };
}

async function measureThroughput(open: OpenStream, port: number): Promise<number> {
  const stream = await open(port);
  const total = megabytes * 1024 * 1024;
  const started = performance.now();
  for (let sent = 0; sent < total; sent += chunk.length) {
    if (!stream.write(chunk)) await once(stream, 'drain');
  }
  stream.end();
  let answer = '';
  for await (const data of stream) answer += String(data);
  if (Number(answer) !== total) throw new Error(`the far end got ${answer} bytes`);
  return megabytes / ((performance.now() - started) / 1000);
}

async function measureRoundTrip(open: OpenStream, port: number): Promise<number> {
  const stream = await open(port);
  const times: number[] = [];
  for (let trip = 0; trip < roundTrips; trip += 1) {
    const started = performance.now();
    stream.write('x');
    await once(stream, 'data');
    times.push(performance.now() - started);
  }
  stream.destroy();
  return median(times) * 1000;
}

/** `ssh -L` for one port. */
async function startForward(
  server: SshServer,
  port: number,
): Promise<{ readonly port: number; close(): void }> {
  const local = await freePort();
  const [user = '', rest = ''] = server.target.split('@');
  const words = [
    ...['-N', '-F', 'none', '-i', server.identityFile, '-o', `UserKnownHostsFile=${server.knownHostsFile}`],
    ...['-p', String(server.port), '-L', `${local}:127.0.0.1:${port}`, `${user}@${rest.split(':')[0]}`],
  ];
  const child = spawn('ssh', words, { stdio: 'ignore' });
  for (let attempt = 0; attempt < 200; attempt += 1) {
    const socket = connect(local, '127.0.0.1');
    const isUp = await Promise.race([
      once(socket, 'connect').then(() => true),
      once(socket, 'error').then(() => false),
    ]).catch(() => false);
    socket.destroy();
    if (isUp) return { port: local, close: () => void child.kill() };
    await delay(25);
  }
  throw new Error('ssh -L does not listen');
}

async function openLocal(port: number): Promise<Duplex> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true, allowHalfOpen: true });
  await once(socket, 'connect');
  return socket;
}

interface Forwards {
  readonly sink: { readonly port: number };
  readonly echo: { readonly port: number };
  readonly far: { readonly sink: number; readonly echo: number };
}

/** Interleaved rounds, the first of which is a warm-up. */
async function compare(name: string, open: OpenStream, { sink, echo, far }: Forwards): Promise<BenchRow[]> {
  const round = async (): Promise<readonly [number, number, number, number]> => [
    await measureThroughput(open, far.sink),
    await measureThroughput(() => openLocal(sink.port), far.sink),
    await measureRoundTrip(open, far.echo),
    await measureRoundTrip(() => openLocal(echo.port), far.echo),
  ];
  await round();
  const figures: (readonly [number, number, number, number])[] = [];
  for (let count = 0; count < rounds; count += 1) figures.push(await round());
  const column = (index: 0 | 1 | 2 | 3): number => median(figures.map((figure) => figure[index]));
  const [speed, reference, trip, theirTrip] = [column(0), column(1), column(2), column(3)];
  return [
    {
      name: `one way, 64 KiB chunks, ${name}`,
      ours: `${speed.toFixed(0)} MB/s`,
      reference: `${reference.toFixed(0)} MB/s`,
      ratio: speed / reference,
      target: '0.8',
    },
    {
      name: `round trip of one byte, ${name}`,
      ours: `${trip.toFixed(0)} µs`,
      reference: `${theirTrip.toFixed(0)} µs`,
      ratio: theirTrip / trip,
      target: '1.0',
    },
  ];
}

export async function benchTunnel(): Promise<BenchRow[]> {
  await using server = await startSshServer();
  const far = await startFarEnd();
  const [sink, echo] = [await startForward(server, far.sink), await startForward(server, far.echo)];
  const tunnels: readonly (readonly [string, SshTunnel])[] = [
    [
      'in this process',
      await openSshTunnel(parseSshTarget(server.target), { ...server.options, dialer: dialSsh }),
    ],
    [
      'by the system’s ssh',
      await openSshTunnel(parseSshTarget(server.target), { ...server.options, dialer: dialSystemSsh }),
    ],
  ];
  try {
    const rows: BenchRow[] = [];
    for (const [name, tunnel] of tunnels) {
      const open: OpenStream = (port) => tunnel.open({ host: '127.0.0.1', port }, {});
      rows.push(...(await compare(name, open, { sink, echo, far })));
    }
    return rows;
  } finally {
    await Promise.all(tunnels.map(([, tunnel]) => tunnel.close()));
    for (const end of [sink, echo, far]) end.close();
  }
}
