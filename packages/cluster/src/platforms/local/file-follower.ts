/**
 * Follows a file to which a node appends its output, into the log of the node. The file is read again when the system reports a
 * change, or every quarter of a second where the system reports none. A file that was made shorter is read from its start; one that has
 * become too long is emptied once it was read.
 */

import { type FSWatcher, unwatchFile, watch, watchFile } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import type { NodeLog } from '../../launch/node-log.ts';

const chunkBytes = 64 * 1024;
const pollMs = 250;

/** Options of `FileFollower.follow`. */
export interface FollowOptions {
  readonly log: NodeLog;
  /** How much of what the file already has is read, in bytes: of a larger file its last lines. Default: all. */
  readonly lastBytes?: number;
  /** The file is emptied when so many bytes of it were read. The node must append to it. Default: never. */
  readonly emptyAfter?: number | undefined;
}

/** Follows one file. */
export class FileFollower {
  readonly #path: string;
  readonly #log: NodeLog;
  readonly #file: FileHandle;
  readonly #emptyAfter: number;
  #position: number;
  /** Whether the bytes up to the next newline belong to a line whose start was not read. */
  #isMidLine: boolean;
  #watcher: FSWatcher | undefined;
  #reading: Promise<void> = Promise.resolve();
  #isClosed = false;
  readonly #onChange = (): void => void this.flush();

  /** Starts to follow a file. Rejects with the error of the file system if it cannot be opened. */
  static async follow(path: string, options: FollowOptions): Promise<FileFollower> {
    const { log, lastBytes = Infinity, emptyAfter = Infinity } = options;
    const file = await open(path, emptyAfter === Infinity ? 'r' : 'r+');
    const { size } = await file.stat();
    const follower = new FileFollower({ path, file, log, emptyAfter }, Math.max(0, size - lastBytes));
    follower.#watch();
    await follower.flush();
    return follower;
  }

  private constructor(
    parts: {
      readonly path: string;
      readonly file: FileHandle;
      readonly log: NodeLog;
      readonly emptyAfter: number;
    },
    position: number,
  ) {
    this.#path = parts.path;
    this.#log = parts.log;
    this.#file = parts.file;
    this.#emptyAfter = parts.emptyAfter;
    this.#position = position;
    this.#isMidLine = position > 0;
  }

  /** Reads what the file has by now. Resolves, never rejects, when it is in the log. */
  flush(): Promise<void> {
    this.#reading = this.#reading.then(() => this.#read());
    return this.#reading;
  }

  /** Stops following. Idempotent. */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#watcher?.close();
    unwatchFile(this.#path, this.#onChange);
    await this.#reading;
    await this.#file.close().catch(() => undefined);
  }

  #watch(): void {
    const poll = (): void => {
      if (!this.#isClosed) watchFile(this.#path, { interval: pollMs, persistent: false }, this.#onChange);
    };
    try {
      this.#watcher = watch(this.#path, { persistent: false }, this.#onChange);
      // The system has a limit of watched files.
      this.#watcher.on('error', poll);
    } catch {
      poll();
    }
  }

  async #read(): Promise<void> {
    try {
      const { size } = await this.#file.stat();
      if (size < this.#position) this.#position = 0;
      const buffer = Buffer.allocUnsafe(chunkBytes);
      while (!this.#isClosed) {
        const { bytesRead } = await this.#file.read(buffer, 0, chunkBytes, this.#position);
        if (bytesRead === 0 && !(await this.#empty())) return;
        const start = this.#position;
        this.#position += bytesRead;
        this.#write(Buffer.from(buffer.subarray(0, bytesRead)), start);
      }
    } catch (error) {
      if (!this.#isClosed) {
        this.#log.note(`cannot follow the output of the node: ${(error as Error).message}`);
      }
    }
  }

  /**
   * Empties the file if it is long and all of it was read. Returns whether there may be more to read. What the node writes between the look
   * and the act is lost: some microseconds, once in so many megabytes.
   */
  async #empty(): Promise<boolean> {
    if (this.#position < this.#emptyAfter) return false;
    const { size } = await this.#file.stat();
    if (size !== this.#position) return true;
    await this.#file.truncate(0);
    this.#position = 0;
    return false;
  }

  #write(bytes: Buffer, position: number): void {
    const from = this.#isMidLine ? bytes.indexOf(0x0a) + 1 : 0;
    if (this.#isMidLine && from === 0) return;
    this.#isMidLine = false;
    this.#log.write('stdout', bytes.subarray(from), { start: position + from, unit: 'bytes' });
  }
}
