/** Peers that send their name in the old form, and peers that ask for a name. */

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { promisify } from 'node:util';
import { atom, Pid, startNode, type Term, tuple } from '@convoy/node';
import { encode } from '@convoy/node/etf';
import { ConvoyProcess, runConvoy } from '../../support/convoy-command.ts';
import { ErlangCluster } from '../../support/erlang/erlang-cluster.ts';
import { missingPeer } from '../../support/erlang/erlang-node.ts';
import { eventuallyEqual } from '../../support/eventually.ts';
import { testedReleases } from '../../support/extent.ts';

const cookie = 'SECRETCOOKIE';

/** Reads exactly that many bytes. */
async function read(socket: Socket, length: number): Promise<Buffer> {
  for (;;) {
    const bytes = socket.read(length) as Buffer | null;
    if (bytes !== null) return bytes;
    await new Promise<void>((resolve) => socket.once('readable', resolve));
  }
}

async function readMessage(socket: Socket): Promise<Buffer> {
  return await read(socket, (await read(socket, 2)).readUInt16BE());
}

function framed(...parts: readonly Uint8Array[]): Buffer {
  const message = Buffer.concat(parts);
  return Buffer.concat([Buffer.of(message.length >> 8, message.length & 255), message]);
}

describe('a peer with an old name', () => {
  it('connects as OTP 23 does when its EPMD module answers version 5', { timeout: 30_000 }, async () => {
    await using node = await startNode({ name: 'ts@127.0.0.1', cookie, epmd: 'none' });
    const heard = new Promise<Term>((resolve) => {
      node.spawnServer({ onMessage: (_self, message) => resolve(message) }, { name: 'printer' });
    });
    const socket = connect({ host: '127.0.0.1', port: node.port ?? 0 });
    try {
      // 'n', version 5, the low half of the flags 0xd075f5fbc, the name.
      socket.write(framed(Buffer.from('6e0005075f5fbc', 'hex'), Buffer.from('old@127.0.0.1')));
      assert.equal((await readMessage(socket)).toString('latin1'), 'sok');
      const challenge = (await readMessage(socket)).readUInt32BE(9);
      const digest = createHash('md5').update(`${cookie}${challenge}`).digest();
      // 'c', the high half of the flags, the creation; then 'r', our challenge and the digest.
      socket.write(
        Buffer.concat([
          framed(Buffer.from('630000000d00000009', 'hex')),
          framed(Buffer.from('7200000001', 'hex'), digest),
        ]),
      );
      const ack = createHash('md5').update(`${cookie}1`).digest('hex');
      assert.equal((await readMessage(socket)).toString('hex'), `61${ack}`);
      assert.deepEqual([node.list('hidden'), node.peer('old@127.0.0.1')?.creation], [['old@127.0.0.1'], 9]);
      const from = new Pid('old@127.0.0.1', 1, 0, 9);
      const control = encode(tuple(6, from, atom(''), atom('printer')));
      const frame = Buffer.concat([Buffer.of(112), control, encode(atom('hello'))]);
      const length = Buffer.alloc(4);
      length.writeUInt32BE(frame.length);
      socket.write(Buffer.concat([length, frame]));
      assert.equal(await heard, atom('hello'));
    } finally {
      socket.destroy();
    }
  });
});

for (const release of testedReleases()) {
  describe(`a peer without a name on OTP ${release}`, { skip: missingPeer(release) }, () => {
    it('erl -name undefined is given one, and calls work both ways', async () => {
      await using cluster = await ErlangCluster.start({ cookie, release });
      const node = await cluster.own('ts');
      node.expose('maths', { add: (a: number, b: number) => a + b });
      const erl = await cluster.erlang('undefined');
      assert.equal(await erl.eval(`net_kernel:connect_node('${node.name}').`), 'true');
      const name = node.list('hidden')[0] ?? '';
      assert.match(name, /^[0-9A-Z]+@127\.0\.0\.1$/);
      assert.equal(await erl.eval('node().'), `'${name}'`);
      assert.equal(await erl.eval(`erpc:call('${node.name}', maths, add, [1, 2]).`), '3');
      assert.equal(await node.rpc(name, 'erlang', 'node', []), atom(name));
      const creation = node.peer(name)?.creation;
      assert.equal(Number(await erl.eval('erlang:system_info(creation).')), creation);
      // It has no name any more once it is disconnected, and is given another one.
      await erl.eval(`erlang:disconnect_node('${node.name}').`);
      assert.equal(await erl.eval(`net_kernel:connect_node('${node.name}').`), 'true');
      assert.notEqual(node.list('hidden')[0], name);
    });

    it('two of them are two nodes', async () => {
      await using cluster = await ErlangCluster.start({ cookie, release });
      const node = await cluster.own('ts');
      for (const erl of [await cluster.erlang('undefined'), await cluster.erlang('undefined')])
        assert.equal(await erl.eval(`net_kernel:connect_node('${node.name}').`), 'true');
      assert.equal(new Set(node.list('hidden')).size, 2);
    });
  });
}

