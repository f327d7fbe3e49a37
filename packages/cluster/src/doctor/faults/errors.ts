/** Faults that are an error of ours with its own message and remedy: of SSH, TLS and tunnels. Pure. */

import type { Fault, FaultCode, Possibility } from '../model/diagnosis.ts';
import type { ErrorSeen } from '../model/seen.ts';
import { makeFault } from './make-fault.ts';

/** Causes that look the same from outside, by the code of the error. */
const possibleCauses: Readonly<Record<string, readonly Possibility[]>> = {
  SSH_AUTH_REFUSED: [
    {
      cause: 'the key is not among those that the host accepts for this user',
      check: 'On the host, `~/.ssh/authorized_keys` of that user does not have it.',
    },
    {
      cause: 'the account is expired or locked, or its shell does not exist',
      check: 'On the host, `chage -l USER` and `passwd -S USER` show it: sshd does not say it to the client.',
    },
    {
      cause: 'the server does not let this user in (AllowUsers, DenyUsers, permissions of ~/.ssh)',
      check: 'The log of sshd on the host says so.',
    },
  ],
  SSH_FORWARD_FORBIDDEN: [
    {
      cause: 'the server forbids forwarding (AllowTcpForwarding, PermitOpen, DisableForwarding)',
      check: 'On the host, `sshd -T` shows these settings.',
    },
    {
      cause: 'the key is restricted',
      check:
        'On the host, its line in `~/.ssh/authorized_keys` begins with restrict, no-port-forwarding or permitopen.',
    },
  ],
};

const hopUnreachable: readonly Possibility[] = [
  {
    cause: 'its name does not resolve on the hop before it',
    check: 'On the hop before it, `getent hosts NAME` prints nothing.',
  },
  {
    cause: 'no sshd listens there, or it listens on another port',
    check: 'On the hop before it, `ssh -v HOST` says "Connection refused".',
  },
  {
    cause: 'a firewall stands between the two hops',
    check: 'On the hop before it, `ssh -v HOST` gets no answer, or "No route to host".',
  },
];

function possibleOf({ code, message }: ErrorSeen): readonly Possibility[] | undefined {
  const isLaterHop = code === 'SSH_UNREACHABLE' && message.endsWith('from the hop before it');
  return isLaterHop ? hopUnreachable : possibleCauses[code];
}

/** An error with its own message and remedy. */
export function ownFault(error: ErrorSeen): Fault {
  const { code, message, remedy, value, causes } = error;
  const possible = possibleOf(error);
  return makeFault(
    {
      code: code as FaultCode,
      sentence: message,
      remedy: remedy ?? 'See docs/errors.md.',
      value,
      possible,
    },
    ...causes,
  );
}

/** TLS errors have their own codes and complete messages. */
export function tlsFault({ code, message, remedy }: ErrorSeen): Fault {
  const [sentence = message, ...rest] = message.split(/: (?=[^:]*$)/);
  return makeFault(
    { code: code as FaultCode, sentence, remedy: remedy ?? 'Compare the TLS options of both nodes.' },
    ...rest,
  );
}

/** The port belongs to another user of this machine. */
export function wrongOwner(node: string, { message, remedy, value }: ErrorSeen): Fault {
  return makeFault(
    {
      code: 'CONNECTION_WRONG_OWNER',
      sentence: `the port of ${node} belongs to another user of this machine, so it was not dialled`,
      remedy:
        remedy ?? 'Check which program listens there (`ss -ltnp`), and accept its user if it is the node.',
      value,
    },
    message,
  );
}

export function unexplained(node: string, ...evidence: readonly string[]): Fault {
  return makeFault(
    {
      code: 'UNEXPLAINED',
      sentence: `${node} cannot be reached, and it is not clear why`,
      remedy: 'Report this as a bug and include this output.',
    },
    ...evidence,
  );
}
