/** Names and name servers. */

import { startDnsServer } from '../../../support/network/dns-server.ts';
import { HostNames } from '../../../support/network/host-names.ts';
import type { StagedKind } from '../staged-fault.ts';

export const names: StagedKind = {
  kind: 'Names',
  faults: [
    {
      staging: 'brackets around the address',
      code: 'NAME_FORM',
      sentence: '"app@[::1]" is not a valid node name',
      stage: (lab) => lab.examine('app@[::1]'),
    },
    {
      staging: 'a short name for the doctor, a long one for the node',
      code: 'NAME_FORM',
      sentence:
        '<node> is a long name and me@here a short one: Erlang nodes with long and short names cannot connect',
      isSample: true,
      stage: (lab) => lab.examine('app@127.0.0.1', { name: 'me@here' }),
    },
    {
      staging: 'another host part than the node has',
      code: 'NAME_FORM',
      sentence: 'the node there is named <node>, not <node>: the host part differs',
      stage: async (lab) => {
        const { name } = await lab.cluster.erlang(lab.name());
        return lab.examine(name.replace('127.0.0.1', 'localhost'));
      },
    },
    {
      staging: 'another case of the host part',
      code: 'NAME_FORM',
      sentence: 'the node there is named <node>, not <node>: upper and lower case differ',
      isSample: true,
      stage: async (lab) => {
        const { name } = await lab.cluster.erlang(`${lab.name()}@LocalHost`);
        return lab.examine(name.toLowerCase());
      },
    },
    {
      staging: 'another case of the part before the @',
      code: 'NAME_FORM',
      sentence: 'EPMD knows <name>, not <name>: upper and lower case differ',
      stage: async (lab) => {
        const { name } = await lab.cluster.erlang(`App_${lab.name()}`);
        return lab.examine(name.toLowerCase());
      },
    },
    {
      staging: 'a host that is not in DNS',
      code: 'DNS_NO_SUCH_HOST',
      sentence: 'nowhere.example does not exist in DNS',
      isSample: true,
      stage: async (lab) => {
        const dns = lab.use(await startDnsServer({}));
        return lab.examineSilent('app@nowhere.example', { dnsServers: [dns.address] });
      },
    },
    {
      staging: 'a name server that answers SERVFAIL',
      code: 'DNS_FAILING',
      sentence: 'the name server of this machine failed to resolve db1.example',
      stage: async (lab) => {
        const dns = lab.use(await startDnsServer({ 'db1.example': 'SERVFAIL' }));
        return lab.examineSilent('app@db1.example', { dnsServers: [dns.address] });
      },
    },
    {
      staging: 'a name server that does not answer',
      code: 'DNS_FAILING',
      sentence: 'the name server of this machine failed to resolve db1.example',
      stage: async (lab) => {
        const dns = lab.use(await startDnsServer({ 'db1.example': 'silent' }));
        return lab.examineSilent('app@db1.example', { dnsServers: [dns.address] });
      },
    },
    {
      staging: 'a host with an IPv6 address only, where IPv4 is required',
      code: 'NO_COMMON_FAMILY',
      sentence: 'db6.example has only IPv6 addresses, but IPv4 is required',
      isSample: true,
      stage: async (lab) => {
        const dns = lab.use(await startDnsServer({ 'db6.example': ['::1'] }));
        return lab.examine('app@db6.example', { dnsServers: [dns.address], family: 4 });
      },
    },
    {
      staging: '127.0.1.1 for another host in the hosts file',
      code: 'HOST_IS_LOOPBACK',
      sentence: 'db1.example resolves to 127.0.1.1, which is this machine itself, and the node is not there',
      needs: 'mounts',
      isSample: true,
      stage: (lab) => {
        const hosts = lab.use(new HostNames(['127.0.0.1 localhost', '127.0.1.1 db1.example db1']));
        return lab.examineIn(hosts, 'app@db1.example');
      },
    },
  ],
};
