/** Faults of handshakes: something accepts connections where the node should be. Pure. */

import { splitNodeName } from '@convoy/node/names';
import type { Fault } from '../model/diagnosis.ts';
import { makeFault, type NodeAt } from './make-fault.ts';

export function otherCookie(node: string, ...evidence: readonly string[]): Fault {
  return makeFault(
    {
      code: 'COOKIE',
      sentence: `${node} has a different cookie than the one used here`,
      remedy:
        'Use the cookie of the node: -setcookie in its arguments or RELEASE_COOKIE in its environment, else releases/COOKIE of its release, else ~/.erlang.cookie of the user who runs it.',
    },
    ...evidence,
  );
}

export function cookiesDiffer(from: string, to: string): Fault {
  return makeFault(
    {
      code: 'COOKIE',
      sentence: `${from} and ${to} have different cookies`,
      remedy:
        'Set the same cookie on both (~/.erlang.cookie, -setcookie or RELEASE_COOKIE), and restart the node you changed.',
    },
    'the salted hashes of their cookies differ',
  );
}

export function notAllowed(node: string, ...evidence: readonly string[]): Fault {
  return makeFault(
    {
      code: 'NOT_ALLOWED',
      sentence: `${node} accepts only certain nodes, and this one is not among them`,
      remedy: 'Add the name with `net_kernel:allow/1` there, or connect from an allowed node.',
    },
    ...evidence,
  );
}

/** The other refuses, although everything that can be seen fits. */
export function refusesPeer(to: string, from: string, ...evidence: readonly string[]): Fault {
  return makeFault(
    {
      code: 'NOT_ALLOWED',
      sentence: `${to} refuses ${from}, although name, port and cookie match`,
      possible: [
        {
          cause: `${to} accepts only certain nodes`,
          check: `\`net_kernel:allowed()\` on ${to} (OTP 28) or its start-up code shows a list without ${from}.`,
        },
        {
          cause: `another node uses the name ${from}`,
          check: `\`nodes(connected)\` on ${to} has ${from} while the two are not connected.`,
        },
        {
          cause: `an old connection between the two is still up on ${to}`,
          check: `\`erlang:disconnect_node('${from}')\` on ${to} ends it; else it ends after the net tick time.`,
        },
        {
          cause: 'one of the two requires TLS and the other does not use it',
          check: '`init:get_argument(proto_dist)` differs between the two.',
        },
      ],
      remedy: 'Find out which of these it is; the logs of both nodes may say more.',
    },
    ...evidence,
  );
}

export function flagsMissing(node: string, ...evidence: readonly string[]): Fault {
  return makeFault(
    {
      code: 'MISSING_FLAGS',
      sentence: `${node} and this node have no version of the distribution protocol in common`,
      remedy:
        'Upgrade the older one: both sides need OTP 23 or later, and OTP 25 or later if either is newer than 25.',
    },
    ...evidence,
  );
}

export function nameTaken(node: string, ownName: string | undefined, ...evidence: readonly string[]): Fault {
  const own = ownName ?? 'the name used here';
  return makeFault(
    {
      code: 'NAME_TAKEN',
      sentence: `${node} is already connected to a node with the name used here`,
      possible: [
        {
          cause: 'another node runs with that name',
          check: `\`epmd -names\` on the host of ${own} lists it. Stop it, or use another name.`,
        },
        {
          cause: 'the connection of a node that has crashed, or lost its network, is still up there',
          check: `\`erlang:disconnect_node('${own}')\` on ${node} ends it; else it ends after the net tick time.`,
        },
      ],
      remedy: 'Stop the other node with that name, or use another name.',
    },
    ...evidence,
  );
}

/** It has said who it is not: a node, which closes the connection in the middle of the handshake. */
export function closedInHandshake(
  node: string,
  ownName: string | undefined,
  ...evidence: readonly string[]
): Fault {
  const own = ownName ?? 'the name used here';
  return makeFault(
    {
      code: 'NOT_ALLOWED',
      sentence: `${node} accepts the name used here, and then closes the connection`,
      possible: [
        {
          cause: 'an older connection from this name is still up there',
          check: `\`erlang:disconnect_node('${own}')\` on ${node} ends it; else it ends after the net tick time.`,
        },
        { cause: 'the node is stopping', check: 'A moment later its port is closed, or it answers.' },
      ],
      remedy: 'Try again in a moment; if it goes on, look into the log of the node.',
    },
    ...evidence,
  );
}

export function wrongNode(node: string, found: string | undefined, ...evidence: readonly string[]): Fault {
  return makeFault(
    {
      code: 'WRONG_NODE',
      sentence: `another node listens on the port of ${node}: ${found ?? 'its name is unknown'}`,
      remedy: 'Correct the port number or the tunnel, or restart the node if the EPMD entry is outdated.',
    },
    ...evidence,
  );
}

/** The port is open, and nothing comes from it. */
export function nodeSilent({ node, address, port, evidence }: NodeAt): Fault {
  return makeFault(
    {
      code: 'NODE_SILENT',
      sentence: `something accepts connections where ${node} should be, but does not answer`,
      possible: [
        {
          cause: 'the node is suspended or overloaded',
          check: `On the host, \`top\` shows its process stopped (T) or at its limit.`,
        },
        {
          cause: 'the node has no file descriptors left, so it cannot take the connection',
          check:
            'On the host, `ls /proc/PID/fd | wc -l` is as large as the limit in `/proc/PID/limits`. Raise it (`ulimit -n`, LimitNOFILE).',
        },
        {
          cause: 'a proxy or load balancer accepts, and its target does not answer',
          check: `On the host, \`ss -ltnp\` shows another program at port ${port}, or ${address} is not an address of the host.`,
        },
      ],
      remedy: 'Find out which of these it is.',
    },
    ...evidence,
  );
}

export function noFilesLeft(node: string, how: string, ...evidence: readonly string[]): Fault {
  return makeFault(
    {
      code: 'NO_FILES_LEFT',
      sentence: `${node} has no file descriptors left, so it accepts no connections`,
      remedy:
        'Raise its limit (`ulimit -n`, LimitNOFILE of its service) and restart it; find out what keeps the files and sockets open.',
    },
    ...evidence,
    how,
  );
}

export function tlsNotSpoken(node: string, ...evidence: readonly string[]): Fault {
  return makeFault(
    {
      code: 'CONNECTION_TLS_NOT_SPOKEN',
      sentence: `${node} uses plain TCP, but this connection uses TLS`,
      remedy: 'Start the node with -proto_dist inet_tls, or connect without TLS.',
    },
    'it answers a handshake without TLS',
    ...evidence,
  );
}

/** Whether the parts before the `@` are the same. */
export function hasSameName(node: string, other: string): boolean {
  return splitNodeName(node).name.toLowerCase() === splitNodeName(other).name.toLowerCase();
}
