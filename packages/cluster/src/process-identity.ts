/**
 * Identifies a process by its start time, so that a later process with the same id is not mistaken for it: process ids are
 * reused, in containers very soon. The identity includes the boot of the machine, from which the start time is counted.
 */

import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { childEnvironment } from './child-environment.ts';

/** Start time of a process, in a form for file names; `undefined` if no such process is running. */
export function startOfProcess(pid: number): string | undefined {
  // For the system, 0 and negative ids mean process groups.
  if (!Number.isSafeInteger(pid) || pid <= 0) return undefined;
  return process.platform === 'linux' ? startByProc(pid) : startByPs(pid);
}

/** Whether the process with this start time is still running. */
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
  // The command is the second field, in parentheses, and may contain anything. Of the fields after it, the start time is the 20th.
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
