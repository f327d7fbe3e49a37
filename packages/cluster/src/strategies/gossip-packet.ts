/**
 * The datagrams of libcluster's gossip strategy, in clear and encrypted, bytes in and names out. Owns no socket.
 *
 *     clear:     "heartbeat::" | term_to_binary(#{node => Name})
 *     encrypted: IV (16) | AES-256-CBC(key = SHA-256(secret), IV, PKCS#7 padding, the clear form)
 *
 * The encrypted form has neither a checksum nor a time: whoever recorded a heartbeat can send it again, and whoever has no
 * secret can still change one at random. It names a node to dial, nothing more; the cookie decides who gets in.
 */

import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import { atom, atomName, NodeError, parseNodeName, TermMap } from '@convoy/node';
import { decode, encode } from '@convoy/node/etf';
import { DiscoveryError } from './errors.ts';

export interface GossipCodecOptions {
  /**
   * What all nodes of the cluster share; text counts as its UTF-8 bytes, as in Elixir. With a secret heartbeats in clear
   * are ignored, and without one encrypted ones are. Default: none.
   */
  readonly secret?: string | Uint8Array | undefined;
}

/** What a datagram says. */
export interface GossipHeartbeat {
  /** Full name of the node that announces itself: `app@10.0.0.7`. Printable ASCII with one `@`, at most 255 bytes. */
  readonly node: string;
}

/** A heartbeat is under 300 bytes. Other keys are allowed in it, but not without end. */
const maxDatagramBytes = 4096;
const blockBytes = 16;
const cipherName = 'aes-256-cbc';
const prefix: Uint8Array = new TextEncoder().encode('heartbeat::');
const nodeKey = atom('node');

/** For the term of a stranger, of which one atom counts. */
const termLimits = { maxTermDepth: 8, maxIntegerBytes: 64, maxUncompressedBytes: maxDatagramBytes };

/** Writes and reads heartbeats under one secret, or in clear. */
export class GossipCodec {
  readonly #key: Uint8Array | undefined;

  /** Throws DISCOVERY_BAD_OPTION when the secret is there but empty: that would be a key everybody knows. */
  constructor({ secret }: GossipCodecOptions = {}) {
    if (secret?.length === 0) {
      throw new DiscoveryError('DISCOVERY_BAD_OPTION', 'the secret of gossip is empty', {
        remedy: 'Set it to the one the other nodes have, or leave it out for heartbeats in clear.',
      });
    }
    this.#key = secret === undefined ? undefined : createHash('sha256').update(secret).digest();
  }

  /** Whether a secret is set. */
  get isEncrypted(): boolean {
    return this.#key !== undefined;
  }

  /**
   * The datagram that announces `node`. Throws NODE_BAD_NAME when that is no `name@host`. `iv` are the 16 first bytes of
   * an encrypted one; default: random, as every heartbeat must have its own.
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

  /** Never throws: `undefined` for whatever is no heartbeat of ours, another secret's included. */
  decode(datagram: Uint8Array): GossipHeartbeat | undefined {
    if (datagram.length > maxDatagramBytes) return undefined;
    try {
      const clear = this.#key === undefined ? datagram : decrypt(this.#key, datagram);
      return clear === undefined ? undefined : readHeartbeat(clear);
    } catch {
      // Neither what the cipher nor what the decoder found wrong is worth a word: anyone can send to this port.
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
