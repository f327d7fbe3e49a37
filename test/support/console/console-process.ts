/** `convoy up` as its own process, with a data directory and an EPMD port of its own. */

import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { endProcess, ProcessOutput } from '../child-process.ts';
import { freePort } from '../free-port.ts';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..');
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

/**
 * Starts the console and waits for its link. `env` adds to the environment; `epmdPort` is that of a running EPMD. A `dataDir` that is
 * given stays when the console ends.
 */
export async function startConsoleProcess(
  options: { env?: NodeJS.ProcessEnv; epmdPort?: number; args?: string[]; dataDir?: string } = {},
): Promise<ConsoleProcess> {
  const dataDir = options.dataDir ?? mkdtempSync(join(tmpdir(), 'convoy-console-'));
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
  const output = new ProcessOutput(child, 'convoy up');
  const end = async (): Promise<void> => {
    await endProcess(child, 'SIGTERM');
    if (options.dataDir === undefined) rmSync(dataDir, { recursive: true, force: true });
  };
  try {
    const [url] = await output.waitForMatch(/http:\/\/\S+[?&#]token=\S+(?=\s)/, 60_000);
    return {
      url,
      dataDir,
      epmdPort,
      process: child,
      output: () => output.text,
      [Symbol.asyncDispose]: end,
    };
  } catch (error) {
    await end();
    throw error;
  }
}
