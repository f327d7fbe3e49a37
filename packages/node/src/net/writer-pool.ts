/**
 * The few writers that all connections of the process share, so that an idle connection holds no buffer. A connection
 * has one from its first frame of a turn until it flushes; when all are taken, the connection that has waited longest
 * flushes early. Memory the network has taken at once is written again: sockets of a fast peer always do that.
 */
import { ByteWriter } from '../etf/index.ts';

/** What holds a writer. */
export interface WriterOwner {
  /** Ends in `releaseWriter`, unless the owner is in the middle of a frame. */
  flush(): void;
}

const maxWriters = 8;

/** A binary of 64 KiB and its envelope fit several times. */
const chunkBytes = 256 * 1024;

const free: ByteWriter[] = [];
/** In the order in which they took their writer. */
const owners = new Set<WriterOwner>();
/** Chunks of which some stream still needs a part. They are filled to their end and then left to it. */
const inUse = new WeakSet<Uint8Array>();

export function acquireWriter(owner: WriterOwner): ByteWriter {
  // Most often the first one gives its writer back. Code that runs within the encoding of a value may want another
  // writer while that one, and any before it, is in the middle of a frame: the pool is then larger for a moment.
  if (owners.size >= maxWriters) {
    for (const waiting of owners) {
      waiting.flush();
      if (owners.size < maxWriters) break;
    }
  }
  owners.add(owner);
  return free.pop() ?? new ByteWriter(chunkBytes);
}

/**
 * Gives the writer back. `isTaken`: nobody needs the bytes that `finish` gave any more. Memory that is warm is then
 * written again: asking for new cost 15 µs of a call's 50 and a quarter of an echo of 64 KiB.
 */
export function releaseWriter(owner: WriterOwner, writer: ByteWriter, isTaken: boolean): void {
  owners.delete(owner);
  if (!isTaken) inUse.add(writer.chunk);
  else if (!inUse.has(writer.chunk)) writer.rewind();
  if (free.length < maxWriters) free.push(writer);
}
