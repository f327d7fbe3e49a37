/** Faults of node names, hosts and name servers. Pure. */

import type { Fault } from '../model/diagnosis.ts';
import { makeFault } from './make-fault.ts';

export function malformedName(node: string): Fault {
  return makeFault({
    code: 'NAME_FORM',
    sentence: `${JSON.stringify(node)} is not a valid node name`,
    remedy:
      'Node names look like app@db1, app@db1.example, app@10.0.0.1 or app@::1, without brackets or a slash.',
  });
}

export function mixedForms(long: string, short: string, ...evidence: readonly string[]): Fault {
  return makeFault(
    {
      code: 'NAME_FORM',
      sentence: `${long} is a long name and ${short} a short one: Erlang nodes with long and short names cannot connect`,
      remedy: 'Start both with -name (RELEASE_DISTRIBUTION=name), or both with -sname.',
    },
    ...evidence,
  );
}

/** `found` is the name of the node that answered. */
export function otherHostPart(node: string, found: string, ...evidence: readonly string[]): Fault {
  const isCase = found.toLowerCase() === node.toLowerCase();
  const what = isCase ? 'upper and lower case differ' : 'the host part differs';
  return makeFault(
    {
      code: 'NAME_FORM',
      sentence: `the node there is named ${found}, not ${node}: ${what}`,
      remedy: `Use its own name, ${found}: Erlang compares node names as text.`,
      value: found,
    },
    ...evidence,
  );
}

export function otherCase(node: string, registered: string, ...evidence: readonly string[]): Fault {
  const found = `${registered}@${node.slice(node.indexOf('@') + 1)}`;
  return makeFault(
    {
      code: 'NAME_FORM',
      sentence: `EPMD knows ${registered}, not ${node.slice(0, node.indexOf('@'))}: upper and lower case differ`,
      remedy: `Use the name ${found}: Erlang compares node names as text.`,
      value: found,
    },
    ...evidence,
  );
}

export function nameFormRefused(node: string, message: string): Fault {
  return makeFault(
    {
      code: 'NAME_FORM',
      sentence: `${node} is not a node name that can be reached from here`,
      remedy:
        'Node names have the form name@host; use long names with long names and short names with short names.',
    },
    message,
  );
}

export function noSuchHost(host: string, from: string, ...evidence: readonly string[]): Fault {
  return makeFault(
    {
      code: 'DNS_NO_SUCH_HOST',
      sentence: from === 'this machine' ? `${host} does not exist in DNS` : `${from} cannot resolve ${host}`,
      remedy: `Correct the part after the @ of the node name, or add ${host} to DNS or /etc/hosts of ${hostOfNode(from)}.`,
    },
    ...evidence,
  );
}

export function nameServerFails(host: string, from: string, ...evidence: readonly string[]): Fault {
  return makeFault(
    {
      code: 'DNS_FAILING',
      sentence: `the name server of ${hostOfNode(from)} failed to resolve ${host}`,
      remedy: 'Repair DNS (/etc/resolv.conf, the zone of that host), or use an address as the host part.',
    },
    ...evidence,
  );
}

export function noCommonFamily(host: string, wanted: 4 | 6, ...evidence: readonly string[]): Fault {
  const other = wanted === 4 ? 6 : 4;
  return makeFault(
    {
      code: 'NO_COMMON_FAMILY',
      sentence: `${host} has only IPv${other} addresses, but IPv${wanted} is required`,
      remedy: `Use IPv${other}, or give the host an IPv${wanted} address.`,
    },
    ...evidence,
  );
}

/** The trap of Debian's installer, which writes `127.0.1.1 HOSTNAME` into /etc/hosts. */
export function hostIsLoopback(
  { host, address, from }: { readonly host: string; readonly address: string; readonly from: string },
  ...evidence: readonly string[]
): Fault {
  return makeFault(
    {
      code: 'HOST_IS_LOOPBACK',
      sentence: `${host} resolves to ${address}, which is ${hostOfNode(from)} itself, and the node is not there`,
      remedy: `If ${host} is another machine, remove the line with ${address} from /etc/hosts of ${hostOfNode(from)}, or replace the address with that of ${host}.`,
    },
    ...evidence,
  );
}

/** `this machine`, or the host of a node. */
export function hostOfNode(from: string): string {
  return from === 'this machine' ? from : `the host of ${from}`;
}
