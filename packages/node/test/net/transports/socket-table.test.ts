import assert from 'node:assert/strict';
import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { describe, it, test } from 'node:test';
import { createOwnerCheck, isOwnAddress } from '../../../src/net/transports/owner-check.ts';
import { addressKey, ownersOfFarEnd, readSocketTable } from '../../../src/net/transports/socket-table.ts';
import { createTcpTransport } from '../../../src/net/transports/tcp.ts';

const head =
  '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode';

/** `inode` 0: no process has it yet. */
function row(local: string, remote: string, { state = '0A', uid = 7, inode = 1234 } = {}): string {
  return `   0: ${local} ${remote} ${state} 00000000:00000000 00:00000000 00000000  ${uid}        0 ${inode} 1 0 100 0 0 10 0`;
}

const ends = {
  local: { address: '127.0.0.1', port: 0x9999 },
  remote: { address: '127.0.0.1', port: 0x1f90 },
};
const any4 = '00000000:0000';

describe('the owners of the far end', () => {
  const owners = (...rows: string[]): number[] =>
    ownersOfFarEnd(readSocketTable([head, ...rows, ''].join('\n')), ends);

  it('are those of the socket that listens on that address, else on all', () => {
    const onAll = row('00000000:1F90', any4, { uid: 7 });
    const exact = row('0100007F:1F90', any4, { uid: 8 });
    assert.deepEqual(owners(onAll), [7]);
    assert.deepEqual(owners(onAll, exact), [8]);
    assert.deepEqual(owners(row('0200007F:1F90', any4, { uid: 9 })), []);
    assert.deepEqual(owners(row('0100007F:1F91', any4, { uid: 9 })), []);
    assert.deepEqual(owners(row('00000000000000000000000000000000:1F90', any4, { uid: 6 })), [6]);
  });

  it('are that of the connection once it is accepted, though nothing listens any more', () => {
    const accepted = row('0100007F:1F90', '0100007F:9999', { state: '01', uid: 11 });
    const waiting = row('0100007F:1F90', '0100007F:9999', { state: '01', uid: 0, inode: 0 });
    const mapped = row('0000000000000000FFFF00000100007F:1F90', '0000000000000000FFFF00000100007F:9999', {
      state: '01',
      uid: 12,
    });
    assert.deepEqual(owners(accepted), [11]);
    assert.deepEqual(owners(mapped), [12]);
    assert.deepEqual(owners(waiting, row('0100007F:1F90', any4, { uid: 13 })), [13]);
    assert.deepEqual(owners(row('0100007F:1F90', '0100007F:8888', { state: '01', uid: 14 })), []);
  });

  it('are not found in lines that are not rows', () => {
    assert.deepEqual(
      owners('', 'x', '0: 0100007F 00000000:0000 0A', row('0100007F:1F90', any4, { uid: NaN })),
      [],
    );
  });
});

test('addresses have one form each', () => {
  const one = `${'0'.repeat(31)}1`;
  for (const [text, key] of [
    ['127.0.0.1', '127.0.0.1'],
    ['::ffff:127.0.0.1', '127.0.0.1'],
    ['::FFFF:7f00:1', '127.0.0.1'],
    ['::1', one],
    ['0:0:0:0:0:0:0:1', one],
    ['fe80::1%eth0', `fe80${'0'.repeat(27)}1`],
    ['fe80::', `fe80${'0'.repeat(28)}`],
    ['localhost', undefined],
  ] as const) {
    assert.equal(addressKey(text), key, text);
  }
  assert.ok(isOwnAddress('127.9.9.9') && isOwnAddress('::1') && !isOwnAddress('192.0.2.1'));
});

test('a stream that is checked is closed when the check rejects, before a byte is sent', async () => {
  const seen: number[] = [];
  const server = createServer((socket) =>
    socket.on('error', () => undefined).on('data', (data) => seen.push(data.length)),
  );
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const refusal = new Error('not that one');
  const refusing = createTcpTransport({ checkStream: () => Promise.reject(refusal) });
  const closed = once(server, 'connection').then(([socket]) => once(socket, 'close'));
  await assert.rejects(refusing.connect({ host: '127.0.0.1', port }, {}), refusal);
  await closed;
  // Our own socket is one that may be dialled.
  const checked = createTcpTransport({ checkStream: createOwnerCheck() });
  const stream = await checked.connect({ host: 'localhost', port }, { peer: 'app@localhost' });
  stream.destroy();
  server.close();
  assert.deepEqual(seen, []);
});
