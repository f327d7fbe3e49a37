/** Faults of hosts, routes and what stands between: nothing here is about EPMD or a node. Pure. */

import type { Fault } from '../model/diagnosis.ts';
import { makeFault } from './make-fault.ts';
import { hostOfNode } from './names.ts';

/** A host that does not answer at all, and from where. */
export interface SilentHost {
  readonly host: string;
  readonly address: string;
  readonly from: string;
  readonly evidence: readonly string[];
}

/** No machine on the same network answers for the address. */
export function hostOff({ host, address, evidence }: SilentHost): Fault {
  const name = host === address ? '' : `, to which ${host} resolves`;
  return makeFault(
    {
      code: 'HOST_OFF',
      sentence: `no machine on this network has the address ${address}${name}`,
      remedy: `Turn the host on, or correct its address: on the host, \`ip address\` shows the one that it has.`,
    },
    ...evidence,
    'nothing answers ARP for it, which no firewall of the host prevents',
  );
}

export function hostSilent({ host, address, from, evidence }: SilentHost): Fault {
  return makeFault(
    {
      code: 'HOST_SILENT',
      sentence: `nothing answers at ${address}, at any port that was tried`,
      possible: [
        {
          cause: 'the host is off, or its network is down',
          check: `Look at its console, or at the page of its provider.`,
        },
        {
          cause: `a firewall drops everything that comes from ${hostOfNode(from)}`,
          check: 'Dial it from a machine in its own network, or run the doctor from another node there.',
        },
        {
          cause: `${address} is not its address`,
          check: `On the host of ${host}, compare it with what \`ip address\` shows.`,
        },
      ],
      remedy: 'Find out which of these it is; a tunnel through a host that can reach it avoids a firewall.',
    },
    ...evidence,
  );
}

/** The machine that dials has no route. */
export function noRoute({ address, from, evidence }: SilentHost): Fault {
  const family = address.includes(':') ? 'IPv6' : 'IPv4';
  return makeFault(
    {
      code: 'NO_ROUTE',
      sentence: `there is no route from ${from} to ${address}`,
      remedy: `Add a route (\`ip route\`), connect ${hostOfNode(from)} to that network by ${family}, or use a tunnel.`,
    },
    ...evidence,
  );
}

/** A router answers that the host cannot be reached, at every port. */
export function routerRefuses({ address, evidence }: SilentHost): Fault {
  return makeFault(
    {
      code: 'NO_ROUTE',
      sentence: `a router on the way answers that ${address} cannot be reached`,
      possible: [
        { cause: 'the host is off', check: 'Look at its console, or at the page of its provider.' },
        {
          cause: 'a router has no route to it',
          check: `\`traceroute ${address}\` shows the last router that knows the way.`,
        },
        {
          cause: 'a firewall refuses everything by ICMP',
          check: 'Dial it from a machine in its own network: behind the firewall it answers.',
        },
      ],
      remedy: 'Find out which of these it is, or use a tunnel through a host that can reach it.',
    },
    ...evidence,
  );
}

/** A port is refused by ICMP, while the host answers at others. */
export function refusedOnTheWay(
  port: { readonly address: string; readonly port: number; readonly what: string },
  ...evidence: readonly string[]
): Fault {
  return makeFault(
    {
      code: 'REFUSED_ON_THE_WAY',
      sentence: `a firewall refuses port ${port.port} of ${port.address}, ${port.what}, by ICMP, while the host answers at other ports`,
      remedy: `Open port ${port.port} in the firewall, or use a tunnel.`,
    },
    ...evidence,
  );
}

/** The operating system of the machine that dials forbids it. */
export function forbiddenHere({ address, from, evidence }: SilentHost): Fault {
  return makeFault(
    {
      code: 'FORBIDDEN_HERE',
      sentence: `${hostOfNode(from)} itself forbids connections to ${address}`,
      remedy:
        'Check its own firewall (`nft list ruleset`), its rules of routing (`ip rule`), and the sandbox that the program runs in.',
    },
    ...evidence,
  );
}

/** Only one of the two families of addresses works. */
export function deadFamily(
  { host, alive, dead }: { readonly host: string; readonly alive: string; readonly dead: string },
  ...evidence: readonly string[]
): Fault {
  const [works, fails] = dead.includes(':') ? ['IPv4', 'IPv6'] : ['IPv6', 'IPv4'];
  return makeFault(
    {
      code: 'DEAD_FAMILY',
      sentence: `${host} answers by ${works} only: nothing answers at ${dead}, although the name has that address`,
      remedy: `Repair ${fails} on the way to ${host}, or remove ${dead} from its name: what tries ${fails} first waits, or fails.`,
    },
    `${alive} answers`,
    ...evidence,
  );
}
