/** Cuts packets out of a stream, however it was split: a length of four bytes, then as many. Pure. */

/** OpenSSH's own bound. */
const maxPacketBytes = 256 * 1024;

export class PacketReader {
  #rest: Buffer = Buffer.alloc(0);

  /** The packets that are complete now. Throws `RangeError` for one longer than 256 KiB. */
  *read(chunk: Buffer): Generator<Buffer> {
    let bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    while (bytes.length >= 4) {
      const length = bytes.readUInt32BE();
      if (length > maxPacketBytes) throw new RangeError(`a packet of ${length} bytes`);
      if (bytes.length < 4 + length) break;
      const packet = bytes.subarray(4, 4 + length);
      bytes = bytes.subarray(4 + length);
      this.#rest = bytes;
      yield packet;
    }
    this.#rest = bytes;
  }
}
