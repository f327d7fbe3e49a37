/** A file system in memory of a few kilobytes, to fill it up for real. Needs root on Linux. */

import { execFileSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export class SmallDisk implements Disposable {
  readonly path: string;

  /** `files` is the maximum number of files and folders, including its root. */
  constructor(kilobytes: number, files = 1000) {
    this.path = mkdtempSync(join(tmpdir(), 'convoy-disk-'));
    const options = `size=${kilobytes}k,nr_inodes=${files},mode=0700`;
    execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', this.path]);
  }

  /** Uses up all free space. */
  fill(): void {
    const descriptor = openSync(this.#filler, 'a');
    try {
      for (;;) writeSync(descriptor, Buffer.alloc(512));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
    } finally {
      closeSync(descriptor);
    }
  }

  /** Frees the space. */
  free(): void {
    rmSync(this.#filler, { force: true });
  }

  setReadOnly(): void {
    execFileSync('mount', ['-o', 'remount,ro', this.path]);
  }

  get #filler(): string {
    return join(this.path, 'filler');
  }

  [Symbol.dispose](): void {
    execFileSync('umount', ['--lazy', this.path]);
    rmSync(this.path, { recursive: true, force: true });
  }
}

/** Why this machine cannot have one, or `false`. For the `skip` of a test. */
export const noSmallDisk: string | false = findReason();

function findReason(): string | false {
  if (process.platform !== 'linux') return 'a file system of its own is mounted on Linux only';
  if (process.getuid?.() !== 0) return 'mounting a small file system needs root';
  try {
    new SmallDisk(64)[Symbol.dispose]();
    return false;
  } catch (error) {
    return `a small file system cannot be mounted: ${(error as Error).message}`;
  }
}
