/** Faults of EPMD and of what is registered there. Pure. */

import type { Fault } from '../model/diagnosis.ts';
import { makeFault, type NodeAt } from './make-fault.ts';

const startsItself = 'a node starts EPMD itself, unless it was told not to';

/** On a machine whose sockets can be seen: nothing listens on the port. */
export function epmdDown({ name, address, port, evidence }: NodeAt): Fault {
  return makeFault(
    {
      code: 'EPMD_DOWN',
      sentence: `EPMD is not running at ${address}, port ${port}`,
      remedy: `Start ${name} there (${startsItself}), or run \`epmd -daemon\`. If EPMD uses another port, set ERL_EPMD_PORT.`,
    },
    ...evidence,
  );
}

/** The host answers, but refuses the port: from outside all causes look the same. */
export function epmdRefused({ node, name, address, port, evidence }: NodeAt): Fault {
  return makeFault(
    {
      code: 'EPMD_DOWN',
      sentence: `${address} refuses connections to port ${port}, the port of EPMD`,
      possible: [
        {
          cause: 'EPMD is not running',
          check: `On the host, run \`epmd -names\`: it lists ${name} if EPMD runs. Start ${node} (${startsItself}).`,
        },
        {
          cause: 'EPMD listens on the loopback address only (ERL_EPMD_ADDRESS)',
          check: `On the host, run \`ss -ltn\`: port ${port} stands next to 127.0.0.1 or [::1] only.`,
        },
        {
          cause: `EPMD uses another port (ERL_EPMD_PORT)`,
          check: 'On the host, run `ss -ltnp` and look for epmd, then use that port here.',
        },
        {
          cause: 'a firewall resets the connection, or a container does not publish the port',
          check: `On the host, \`epmd -names\` works, and \`ss -ltn\` shows port ${port} next to 0.0.0.0, [::] or *.`,
        },
      ],
      remedy:
        'Find out which of these it is: run the commands on the host, or run the doctor through SSH, which does.',
    },
    ...evidence,
  );
}

export function epmdLoopback({ address, port, evidence }: NodeAt, listeners: readonly string[]): Fault {
  return makeFault(
    {
      code: 'EPMD_LOOPBACK',
      sentence: `EPMD listens on ${listeners.join(' and ')} only, not on ${address}`,
      remedy: `Restart EPMD there without ERL_EPMD_ADDRESS (or \`-address\`), or add ${address} to it; or use a tunnel, which dials from the host itself.`,
    },
    ...evidence,
    `port ${port} is open on ${listeners.join(' and ')}`,
  );
}

/** The node runs, and is registered with an EPMD on another port. */
export function epmdOtherPort(
  { node, port, evidence }: NodeAt,
  found: { readonly epmdPort: number; readonly how: string },
): Fault {
  return makeFault(
    {
      code: 'EPMD_OTHER_PORT',
      sentence: `${node} runs, and is registered with the EPMD at port ${found.epmdPort}, not ${port}`,
      remedy: `Use port ${found.epmdPort} for EPMD here (ERL_EPMD_PORT), or start the node without ERL_EPMD_PORT.`,
      value: String(found.epmdPort),
    },
    ...evidence,
    found.how,
  );
}

/** Other ports of the host answer. */
export function epmdSilent({ address, port, evidence }: NodeAt): Fault {
  return makeFault(
    {
      code: 'EPMD_SILENT',
      sentence: `packets to port ${port} of ${address}, the port of EPMD, get no answer, while the host answers at other ports`,
      remedy: `A firewall drops them: open port ${port}, or use a fixed distribution port without EPMD, or a tunnel.`,
    },
    ...evidence,
  );
}

/** It accepts connections and says nothing. */
export function epmdMute({ address, port, evidence }: NodeAt): Fault {
  return makeFault(
    {
      code: 'EPMD_SILENT',
      sentence: `what accepts connections at port ${port} of ${address} does not answer as EPMD does`,
      possible: [
        {
          cause: 'EPMD is suspended or overloaded',
          check: 'On the host, run `epmd -names`: it gets no answer either. Restart EPMD, then the nodes.',
        },
        {
          cause: 'a proxy or load balancer accepts, and its target does not answer',
          check: 'On the host, `epmd -names` answers at once.',
        },
        {
          cause: 'another program has the port',
          check: `On the host, \`ss -ltnp\` shows the program at port ${port}.`,
        },
      ],
      remedy: 'Find out which of these it is, or use a fixed distribution port without EPMD.',
    },
    ...evidence,
  );
}

