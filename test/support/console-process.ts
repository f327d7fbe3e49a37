/** `convoy up` as its own process, with a data directory and an EPMD port of its own. */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort } from './test-epmd.ts';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
export const convoyCommand: readonly string[] = [
  process.execPath,
  '--conditions=@convoy/source',
  join(root, 'packages/cli/src/main.ts'),
];

export interface ConsoleProcess extends AsyncDisposable {
  /** The link it printed, with the token. */
  readonly url: string;
  readonly dataDir: string;
  readonly epmdPort: number;
  readonly process: ChildProcess;
  output(): string;
}

/** Starts the console and waits for its link. `env` adds to the environment; `epmdPort` names an EPMD that runs. */
export async function startConsoleProcess(
  options: { env?: NodeJS.ProcessEnv; epmdPort?: number; args?: string[] } = {},
): Promise<ConsoleProcess> {
  const dataDir = mkdtempSync(join(tmpdir(), 'convoy-console-'));
  const epmdPort = options.epmdPort ?? (await freePort());
  const [file = '', ...args] = [
    ...convoyCommand,
    'up',
    '--port',
    '0',
    '--data-dir',
    dataDir,
    ...(options.args ?? []),
  ];
  const child = spawn(file, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ERL_EPMD_PORT: String(epmdPort), ...options.env },
  });
  let output = '';
  const url = await new Promise<string>((resolve, reject) => {
    const deadline = setTimeout(
      () => reject(new Error(`convoy up printed no link in 30 s:\n${output}`)),
      30_000,
    );
    const look = (chunk: Buffer): void => {
      output += chunk.toString();
      const link = /http:\/\/\S+[?&#]token=\S+/.exec(output)?.[0];
      if (link === undefined) return;
      clearTimeout(deadline);
      resolve(link);
    };
    child.stdout.on('data', look);
    child.stderr.on('data', look);
    child.once('exit', (code) => reject(new Error(`convoy up ended with ${code}:\n${output}`)));
  });
  return {
    url,
    dataDir,
    epmdPort,
    process: child,
    output: () => output,
    async [Symbol.asyncDispose]() {
      if (child.exitCode === null && child.signalCode === null) {
        child.kill('SIGTERM');
        await once(child, 'exit');
      }
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
