/**
 * The file of the audit log, which contains only whole lines. A partial write is completed, or undone if that fails; a line
 * that a crash has torn is terminated before the next one is written. The file rotates by size.
 */

import {
  closeSync,
  fchmodSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  statfsSync,
  writeSync,
} from 'node:fs';

/** Options of `AuditFile`. */
export interface AuditFileOptions {
  /** Size in bytes at which the file is rotated. Default 16 MiB. */
  readonly maxBytes?: number | undefined;
  /** Number of rotated files to keep, the newest as `.1`. Default 8. */
  readonly keep?: number | undefined;
}

const newLine = 0x0a;
const roomBytes = 16_384;

/** An append-only file of JSON lines. */
export class AuditFile {
  readonly #file: string;
  readonly #maxBytes: number;
  readonly #keep: number;
  #descriptor: number;
  #size: number;
  /** Whether the last line of the file is incomplete. */
  #isTorn: boolean;

  /** Opens `file`, and creates it if necessary. Throws the error of the file system. */
  constructor(file: string, { maxBytes = 16 * 1024 * 1024, keep = 8 }: AuditFileOptions = {}) {
    this.#file = file;
    this.#maxBytes = maxBytes;
    this.#keep = keep;
    this.#descriptor = openPrivate(file);
    this.#size = fstatSync(this.#descriptor).size;
    this.#isTorn = this.#size > 0 && lastByte(this.#descriptor, this.#size) !== newLine;
  }

  /** Appends the entry as one line. Throws the error of the file system; the file then contains no part of the entry. */
  append(entry: object): void {
    const line = Buffer.from(`${this.#isTorn ? '\n' : ''}${JSON.stringify(entry)}\n`);
    if (this.#size > 0 && this.#size + line.length > this.#maxBytes) this.#rotate();
    this.#write(line);
  }

  /** Whether the disk has room for a good number of entries. With less, every other write would fail. */
  hasRoom(): boolean {
    try {
      const { bavail, bsize } = statfsSync(this.#file);
      return bavail * bsize >= roomBytes;
    } catch {
      return false;
    }
  }

  /** Flushes the file to disk. */
  sync(): void {
    fsyncSync(this.#descriptor);
  }

  /** Closes the file. Appending afterwards throws, so that it cannot write to another file that reuses the descriptor. */
  close(): void {
    closeSync(this.#descriptor);
    this.#descriptor = -1;
  }

  #write(line: Buffer): void {
    let written = 0;
    try {
      while (written < line.length) {
        const count = writeSync(this.#descriptor, line, written, line.length - written);
        if (count === 0) throw Object.assign(new Error('the disk accepts no data'), { code: 'ENOSPC' });
        written += count;
      }
    } catch (error) {
      if (written > 0) this.#takeBack(written);
      throw error;
    }
    this.#size += line.length;
    this.#isTorn = false;
  }

  #takeBack(written: number): void {
    try {
      ftruncateSync(this.#descriptor, this.#size);
    } catch {
      this.#size += written;
      this.#isTorn = true;
    }
  }

  /** Rotates the file. If that fails, the file keeps growing: a log that is too long is better than none. */
  #rotate(): void {
    const aside = (number: number): string => rotatedFile(this.#file, number);
    const draft = `${this.#file}.new`;
    let next: number;
    try {
      // This comes first because it fails without free descriptors or inodes; otherwise each attempt would cost the oldest file.
      next = openPrivate(draft);
    } catch {
      return;
    }
    try {
      rmSync(aside(this.#keep), { force: true });
      for (let number = this.#keep - 1; number >= 1; number -= 1)
        renameIfThere(aside(number), aside(number + 1));
      renameSync(this.#file, aside(1));
      try {
        renameSync(draft, this.#file);
      } catch (error) {
        renameSync(aside(1), this.#file);
        throw error;
      }
    } catch {
      closeSync(next);
      rmSync(draft, { force: true });
      return;
    }
    closeSync(this.#descriptor);
    this.#descriptor = next;
    this.#size = fstatSync(next).size;
    this.#isTorn = false;
  }
}

/** The name of a rotated file, `audit.1.jsonl`; the newest has the number 1. */
export function rotatedFile(file: string, number: number): string {
  return file.replace(/(\.\w+)?$/, `.${number}$1`);
}

function openPrivate(file: string): number {
  const descriptor = openSync(file, 'a+', 0o600);
  fchmodSync(descriptor, 0o600);
  return descriptor;
}

function lastByte(descriptor: number, size: number): number | undefined {
  const last = Buffer.alloc(1);
  return readSync(descriptor, last, 0, 1, size - 1) === 1 ? last[0] : undefined;
}

function renameIfThere(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}