export function notEpmd({ address, port, evidence }: NodeAt): Fault {
  return makeFault(
    {
      code: 'EPMD_DOWN',
      sentence: `the program that answers at port ${port} of ${address} is not EPMD`,
      remedy: 'Another program uses the port: check `ss -ltnp` there, or set ERL_EPMD_PORT.',
    },
    ...evidence,
  );
}

/** It accepts connections and closes them at once. */
export function epmdNoBackend({ address, port, evidence }: NodeAt): Fault {
  return makeFault(
    {
      code: 'EPMD_NO_BACKEND',
      sentence: `what accepts connections at port ${port} of ${address}, the port of EPMD, closes them at once`,
      possible: [
        {
          cause: 'a proxy, load balancer or container runtime accepts, and nothing listens behind it',
          check:
            'Where the node runs (inside the container), `epmd -names` fails. Start the node, or correct the target of the proxy.',
        },
        {
          cause: 'EPMD, or what stands before it, does not accept this address',
          check: 'On the host itself, `epmd -names` works.',
        },
        {
          cause: 'another program has the port',
          check: `On the host, \`ss -ltnp\` shows the program at port ${port}.`,
        },
      ],
      remedy:
        'Find out which of these it is; EPMD itself does not close a connection before it has answered.',
    },
    ...evidence,
  );
}

/** `names` are those that are registered. */
export function nameUnknown(
  { node, name, address, port, evidence }: NodeAt,
  names: readonly string[],
): Fault {
  const running = names.length === 0 ? '' : `, or use the name of a running node: ${names.join(', ')}`;
  return makeFault(
    {
      code: 'EPMD_NAME_UNKNOWN',
      sentence: `${name} is not registered in EPMD at ${address}, port ${port}`,
      possible: [
        {
          cause: `${node} is not running, or has another name`,
          check: `On the host, run \`epmd -names\` and \`ps -ef\`. Start ${name} there${running}.`,
        },
        {
          cause:
            'it runs without being registered (`-dist_listen false`, `-start_epmd false`, `-erl_epmd_port`)',
          check: `On the host, its arguments (\`ps -ef\`) show it. With \`-erl_epmd_port PORT\`, use that port here.`,
        },
        {
          cause: 'it is registered with an EPMD on another port',
          check: 'On the host, its environment has ERL_EPMD_PORT; use that port here.',
        },
      ],
      remedy: `Start ${name} there, with -name or -sname${running}.`,
    },
    names.length === 0 ? 'no nodes are registered' : `registered nodes: ${names.join(', ')}`,
    ...evidence,
  );
}

/** On a machine whose processes can be seen: no process has the name. */
export function nodeDown({ node, name, address, port, evidence }: NodeAt, names: readonly string[]): Fault {
  const running = names.length === 0 ? '' : `, or use the name of a running node: ${names.join(', ')}`;
  return makeFault(
    {
      code: 'EPMD_NAME_UNKNOWN',
      sentence: `${name} is not registered in EPMD at ${address}, port ${port}, and no process there was started as ${node}`,
      remedy: `Start ${name} there, with -name or -sname and without -start_epmd false${running}.`,
    },
    names.length === 0 ? 'no nodes are registered' : `registered nodes: ${names.join(', ')}`,
    ...evidence,
  );
}

export function notListening({ node, evidence }: NodeAt, how: string): Fault {
  return makeFault(
    {
      code: 'NOT_LISTENING',
      sentence: `${node} runs with \`-dist_listen false\`: it connects to others, and nothing can connect to it`,
      remedy: 'Start it without `-dist_listen false`, or have it connect from its side.',
    },
    ...evidence,
    how,
  );
}

/** It runs and is registered nowhere that was seen. */
export function runsUnregistered({ node, address, port, evidence }: NodeAt, how: string): Fault {
  return makeFault(
    {
      code: 'EPMD_NAME_UNKNOWN',
      sentence: `${node} runs, but EPMD at ${address}, port ${port}, does not know it`,
      possible: [
        {
          cause: 'EPMD was restarted after the node, which does not register again',
          check: 'EPMD is younger than the node (`ps -ef`). Restart the node.',
        },
        {
          cause: 'it was started without EPMD (`-start_epmd false`, `-erl_epmd_port`)',
          check: 'Its arguments show it (`ps -ef`); connect to its port directly.',
        },
      ],
      remedy: 'Restart the node, or connect to its port directly.',
    },
    ...evidence,
    how,
  );
}
