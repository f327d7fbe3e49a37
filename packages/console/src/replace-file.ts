/** Writes a file whole: after a crash or on a full disk there is the old content or the new, and no draft is left behind. */

import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs';

export interface ReplaceOptions {
  /** Wait until the disk has it: for what must hold after a loss of power. Default false. */
  readonly durable?: boolean;
}

/** Only its owner may read the file. Throws the system's error. */
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
