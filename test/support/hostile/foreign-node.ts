/** A node that another user of this machine runs. Only root can start it. */

import { spawn } from 'node:child_process';
import { chmodSync, chownSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isLongHost, splitNodeName } from '@convoy/node/names';
import { endProcess, ProcessOutput } from '../child-process.ts';

/** The user `nobody` of Debian. */
export const foreignUser = { id: 65_534, name: 'nobody' } as const;

/** Why no such node can be started here; `false` when it can. */
export const missingForeignUser: string | false =
  process.getuid?.() === 0 ? false : 'needs root, to start a node of another user';

export interface ForeignNodeOptions {
  /** `app@127.0.0.1`, which makes it a long name, or `app@db1`. */
  readonly name: string;
  readonly cookie: string;
  readonly epmdPort: number;
}

export interface ForeignNode extends AsyncDisposable {
  /** Its file, which only that user and root can read. */
  readonly cookieFile: string;
  /** Everything that it has printed. */
  output(): string;
}

/** Starts the node, with a home folder of its own, and waits until it runs. */
export async function startForeignNode({ name, cookie, epmdPort }: ForeignNodeOptions): Promise<ForeignNode> {
  const home = mkdtempSync(join(tmpdir(), 'convoy-foreign-'));
  chmodSync(home, 0o711);
  const cookieFile = join(home, '.erlang.cookie');
  writeFileSync(cookieFile, cookie, { mode: 0o400 });
  for (const path of [home, cookieFile]) chownSync(path, foreignUser.id, foreignUser.id);
  const named = [isLongHost(splitNodeName(name).host) ? '-name' : '-sname', name];
  const ready = ['-eval', String.raw`io:put_chars("ready\n").`];
  const child = spawn('erl', ['-noshell', ...named, '-start_epmd', 'false', ...ready], {
    uid: foreignUser.id,
    gid: foreignUser.id,
    cwd: home,
    env: { PATH: process.env['PATH'], HOME: home, ERL_EPMD_PORT: String(epmdPort) },
  });
  const output = new ProcessOutput(child, 'the node of another user');
  await output.waitForMatch(/ready/, 30_000);
  return {
    cookieFile,
    output: () => output.text,
    async [Symbol.asyncDispose]() {
      await endProcess(child, 'SIGKILL');
      rmSync(home, { recursive: true, force: true });
    },
  };
}
