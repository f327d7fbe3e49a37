/** A program in a network that passes connections to one port on to another host, as a container runtime does for a published port. */

import { spawn } from 'node:child_process';
import { endProcess, endWithUs, ProcessOutput } from '../../support/child-process.ts';
import type { Namespace } from '../../support/network/namespaces.ts';

const program = `
const net = require('node:net');
const [port, host] = process.argv.slice(1);
net.createServer((near) => {
  const far = net.connect({ host, port: Number(port) });
  const end = () => { near.destroy(); far.destroy(); };
  near.on('error', end).on('close', end).pipe(far);
  far.on('error', end).on('close', end).pipe(near);
}).listen(Number(port), '0.0.0.0', () => console.log('listens'));
`;

/** Resolves when it listens. */
export async function relayIn(
  namespace: Namespace,
  { port, to }: { readonly port: number; readonly to: string },
): Promise<AsyncDisposable> {
  const [file = '', ...words] = namespace.command(process.execPath, '-e', program, String(port), to);
  const child = spawn(file, words, { stdio: ['ignore', 'pipe', 'pipe'] });
  endWithUs(child);
  await new ProcessOutput(child, 'relay').waitForMatch(/listens/, 30_000);
  return { [Symbol.asyncDispose]: () => endProcess(child) };
}
