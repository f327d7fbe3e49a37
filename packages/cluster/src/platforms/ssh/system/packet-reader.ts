/** Splits a byte stream into packets: a length of four bytes, then that many bytes. Pure. */

/** The limit of OpenSSH itself. */
const maxPacketBytes = 256 * 1024;

export class PacketReader {
  #rest: Buffer = Buffer.alloc(0);

  /** Adds a chunk and yields the packets that are now complete. Throws `RangeError` for one longer than 256 KiB. */
  *read(chunk: Buffer): Generator<Buffer> {
    let bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    while (bytes.length >= 4) {
      const length = bytes.readUInt32BE();
      if (length > maxPacketBytes)
        throw new RangeError(`a packet has ${length} bytes, more than ${maxPacketBytes}`);
      if (bytes.length < 4 + length) break;
      const packet = bytes.subarray(4, 4 + length);
      bytes = bytes.subarray(4 + length);
      this.#rest = bytes;
      yield packet;
    }
    this.#rest = bytes;
  }
}
