import { existsSync, readFileSync } from 'node:fs';
import { describe } from 'node:test';
import { testTransport } from '../../../../test/conformance/transport.ts';
import { createMemoryNetwork } from '../../src/net/transports/memory.ts';
import { createTcpTransport } from '../../src/net/transports/tcp.ts';

testTransport(() => createTcpTransport(), { host: '127.0.0.1', refuses: true });
testTransport(() => createMemoryNetwork().transport(), { host: 'memory', refuses: true });

const hasIpv6 = existsSync('/proc/net/if_inet6') && readFileSync('/proc/net/if_inet6', 'utf8') !== '';
describe('over IPv6', { skip: hasIpv6 ? false : 'this machine has no IPv6' }, () => {
  testTransport(() => createTcpTransport({ family: 6 }), { host: '::1', refuses: true });
});
