/** Chooses what is wrong when something accepts connections where the node should be, and the handshake is not completed. Pure. */

import type { Fault } from '../model/diagnosis.ts';
import { ownFault, tlsFault, unexplained, wrongOwner } from '../faults/errors.ts';
import {
  closedInHandshake,
  flagsMissing,
  hasSameName,
  nameTaken,
  noFilesLeft,
  nodeSilent,
  notAllowed,
  otherCookie,
  tlsNotSpoken,
  wrongNode,
} from '../faults/handshakes.ts';
import type { NodeAt } from '../faults/make-fault.ts';
import { nameFormRefused, noSuchHost, otherHostPart } from '../faults/names.ts';
import { notANode, portClosed, portNoBackend, portSilent } from '../faults/ports.ts';
import { noRoute } from '../faults/hosts.ts';
import { nameUnknown } from '../faults/epmd.ts';
import type { ErrorSeen, HandshakeSeen, Seen } from '../model/seen.ts';
import { nodeAt } from './evidence.ts';

/** `undefined` if the handshake was completed. */
export function handshakeFault(seen: Seen, handshake: HandshakeSeen): Fault | undefined {
  const { error, answersWithoutTls } = handshake;
  if (error === undefined) return undefined;
  const { node } = seen;
  if (answersWithoutTls === true) return tlsNotSpoken(node, error.message);
  if (error.code.startsWith('CONNECTION_TLS_')) return tlsFault(error);
  if (error.kind === 'other') return ownFault(error);
  if (error.kind === 'unknown') return unexplained(node, error.message);
  return error.kind === 'handshake' ? refusedFault(seen, handshake, error) : brokenFault(seen, error);
}

function place(seen: Seen, message: string): NodeAt {
  const address = seen.addresses.find((one) => one.port?.outcome === 'open')?.address ?? seen.host;
  return nodeAt(seen, { address, port: seen.port ?? 0 }, [message]);
}

/** By the code of a handshake error. */
function refusedFault(seen: Seen, handshake: HandshakeSeen, error: ErrorSeen): Fault {
  const { node, ownName, witness } = seen;
  const { message } = error;
  const at = place(seen, message);
  switch (error.code) {
    case 'HANDSHAKE_COOKIE_MISMATCH':
      return otherCookie(node, message);
    case 'HANDSHAKE_NOT_ALLOWED':
      return notAllowed(node, message);
    case 'HANDSHAKE_MISSING_FLAGS':
      return flagsMissing(node, message);
    case 'HANDSHAKE_NAME_TAKEN':
    case 'HANDSHAKE_ALREADY_CONNECTED':
      return nameTaken(node, ownName, message);
    case 'HANDSHAKE_WRONG_NAME':
      return error.found !== undefined && hasSameName(node, error.found)
        ? otherHostPart(node, error.found, message)
        : wrongNode(node, error.found, message);
    case 'HANDSHAKE_TIMEOUT':
      return witness?.target?.isOutOfFiles === true
        ? noFilesLeft(node, `asked through ${witness.name}, it cannot open a file (emfile)`, message)
        : nodeSilent(at);
    case 'HANDSHAKE_CLOSED':
      if (error.phase === 'challenge') return closedInHandshake(node, ownName, message);
      return handshake.greeting === undefined || handshake.greeting === ''
        ? portNoBackend(at)
        : notANode(at, handshake.greeting);
    default:
      return notANode(at, handshake.greeting);
  }
}

/** The connection itself failed, although the port was open a moment ago, or nothing was dialled before. */
function brokenFault(seen: Seen, error: ErrorSeen): Fault {
  const { node, host, from } = seen;
  const { message } = error;
  const at = place(seen, message);
  const isOpen = seen.addresses.some((one) => one.port?.outcome === 'open');
  switch (error.code) {
    case 'CONNECTION_NAME_FORM':
      return nameFormRefused(node, message);
    case 'CONNECTION_WRONG_OWNER':
      return wrongOwner(node, error);
    case 'CONNECTION_NAME_UNKNOWN':
      return nameUnknown(at, []);
    case 'CONNECTION_HOST_UNKNOWN':
      return noSuchHost(host, from, message);
    case 'CONNECTION_REFUSED':
      return portClosed(at);
    case 'CONNECTION_TIMEOUT':
      if (seen.witness?.target?.isOutOfFiles === true) {
        return noFilesLeft(
          node,
          `asked through ${seen.witness.name}, it cannot open a file (emfile)`,
          message,
        );
      }
      return isOpen || seen.tunnel !== undefined ? nodeSilent(at) : portSilent(at);
    case 'CONNECTION_UNREACHABLE':
      return noRoute({ host, address: at.address, from, evidence: [message] });
    default:
      return portNoBackend(at);
  }
}
