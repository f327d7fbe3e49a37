/**
 * The datagrams of libcluster's gossip strategy, unencrypted and encrypted: bytes in, names out. It owns no socket.
 *
 *     plain:     "heartbeat::" | term_to_binary(#{node => Name})
 *     encrypted: IV (16) | AES-256-CBC(key = SHA-256(secret), IV, PKCS#7 padding, the plain form)
 *
 * The encrypted form has neither a checksum nor a time stamp: a recorded heartbeat can be replayed, and without the secret
 * it can still be changed at random. A heartbeat only names a node to dial; the cookie decides which nodes may connect.
 */

import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import { atom, atomName, NodeError, parseNodeName, TermMap } from '@convoy/node';
import { decode, encode } from '@convoy/node/etf';
import { DiscoveryError } from './discovery-error.ts';

export interface GossipCodecOptions {
  /**
   * Shared by all nodes of the cluster; text is encoded as UTF-8, as in Elixir. With a secret, unencrypted heartbeats are
   * ignored; without one, encrypted ones are. Default: none.
   */
  readonly secret?: string | Uint8Array | undefined;
}

/** The content of a datagram. */
export interface GossipHeartbeat {
  /** Full name of the node that announces itself: `app@10.0.0.7`. Printable ASCII with one `@`, at most 255 bytes. */
  readonly node: string;
}

/** A heartbeat has fewer than 300 bytes. It may contain other keys, but not any number of them. */
const maxDatagramBytes = 4096;
const blockBytes = 16;
const cipherName = 'aes-256-cbc';
const prefix: Uint8Array = new TextEncoder().encode('heartbeat::');
const nodeKey = atom('node');

/** For terms from unknown senders, of which only one atom is used. */
const termLimits = { maxTermDepth: 8, maxIntegerBytes: 64, maxUncompressedBytes: maxDatagramBytes };

/** Encodes and decodes heartbeats with one secret, or unencrypted. */
export class GossipCodec {
  readonly #key: Uint8Array | undefined;

  /** Throws DISCOVERY_BAD_OPTION for an empty secret, whose key would be known to everyone. */
  constructor({ secret }: GossipCodecOptions = {}) {
    if (secret?.length === 0) {
      throw new DiscoveryError('DISCOVERY_BAD_OPTION', 'the secret of gossip is empty', {
        remedy: 'Set it to the secret of the other nodes, or leave it out to send heartbeats unencrypted.',
      });
    }
    this.#key = secret === undefined ? undefined : createHash('sha256').update(secret).digest();
  }

  /** Whether a secret is set. */
  get isEncrypted(): boolean {
    return this.#key !== undefined;
  }

  /**
   * The datagram that announces `node`. Throws NODE_BAD_NAME unless that has the form `name@host`. `iv` is the first 16
   * bytes of an encrypted datagram; default: random, because every heartbeat must have its own.
   */
  encode(node: string, { iv = randomBytes(blockBytes) }: { readonly iv?: Uint8Array } = {}): Uint8Array {
    if (parseNodeName(node) === undefined) {
      throw new NodeError(
        'NODE_BAD_NAME',
        `${JSON.stringify(node)} cannot be announced, because it is not a valid node name`,
        { value: node, remedy: 'Write name@host in printable ASCII.' },
      );
    }
    const clear = Buffer.concat([prefix, encode(new TermMap([[nodeKey, atom(node)]]))]);
    if (this.#key === undefined) return clear;
    const cipher = createCipheriv(cipherName, this.#key, iv);
    return Buffer.concat([iv, cipher.update(clear), cipher.final()]);
  }

  /** Never throws: `undefined` for anything but a heartbeat of this cluster, e.g. one with another secret. */
  decode(datagram: Uint8Array): GossipHeartbeat | undefined {
    if (datagram.length > maxDatagramBytes) return undefined;
    try {
      const clear = this.#key === undefined ? datagram : decrypt(this.#key, datagram);
      return clear === undefined ? undefined : readHeartbeat(clear);
    } catch {
      // What the cipher or the decoder rejected is not reported: anyone can send to this port.
      return undefined;
    }
  }
}

function decrypt(key: Uint8Array, datagram: Uint8Array): Uint8Array | undefined {
  const { length } = datagram;
  if (length < 2 * blockBytes || length % blockBytes !== 0) return undefined;
  const decipher = createDecipheriv(cipherName, key, datagram.subarray(0, blockBytes));
  return Buffer.concat([decipher.update(datagram.subarray(blockBytes)), decipher.final()]);
}

function readHeartbeat(clear: Uint8Array): GossipHeartbeat | undefined {
  if (!prefix.every((byte, at) => clear[at] === byte)) return undefined;
  const term = decode(clear.subarray(prefix.length), { limits: termLimits });
  const name = term instanceof TermMap ? atomName(term.get(nodeKey)) : undefined;
  return name === undefined || parseNodeName(name) === undefined ? undefined : { node: name };
}
