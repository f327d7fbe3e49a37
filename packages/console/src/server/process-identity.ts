/**
 * Identifies a process, so that a later one with the same id is not mistaken for it: process ids are reused, in containers
 * soon. The name is the time it was started, together with the boot of the machine that this time counts from.
 */

import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { childEnvironment } from '@convoy/cluster';

/** When the process was started, as a word for file names; `undefined` when no such process runs. */
export function startOfProcess(pid: number): string | undefined {
  // 0 and negative ids mean groups of processes to the system.
  if (!Number.isSafeInteger(pid) || pid <= 0) return undefined;
  return process.platform === 'linux' ? startByProc(pid) : startByPs(pid);
}

/** Whether the process that was started then still runs. */
export function isRunning(pid: number, startedAt: string): boolean {
  return startOfProcess(pid) === startedAt;
}

function startByProc(pid: number): string | undefined {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  } catch {
    return undefined;
  }
  // The command comes second, in parentheses, and may hold anything. Behind it: state, parent, ... and start as 20th.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const isZombie = fields[0] === 'Z' || fields[0] === 'X';
  return isZombie ? undefined : `${fields[19]}-${bootId()}`;
}

function bootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').slice(0, 8);
  } catch {
    return '0';
  }
}

function startByPs(pid: number): string | undefined {
  const { stdout } = spawnSync('ps', ['-o', 'lstart=', '-p', String(pid)], {
    encoding: 'utf8',
    env: { ...childEnvironment(), LC_ALL: 'C', TZ: 'UTC' },
  });
  const text = stdout.trim();
  return text === '' ? undefined : text.replaceAll(/[^0-9A-Za-z]+/g, '-');
}
