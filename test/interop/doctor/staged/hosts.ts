/** Hosts, routes and firewalls. */

import { execFileSync } from 'node:child_process';
import { dropAnswers, RoutedNetwork, turnOff } from '../../../support/network/routed-network.ts';
import type { Lab } from '../lab.ts';
import type { StagedKind } from '../staged-fault.ts';

/** A node on a host behind a router. */
async function nodeBehind(lab: Lab, network: RoutedNetwork, args: readonly string[] = []): Promise<string> {
  const host = { namespace: network.host, address: network.address };
  await lab.epmdOn(host);
  return (await lab.nodeOn(host, { args })).name;
}

const distPort = ['-kernel', 'inet_dist_listen_min', '41233', '-kernel', 'inet_dist_listen_max', '41233'];

/** What this machine does with packets to an address that nothing has. */
function refuseHere(lab: Lab, rule: 'prohibit' | 'unreachable'): string {
  const address = `198.19.255.${rule === 'prohibit' ? 254 : 253}`;
  execFileSync('ip', ['route', 'replace', rule, `${address}/32`]);
  lab.use({ [Symbol.dispose]: () => void execFileSync('ip', ['route', 'del', rule, `${address}/32`]) });
  return address;
}

export const hosts: StagedKind = {
  kind: 'Hosts, routes and firewalls',
  faults: [
    {
      staging: 'a host on the same network that is off',
      code: 'HOST_OFF',
      sentence: 'no machine on this network has the address <address>',
      needs: 'namespaces',
      isSample: true,
      stage: (lab) => {
        const host = lab.host();
        turnOff(host.namespace);
        return lab.examineFar(`app@${host.address}`, { timeoutMs: 5000 });
      },
    },
    {
      staging: 'a host behind a router that is off',
      code: 'NO_ROUTE',
      sentence: 'a router on the way answers that <address> cannot be reached',
      possible: 3,
      needs: 'namespaces',
      stage: (lab) => {
        const network = lab.use(new RoutedNetwork());
        network.turnOff();
        return lab.examineFar(`app@${network.address}`, { timeoutMs: 6000 });
      },
    },
    {
      staging: 'a router that has no route to the host',
      code: 'NO_ROUTE',
      sentence: 'a router on the way answers that <address> cannot be reached',
      possible: 3,
      needs: 'namespaces',
      isSample: true,
      stage: (lab) => {
        const network = lab.use(new RoutedNetwork());
        network.refuse('unreachable');
        return lab.examineFar(`app@${network.address}`);
      },
    },
    {
      staging: 'a firewall that refuses everything by ICMP',
      code: 'NO_ROUTE',
      sentence: 'a router on the way answers that <address> cannot be reached',
      possible: 3,
      needs: 'namespaces',
      stage: async (lab) => {
        const network = lab.use(new RoutedNetwork());
        const name = await nodeBehind(lab, network);
        network.refuse('prohibit');
        return lab.examineFar(name);
      },
    },
    {
      staging: 'a firewall that drops everything',
      code: 'HOST_SILENT',
      sentence: 'nothing answers at <address>, at any port that was tried',
      possible: 3,
      needs: 'namespaces',
      isSample: true,
      stage: async (lab) => {
        const network = lab.use(new RoutedNetwork());
        const name = await nodeBehind(lab, network);
        network.refuse('blackhole');
        return lab.examineFar(name, { timeoutMs: 2000 });
      },
    },
    {
      staging: 'a host that drops its own answers',
      code: 'HOST_SILENT',
      sentence: 'nothing answers at <address>, at any port that was tried',
      possible: 3,
      needs: 'namespaces',
      stage: (lab) => {
        const host = lab.host();
        dropAnswers(host.namespace);
        return lab.examineFar(`app@${host.address}`, { timeoutMs: 2000 });
      },
    },
    {
      staging: 'no route on this machine',
      code: 'NO_ROUTE',
      sentence: 'there is no route from this machine to <address>',
      needs: 'namespaces',
      isSample: true,
      stage: (lab) => lab.examineFar(`app@${refuseHere(lab, 'unreachable')}`),
    },
    {
      staging: 'a rule of this machine that forbids the way',
      code: 'FORBIDDEN_HERE',
      sentence: 'this machine itself forbids connections to <address>',
      needs: 'namespaces',
      isSample: true,
      stage: (lab) => lab.examineFar(`app@${refuseHere(lab, 'prohibit')}`),
    },
    {
      staging: 'a firewall that drops the port of EPMD',
      code: 'EPMD_SILENT',
      sentence:
        'packets to port 4369 of <address>, the port of EPMD, get no answer, while the host answers at other ports',
      needs: 'namespaces',
      isSample: true,
      stage: async (lab) => {
        const network = lab.use(new RoutedNetwork());
        const name = await nodeBehind(lab, network);
        network.refuse('blackhole', 4369);
        return lab.examineFar(name, { timeoutMs: 2000 });
      },
    },
    {
      staging: 'a host that drops its answers from the port of EPMD',
      code: 'EPMD_SILENT',
      sentence:
        'packets to port 4369 of <address>, the port of EPMD, get no answer, while the host answers at other ports',
      needs: 'namespaces',
      stage: (lab) => {
        const host = lab.host();
        dropAnswers(host.namespace, 4369);
        return lab.examineFar(`app@${host.address}`, { timeoutMs: 2000 });
      },
    },
    {
      staging: 'a firewall that drops the port of the node',
      code: 'PORT_SILENT',
      sentence:
        'packets to port 41233 of <address>, where <node> should be, get no answer, while the host answers at other ports',
      needs: 'namespaces',
      isSample: true,
      stage: async (lab) => {
        const network = lab.use(new RoutedNetwork());
        const name = await nodeBehind(lab, network, distPort);
        network.refuse('blackhole', 41_233);
        return lab.examineFar(name, { timeoutMs: 2000 });
      },
    },
    {
      staging: 'a firewall that refuses the port of EPMD by ICMP',
      code: 'REFUSED_ON_THE_WAY',
      sentence:
        'a firewall refuses port 4369 of <address>, the port of EPMD, by ICMP, while the host answers at other ports',
      needs: 'namespaces',
      isSample: true,
      stage: async (lab) => {
        const network = lab.use(new RoutedNetwork());
        const name = await nodeBehind(lab, network);
        network.refuse('prohibit', 4369);
        return lab.examineFar(name);
      },
    },
    {
      staging: 'a firewall that refuses the port of the node by ICMP',
      code: 'REFUSED_ON_THE_WAY',
      sentence:
        'a firewall refuses port 41233 of <address>, where <node> should be, by ICMP, while the host answers at other ports',
      needs: 'namespaces',
      stage: async (lab) => {
        const network = lab.use(new RoutedNetwork());
        const name = await nodeBehind(lab, network, distPort);
        network.refuse('prohibit', 41_233);
        return lab.examineFar(name);
      },
    },
    {
      staging: 'large packets that are lost on the way to the node',
      code: 'LARGE_PACKETS_LOST',
      sentence: 'small messages arrive, but 60000 bytes at once are lost on the way to <node>',
      needs: 'namespaces',
      isSample: true,
      stage: async (lab) => {
        const host = lab.host();
        await lab.epmdOn(host);
        const { name } = await lab.nodeOn(host);
        narrow(host.namespace.name, { here: host.here });
        return lab.examineFar(name, { timeoutMs: 3000 });
      },
    },
  ],
};

/** Its network takes smaller packets than it announces: larger ones from here are dropped, without a word. */
function narrow(namespace: string, { here }: { readonly here: string }): void {
  const link =
    /^(cv\w+)@/m.exec(execFileSync('ip', ['-n', namespace, '-br', 'link'], { encoding: 'utf8' }))?.[1] ?? '';
  execFileSync('ip', ['-n', namespace, 'link', 'set', link, 'mtu', '1000']);
  // A cable passes on packets that its far end would have put together from several.
  execFileSync('ip', ['link', 'set', link.replace(/b$/, 'a'), 'gso_max_segs', '1']);
  execFileSync('ip', ['-n', namespace, 'route', 'replace', `${here}/32`, 'dev', link, 'advmss', '1460']);
}
