/** The choice is made of all that was seen, and never says more than that carries. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { AddressSeen, DialSeen, Seen } from '../../src/doctor/model/seen.ts';
import { chooseFault } from '../../src/doctor/verdict/verdict.ts';
import { chooseWarnings } from '../../src/doctor/verdict/target.ts';

const silent: DialSeen = { outcome: 'silent', code: 'ETIMEDOUT' };
const refused: DialSeen = { outcome: 'refused', code: 'ECONNREFUSED' };
const open: DialSeen = { outcome: 'open', code: '' };

function seen(addresses: readonly AddressSeen[], more: Partial<Seen> = {}): Seen {
  return {
    node: 'app@db1.example',
    name: 'app',
    host: 'db1.example',
    from: 'this machine',
    family: 0,
    epmdPort: 4369,
    isRegistered: true,
    isTls: false,
    resolution: {
      addresses: addresses.map(({ address }) => address),
      unusable: [],
      codes: [],
      isOwnName: false,
    },
    addresses,
    ...more,
  };
}

const remote = { address: '10.0.0.7', isOwn: false };
const silentEpmd = { outcome: 'silent', message: 'EPMD did not answer', names: [] } as const;
const refusedEpmd = { outcome: 'refused', message: 'cannot reach EPMD (ECONNREFUSED)', names: [] } as const;
const knowing = { outcome: 'answered', message: '', names: [{ name: 'app', port: 41_233 }] } as const;

describe('silence', () => {
  test('of one port is a firewall only if the host answers elsewhere', () => {
    const alive = seen([{ ...remote, epmd: silentEpmd, others: [refused, silent] }]);
    assert.equal(chooseFault(alive)?.code, 'EPMD_SILENT');
    const dead = chooseFault(seen([{ ...remote, epmd: silentEpmd, others: [silent, silent] }]));
    assert.equal(dead?.code, 'HOST_SILENT');
    assert.equal(dead.possible?.length, 3);
  });

  test('of a host that answers no ARP is a host that is off', () => {
    const off = seen([{ ...remote, epmd: silentEpmd, others: [silent], neighbour: 'missing' }]);
    assert.equal(chooseFault(off)?.code, 'HOST_OFF');
  });

  test('of the port of the node, whose EPMD answers', () => {
    const fault = chooseFault(seen([{ ...remote, epmd: knowing, port: silent }], { port: 41_233 }));
    assert.equal(fault?.code, 'PORT_SILENT');
  });
});

describe('a refusal', () => {
  test('from another host fits several causes', () => {
    assert.equal(chooseFault(seen([{ ...remote, epmd: refusedEpmd }]))?.possible?.length, 4);
    const port = chooseFault(seen([{ ...remote, epmd: knowing, port: refused }], { port: 41_233 }));
    assert.deepEqual([port?.code, port?.possible?.length], ['PORT_CLOSED', 3]);
  });

  test('is explained by the sockets of the machine, where they can be seen', () => {
    const own = { address: '10.0.0.1', isOwn: true };
    const machine = { listeners: [{ address: '127.0.0.1', port: 4369 }], nodes: [] };
    assert.equal(chooseFault(seen([{ ...own, epmd: refusedEpmd }], { machine }))?.code, 'EPMD_LOOPBACK');
    const none = {
      listeners: [],
      nodes: [{ osPid: 7, name: 'app@db1.example', listens: true, epmdPort: 4370 }],
    };
    assert.equal(chooseFault(seen([{ ...own, epmd: refusedEpmd }], { machine: none }))?.value, '4370');
  });

  test('is explained by a member that can dial from inside', () => {
    const addresses = [{ ...remote, epmd: knowing, port: refused }];
    const witness = { name: 'web@db1.example', isSameHost: true, isConnected: false, loopback: open };
    const choose = (outside: DialSeen): string | undefined =>
      chooseFault(seen(addresses, { port: 41_233, witness: { ...witness, outside } }))?.code;
    assert.equal(choose(refused), 'PORT_LOOPBACK');
    assert.equal(choose(open), 'PORT_CLOSED');
  });
});

describe('a node that can be reached', () => {
  test('on one family only is worth a word if the other is silent, not if it refuses', () => {
    const both = (port: DialSeen): Seen =>
      seen(
        [
          { ...remote, epmd: knowing, port: open },
          { address: 'fd00::7', isOwn: false, epmd: refusedEpmd, port },
        ],
        { port: 41_233, handshake: {}, target: {} },
      );
    const dead = both(silent);
    const silentBoth = {
      ...dead,
      addresses: dead.addresses.map((one) =>
        one.isOwn || one.port?.outcome === 'open' ? one : { ...one, epmd: silentEpmd },
      ),
    };
    assert.deepEqual(
      chooseWarnings(silentBoth).map(({ code }) => code),
      ['DEAD_FAMILY'],
    );
    assert.deepEqual(chooseWarnings(both(refused)), []);
    assert.equal(chooseFault(both(refused)), undefined);
  });

  test('with a clock far off is worth a word', () => {
    const warned = (skewMs: number): readonly string[] =>
      chooseWarnings(seen([], { handshake: {}, target: { skewMs } })).map(({ sentence }) => sentence);
    assert.deepEqual(warned(-7_200_000), ['the clock of app@db1.example is 7200 s behind this one']);
    assert.deepEqual(warned(4000), []);
  });

  test('and loses large packets cannot be used', () => {
    const target = { largeThere: true, largeBack: false, largeBytes: 60_000 };
    const fault = chooseFault(
      seen([{ ...remote, epmd: knowing, port: open }], { port: 41_233, handshake: {}, target }),
    );
    assert.equal(fault?.code, 'LARGE_PACKETS_LOST');
    assert.match(fault.sentence, /on the way from app@db1\.example$/);
  });
});

describe('a node that accepts connections and does not answer', () => {
  const error = { kind: 'handshake', code: 'HANDSHAKE_TIMEOUT', message: 'no answer', causes: [] } as const;
  const mute = seen([{ ...remote, epmd: knowing, port: open }], { port: 41_233, handshake: { error } });

  test('may be suspended, without file descriptors, or a proxy', () => {
    assert.deepEqual([chooseFault(mute)?.code, chooseFault(mute)?.possible?.length], ['NODE_SILENT', 3]);
  });

  test('has no file descriptors left if it says so through a member', () => {
    const target = { isOutOfFiles: true, listens: true };
    const witness = { name: 'web@db2.example', isSameHost: false, isConnected: true, target };
    assert.equal(chooseFault({ ...mute, witness })?.code, 'NO_FILES_LEFT');
  });
});
