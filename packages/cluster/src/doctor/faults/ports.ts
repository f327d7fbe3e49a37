/** Faults of the port that the node should be at. Pure. */

import type { Fault } from '../model/diagnosis.ts';
import { makeFault, type NodeAt } from './make-fault.ts';

/** On a machine whose sockets can be seen: EPMD has a port at which nothing listens. */
export function staleEntry({ node, port, evidence }: NodeAt): Fault {
  return makeFault(
    {
      code: 'EPMD_STALE',
      sentence: `EPMD has port ${port} for ${node}, but nothing listens there`,
      possible: [
        {
          cause: 'what holds the name in EPMD is hanging, or is another program',
          check: '`epmd -names` still lists it while `ps -ef` shows no such node. Restart the node.',
        },
        {
          cause: 'the node runs in a container, which publishes the port of EPMD and not that of the node',
          check:
            'A container with the node is running. Fix the port with inet_dist_listen_min and _max, and publish it.',
        },
      ],
      remedy: 'Restart the node; in a container, publish its port as well.',
    },
    ...evidence,
  );
}

export function portClosed({ node, port, evidence }: NodeAt): Fault {
  return makeFault(
    {
      code: 'PORT_CLOSED',
      sentence: `nothing listens on port ${port}, where ${node} should be`,
      remedy: 'Start the node, or correct the port (see -erl_epmd_port or inet_dist_listen_min on the node).',
    },
    ...evidence,
  );
}

/** The host answers, and refuses the port: from outside all causes look the same. `isRegistered`: EPMD gave the port. */
export function portRefused({ node, address, port, evidence }: NodeAt, isRegistered: boolean): Fault {
  const checkSockets = `On the host, run \`ss -ltn\`: port ${port} stands next to`;
  const shared = [
    {
      cause: 'the node listens on the loopback address, or another one, only (inet_dist_use_interface)',
      check: `${checkSockets} that address only.`,
    },
    {
      cause: 'a firewall resets the connection, or a container does not publish the port, only that of EPMD',
      check: `${checkSockets} 0.0.0.0, [::] or *. Fix the port with inet_dist_listen_min and _max, and open or publish it.`,
    },
  ];
  const down = {
    cause: isRegistered
      ? 'nothing listens there, and the entry in EPMD is outdated'
      : 'the node is not running, or has another port',
    check: `On the host, \`ss -ltn\` does not show port ${port}. ${isRegistered ? 'Restart the node' : 'Start the node, or correct the port'}.`,
  };
  return makeFault(
    {
      code: 'PORT_CLOSED',
      sentence: isRegistered
        ? `EPMD has port ${port} for ${node}, but ${address} refuses connections to it`
        : `${address} refuses connections to port ${port}, where ${node} should be`,
      possible: isRegistered ? [...shared, down] : [down, ...shared],
      remedy:
        'Find out which of these it is: run the command on the host, or run the doctor through SSH, which does.',
    },
    ...evidence,
  );
}

/** `where` is the address, or addresses, at which it listens. */
export function portLoopback({ node, address, port, evidence }: NodeAt, where: string): Fault {
  return makeFault(
    {
      code: 'PORT_LOOPBACK',
      sentence: `${node} listens on ${where} only, not on ${address}`,
      remedy: `Start it without inet_dist_use_interface, or set that to ${address}; or use a tunnel, which dials from the host itself.`,
    },
    ...evidence,
    `port ${port} is open on ${where}`,
  );
}

/** Open on the host itself, refused from outside. */
export function portKeptInside({ node, address, port, evidence }: NodeAt, how: string): Fault {
  return makeFault(
    {
      code: 'PORT_CLOSED',
      sentence: `${node} listens on port ${port}, and connections to ${address} from outside are refused on the way`,
      remedy: `Open port ${port} in the firewall, or publish it from the container (inet_dist_listen_min and _max set a fixed port), or use a tunnel.`,
    },
    ...evidence,
    how,
  );
}

/** EPMD or other ports of the host answer. */
export function portSilent({ node, address, port, evidence }: NodeAt): Fault {
  return makeFault(
    {
      code: 'PORT_SILENT',
      sentence: `packets to port ${port} of ${address}, where ${node} should be, get no answer, while the host answers at other ports`,
      remedy: `A firewall drops them: open port ${port} (inet_dist_listen_min and _max set a fixed port), or use a tunnel.`,
    },
    ...evidence,
  );
}

/** It accepts connections and closes them before it has said a word. */
export function portNoBackend({ node, address, port, evidence }: NodeAt): Fault {
  return makeFault(
    {
      code: 'PORT_NO_BACKEND',
      sentence: `what accepts connections at port ${port} of ${address}, where ${node} should be, closes them without a word`,
      possible: [
        {
          cause: 'a proxy, load balancer, container runtime or tunnel accepts, and nothing listens behind it',
          check: `Where the node runs (inside the container), \`ss -ltn\` does not show port ${port}. Start the node, or correct the target of the proxy.`,
        },
        {
          cause: 'the node requires TLS',
          check: 'Its arguments have `-proto_dist inet_tls` (`ps -ef`). Connect with TLS.',
        },
        {
          cause: 'another program has the port',
          check: `On the host, \`ss -ltnp\` shows the program at port ${port}.`,
        },
        { cause: 'the node is stopping', check: 'A moment later the port is closed, or the node answers.' },
      ],
      remedy: 'Find out which of these it is.',
    },
    ...evidence,
  );
}

/** The program there is not a node: it said something else. */
export function notANode({ node, address, port, evidence }: NodeAt, greeting: string | undefined): Fault {
  const what = programOf(greeting);
  return makeFault(
    {
      code: 'NOT_A_NODE',
      sentence: `the program that listens on port ${port} of ${address}, where ${node} should be, is ${what ?? 'not an Erlang node'}`,
      remedy:
        'Check which program uses the port on that host (`ss -ltnp`); the EPMD entry or the port number may be outdated.',
    },
    greeting === undefined ? '' : `it says ${JSON.stringify(greeting)}`,
    ...evidence,
  );
}

const greetings: readonly (readonly [RegExp, string])[] = [
  [/^SSH-/, 'an SSH server'],
  [/^HTTP\//, 'a web server'],
  [/^220[ -].*ftp/i, 'an FTP server'],
  [/^220[ -]/, 'a mail server'],
  [/mysql|mariadb/i, 'a MySQL server'],
  [/^RFB /, 'a VNC server'],
];

function programOf(greeting: string | undefined): string | undefined {
  return greeting === undefined ? undefined : greetings.find(([pattern]) => pattern.test(greeting))?.[1];
}