for (const release of testedReleases()) {
  describe(`our node without a name with OTP ${release}`, { skip: missingPeer(release) }, () => {
    it('is given one by Erlang and by TypeScript, and calls work both ways', async () => {
      await using cluster = await ErlangCluster.start({ cookie, release });
      const erl = await cluster.erlang('erl');
      await using server = await cluster.own('ts');
      server.expose('maths', { node: () => atom(server.name) });
      for (const [namedBy, module] of [
        [erl.name, 'erlang'],
        [server.name, 'maths'],
      ] as const) {
        await using node = await cluster.own('undefined', { namedBy });
        assert.match(node.name, /^[0-9A-Z]+@127\.0\.0\.1$/);
        assert.deepEqual([node.hidden, node.port, node.list('hidden')], [true, undefined, [namedBy]]);
        assert.equal(await node.rpc(namedBy, module, 'node', []), atom(namedBy));
        node.expose('back', { double: (value: number) => value * 2 });
        if (namedBy === erl.name) {
          assert.equal(await erl.eval(`erpc:call('${node.name}', back, double, [4]).`), '8');
          assert.equal(await erl.eval('nodes(hidden).'), `['${node.name}']`);
        } else assert.equal(await server.rpc(node.name, 'back', 'double', [4]), 8);
      }
    });

    it('has the name towards others, and closes when the connection that gave it is lost', async () => {
      await using cluster = await ErlangCluster.start({ cookie, release });
      const [one, two] = [await cluster.erlang('one'), await cluster.erlang('two')];
      await using node = await cluster.own('undefined', { namedBy: one.name });
      await node.connect(two.name);
      assert.equal(await two.eval('nodes(hidden).'), `['${node.name}']`);
      await one.eval(`erlang:disconnect_node('${node.name}').`);
      await node.closed;
      await eventuallyEqual(() => two.eval('nodes(hidden).'), '[]');
    });

    it('convoy node does it, and says when its name is lost', async () => {
      await using cluster = await ErlangCluster.start({ cookie, release });
      const erl = await cluster.erlang('erl');
      const folder = mkdtempSync(join(tmpdir(), 'convoy-nameless-'));
      try {
        const file = join(folder, 'cookie');
        writeFileSync(file, cookie, { mode: 0o600 });
        const words = ['node', '--name', 'undefined@127.0.0.1', '--cookie-file', file];
        const env = { ERL_EPMD_PORT: String(cluster.epmdPort) };
        const alone = await runConvoy(words, { env });
        assert.deepEqual([alone.code, /no node to give it one/.test(alone.stderr)], [2, true]);
        await using convoy = new ConvoyProcess([...words, '--join', erl.name], { env, keepsInput: true });
        const [, name = ''] = await convoy.waitFor(/convoy node (\S+@127\.0\.0\.1) is up/);
        assert.equal(await erl.eval('nodes(hidden).'), `['${name}']`);
        await erl.eval(`erlang:disconnect_node('${name}').`);
        const { code, stderr } = await convoy.result();
        assert.deepEqual([code, /had given this node its name, was lost/.test(stderr)], [3, true]);
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    });
  });
}

describe('a node that asks for a name', () => {
  it('needs a node that gives it, and only then', async () => {
    for (const options of [{ name: 'undefined' }, { name: 'a@127.0.0.1', namedBy: 'b@127.0.0.1' }])
      await assert.rejects(startNode({ cookie, ...options }), { code: 'NODE_BAD_NAME' });
  });
});

const erlCall = '/usr/bin/erl_call';

describe(
  'erl_call -R',
  { skip: existsSync(erlCall) ? missingPeer('25') : 'erl_call is not installed' },
  () => {
    it('calls an exposed function', async () => {
      await using cluster = await ErlangCluster.start({ cookie });
      const node = await cluster.own('ts');
      node.expose('maths', { add: (a: number, b: number) => a + b });
      const { stdout } = await promisify(execFile)(
        erlCall,
        ['-R', '-c', cookie, '-name', node.name, '-a', 'maths add [1,2]'],
        { env: { ...process.env, ERL_EPMD_PORT: String(cluster.epmdPort) } },
      );
      assert.equal(stdout.trim(), '3');
    });
  },
);
