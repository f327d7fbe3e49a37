/**
 * Node names: their form, and which nodes may connect to each other. Long names (`-name` in Erlang) have a host with a dot
 * or an IP address, short names (`-sname`) a host without a dot; nodes of different styles do not dial each other. Pure.
 */

import { ConnectionError, NodeError } from '../../errors.ts';
import { isLongHost, type NodeName, splitNodeName } from '../../names.ts';
import { visibleText } from '../../visible-text.ts';
import { type HostFault, hostFault } from './host-name.ts';

/** The longest atom. */
const maxNameLength = 255;

const nameRemedy = 'Write name@host, for instance web@127.0.0.1 or web@::1.';

/** OTP accepts letters, digits, - and _ before the @; names with dots and + exist as well. */
const nameForm = /^[A-Za-z0-9_.+-]+$/;

/** Splits `name@host`; `undefined` when it does not have that form, or when a node with that name could not be dialled. */
export function parseNodeName(full: string): NodeName | undefined {
  return nameFault(full) === undefined ? splitNodeName(full) : undefined;
}

/** Why `full` is not a valid node name, as a clause about "it"; `undefined` when it is valid. */
function nameFault(full: string): HostFault | undefined {
  const text = textFault(full);
  if (text !== undefined) return { fault: text, remedy: nameRemedy };
  const { host } = splitNodeName(full);
  const ofHost = hostFault(host);
  if (ofHost === undefined) return undefined;
  return { fault: `of its host ${host}: ${ofHost.fault}`, remedy: ofHost.remedy };
}

/** What is wrong with the name apart from its host. */
function textFault(full: string): string | undefined {
  if (typeof full !== 'string') return 'it is not a string';
  if (full.length > maxNameLength) return `it has more than ${maxNameLength} characters`;
  if (!/^[\x21-\x7e]*$/.test(full)) return 'it has characters that are not printable ASCII';
  const { name, host } = splitNodeName(full);
  if (full.split('@').length !== 2 || name === '' || host === '') return 'it must be name@host, with one @';
  return nameForm.test(name) ? undefined : 'the part before the @ may have only letters, digits, - _ . and +';
}

/** A name for an error message: shortened, without characters that change how the rest of the message is displayed. */
function shown(name: unknown): string {
  return visibleText(JSON.stringify(String(name).slice(0, 100)));
}

/** Completes a name without a host with the first part of `hostName`, as `-sname` does. Throws `NodeError` NODE_BAD_NAME. */
export function completeNodeName(given: string, hostName: string): NodeName {
  const full = given.includes('@') ? given : `${given}@${hostName.split('.', 1)[0]}`;
  const wrong = nameFault(full);
  if (wrong === undefined) return splitNodeName(full);
  throw new NodeError('NODE_BAD_NAME', `${shown(full)} is not a valid node name, because ${wrong.fault}`, {
    value: full,
    remedy: wrong.remedy,
  });
}

/** The error if a node must not dial a peer; `undefined` if it may. `any` accepts names of both styles. */
export function nameMismatch(
  self: string,
  peer: string,
  forms: 'same' | 'any' = 'same',
): ConnectionError | undefined {
  const own = parseNodeName(self);
  const other = parseNodeName(peer);
  if (other === undefined) {
    const { fault, remedy } = nameFault(peer) ?? { fault: 'it is not complete', remedy: nameRemedy };
    const message = `${shown(peer)} is not a valid node name, because ${fault}`;
    return new ConnectionError('CONNECTION_NAME_FORM', message, { peer, value: peer, remedy });
  }
  if (own === undefined || forms === 'any' || isLongHost(own.host) === isLongHost(other.host))
    return undefined;
  const [long, short] = isLongHost(own.host) ? [self, peer] : [peer, self];
  return new ConnectionError(
    'CONNECTION_NAME_FORM',
    `${self} cannot connect to ${peer}: ${long} is a long name (its host has a dot or is an IP address) and ${short} is ` +
      'a short name',
    { peer, value: peer, remedy: 'Give both nodes long names, or both short names.' },
  );
}
