/**
 * The file of the audit log: whole lines or nothing. A write that the disk took only a part of is completed, or taken
 * back when it cannot be; a line that a crash has torn is closed before the next one. Rotates by size.
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

export interface AuditFileOptions {
  /** Size at which the file is put aside and a new one begun. Default 16 MiB. */
  readonly maxBytes?: number | undefined;
  /** Files put aside that are kept, the newest as `.1`. Default 8. */
  readonly keep?: number | undefined;
}

const newLine = 0x0a;
const roomBytes = 16_384;

export class AuditFile {
  readonly #file: string;
  readonly #maxBytes: number;
  readonly #keep: number;
  #descriptor: number;
  #size: number;
  /** The file does not end with a line end. */
  #isTorn: boolean;

  /** Opens `file`, making it when it is not there. Throws the system's error. */
  constructor(file: string, { maxBytes = 16 * 1024 * 1024, keep = 8 }: AuditFileOptions = {}) {
    this.#file = file;
    this.#maxBytes = maxBytes;
    this.#keep = keep;
    this.#descriptor = openPrivate(file);
    this.#size = fstatSync(this.#descriptor).size;
    this.#isTorn = this.#size > 0 && lastByte(this.#descriptor, this.#size) !== newLine;
  }

  /** Appends the entry as one line. Throws the system's error; nothing of the entry is in the file then. */
  append(entry: object): void {
    const line = Buffer.from(`${this.#isTorn ? '\n' : ''}${JSON.stringify(entry)}\n`);
    if (this.#size > 0 && this.#size + line.length > this.#maxBytes) this.#rotate();
    this.#write(line);
  }

  /** Whether the disk has room for a good many entries: with less, every other one would fail. */
  hasRoom(): boolean {
    try {
      const { bavail, bsize } = statfsSync(this.#file);
      return bavail * bsize >= roomBytes;
    } catch {
      return false;
    }
  }

  /** Waits until the disk has everything. */
  sync(): void {
    fsyncSync(this.#descriptor);
  }

  /** What is appended afterwards throws, instead of going to the file that has the descriptor by then. */
  close(): void {
    closeSync(this.#descriptor);
    this.#descriptor = -1;
  }

  #write(line: Buffer): void {
    let written = 0;
    try {
      while (written < line.length) {
        const count = writeSync(this.#descriptor, line, written, line.length - written);
        if (count === 0) throw Object.assign(new Error('the disk takes nothing'), { code: 'ENOSPC' });
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

  /** When that fails the file goes on as it is: a log that is too long is better than none. */
  #rotate(): void {
    const aside = (number: number): string => this.#file.replace(/(\.\w+)?$/, `.${number}$1`);
    const draft = `${this.#file}.new`;
    let next: number;
    try {
      // First, because it is what fails without descriptors or inodes: each attempt would cost the oldest file.
      next = openPrivate(draft);
    } catch {
      return;
    }
    try {
      rmSync(aside(this.#keep), { force: true });
      for (let number = this.#keep - 1; number >= 1; number--)
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
