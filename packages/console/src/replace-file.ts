/** Writes a file atomically: after a crash or on a full disk it has either the old content or the new, and no draft is left behind. */

import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs';

/** Options of `replaceFile`. */
export interface ReplaceOptions {
  /** Whether to flush the file to disk, for content that must survive a power failure. Default false. */
  readonly durable?: boolean;
}

/** Replaces `file`, with mode 0600. Throws the error of the file system. */
export function replaceFile(file: string, content: string, { durable = false }: ReplaceOptions = {}): void {
  const draft = `${file}.${process.pid}`;
  try {
    const descriptor = openSync(draft, 'w', 0o600);
    try {
      writeFileSync(descriptor, content);
      if (durable) fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    renameSync(draft, file);
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  }
}
