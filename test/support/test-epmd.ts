/** The stock EPMD daemon on a free port, in the foreground, ended by its own id: so parallel tests never meet. */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';

export interface TestEpmd extends AsyncDisposable {
  readonly port: number;
}

/** Starts `epmd` on a port nobody uses. Resolves when it answers. */
export async function startTestEpmd(): Promise<TestEpmd> {
  const port = await freePort();
  const daemon = spawn('epmd', ['-port', String(port)], { stdio: 'ignore' });
  const failed = once(daemon, 'exit').then(() => {
    throw new Error(`epmd on port ${port} ended at once`);
  });
  failed.catch(() => undefined);
  await Promise.race([untilListening(port), failed]);
  return { port, [Symbol.asyncDispose]: () => endProcess(daemon) };
}

/** Below what systems give to whoever wants any port: what is free here stays free until it is used. */
const [lowestPort, highestPort] = [10_000, 19_999];
const given = new Set<number>();

/** A port that nobody has, on all local addresses; each once in this process, and by chance not one of another test. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(lowestPort, highestPort);
    if (given.has(port) || !(await isFree(port))) continue;
    given.add(port);
    return port;
  }
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  server.listen(port, '::');
  try {
    await once(server, 'listening');
  } catch {
    return false;
  }
  server.close();
  await once(server, 'close');
  return true;
}

/** Ends one process that we started and waits until it is gone. */
export async function endProcess(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}

async function untilListening(port: number, deadline: number = performance.now() + 10_000): Promise<void> {
  while (!(await isListening(port))) {
    if (performance.now() > deadline) throw new Error(`nothing listens on port ${port} after 10 s`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

function isListening(port: number): Promise<boolean> {
  const socket = connect({ port, host: '127.0.0.1' });
  return new Promise((resolve) => {
    socket.once('connect', () => resolve(true));
    socket.once('error', () => resolve(false));
  }).then((up) => {
    socket.destroy();
    return up === true;
  });
}
