/** The stock EPMD daemon on a free port, in the foreground, stopped by its own process id, so that parallel tests never collide. */

import { spawn, spawnSync } from 'node:child_process';
import { EpmdClient } from '@convoy/node/epmd';
import { endProcess, endWithUs, isRunning } from '../child-process.ts';
import { eventually } from '../eventually.ts';
import { freePort } from '../free-port.ts';
import type { Namespace } from '../network/namespaces.ts';

export { endProcess } from '../child-process.ts';
export { freePort } from '../free-port.ts';

export interface TestEpmd extends AsyncDisposable {
  readonly port: number;
}

/** Starts `epmd` on a free port. Resolves when it answers. */
export async function startTestEpmd(): Promise<TestEpmd> {
  for (let attempt = 1; ; attempt += 1) {
    const port = await freePort();
    const daemon = spawn('epmd', ['-port', String(port)], { stdio: 'ignore' });
    daemon.on('error', () => undefined);
    endWithUs(daemon);
    const client = new EpmdClient({ port });
    try {
      await eventually(
        `epmd to answer on port ${port}`,
        30_000,
        async () => !isRunning(daemon) || (await client.names()),
      );
      if (isRunning(daemon)) return { port, [Symbol.asyncDispose]: () => endProcess(daemon) };
    } catch (error) {
      await endProcess(daemon);
      throw error;
    }
    // Another program may have taken the port that was free a moment ago.
    if (attempt === 5) throw new Error(`epmd on port ${port} ended at once (${daemon.exitCode})`);
  }
}

/** Starts `epmd` on its usual port in a network of its own. Resolves when it answers there. */
export async function startEpmdIn(namespace: Pick<Namespace, 'command'>): Promise<TestEpmd> {
  const port = 4369;
  const run = (...words: readonly string[]) => namespace.command('epmd', '-port', String(port), ...words);
  const [command = '', ...args] = run();
  const daemon = spawn(command, args, { stdio: 'ignore' });
  endWithUs(daemon);
  const [ask = '', ...question] = run('-names');
  await eventually('epmd to answer', 30_000, () => spawnSync(ask, question).status === 0);
  return { port, [Symbol.asyncDispose]: () => endProcess(daemon) };
}
