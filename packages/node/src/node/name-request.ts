/** Asks another node for a name: the connection to it is open before the node exists. */

import type { GivenName } from '../distribution/handshake-messages.ts';
import { HandshakeError } from '../errors.ts';
import type { Connection } from '../net/connection.ts';
import { dialPeer } from '../net/dial.ts';
import type { Resolver } from '../net/resolver.ts';
import { nameMismatch } from './options/node-name.ts';
import type { NodeSettings } from './options/node-options.ts';

/** The name that a node was given, and the connection over which it was. */
export interface NamedConnection {
  readonly given: GivenName;
  readonly connection: Connection;
}

/** Connects to `peer`. Throws what `connect` throws, and `HandshakeError` HANDSHAKE_NOT_ALLOWED when it gives no name. */
export async function askForName(
  peer: string,
  settings: NodeSettings,
  dialling: { readonly resolver: Resolver; readonly signal: AbortSignal | undefined },
): Promise<NamedConnection> {
  const { name, cookie, nameForms, mapping } = settings;
  const mismatch = nameMismatch(name.full, peer, nameForms);
  if (mismatch !== undefined) throw mismatch;
  let given: GivenName | undefined;
  const connection = await dialPeer({
    ...settings,
    ...dialling,
    self: { name: name.full, creation: 0, cookie, hidden: true },
    peer,
    decode: mapping,
    onNamed: (its) => (given = its),
  });
  if (given !== undefined) return { given, connection };
  connection.close();
  const remedy = 'Start this node with a name of its own.';
  throw new HandshakeError('HANDSHAKE_NOT_ALLOWED', `${peer} gave no name`, { peer, remedy });
}
