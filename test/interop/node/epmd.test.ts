/**
 * Our EPMD with the real one: Erlang nodes and the `epmd` program with our daemon, our client with the real daemon, and the
 * answers of both daemons to the same bytes.
 */

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { connect } from 'node:net';
import { describe, test } from 'node:test';
import { EpmdClient, startEpmdServer } from '@convoy/node/epmd';
import { missingPeer, startErlangNode, startTestEpmd } from '../../support/erlang/erlang-node.ts';
import { eventuallyEqual } from '../../support/eventually.ts';
import { installedReleases } from '../../support/extent.ts';

const skip = missingPeer();
const options = { skip };

/** The output of the stock `epmd` program with these arguments. It runs asynchronously, so that our daemon can answer. */
async function runEpmd(port: number, ...args: string[]): Promise<{ text: string; code: number | null }> {
  const child = spawn('epmd', ['-port', String(port), ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (text += String(chunk)));
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { text, code };
}

/** Sends parts one after the other and returns the whole reply, until the daemon closes or enough has arrived. */
function sendRaw(port: number, parts: readonly Buffer[], enough: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    let received = '';
    const finish = (): void => {
      resolve(received);
      socket.destroy();
    };
    socket.setTimeout(5000, () => reject(new Error(`no answer to ${Buffer.concat(parts).toString('hex')}`)));
    socket.on('data', (chunk) => {
      received += chunk.toString('hex');
      if (received.length >= enough * 2) finish();
    });
    socket.on('error', () => undefined);
    socket.on('close', finish);
    for (const part of parts) socket.write(part);
  });
}

describe('our EPMD daemon', options, () => {
  for (const release of skip === false ? installedReleases() : []) {
    test(`OTP ${release} nodes register, find each other and ping`, async () => {
      await using server = await startEpmdServer({ port: 0 });
      const cookie = 'epmd-interop';
      const common = { cookie, epmdPort: server.port, release } as const;
      await using one = await startErlangNode({ ...common, name: 'one@127.0.0.1' });
      await using two = await startErlangNode({ ...common, name: 'two@127.0.0.1' });
      const names = server.names().map(({ name }) => name);
      assert.deepEqual(names, ['two', 'one']);
      assert.equal(await one.eval(`net_adm:ping('two@127.0.0.1')`), 'pong');
      await eventuallyEqual(() => two.eval('nodes()'), `['one@127.0.0.1']`);
      const listed = await one.eval(`element(2, net_adm:names("127.0.0.1"))`);
      assert.match(listed, /\{"one",\d+\},\{"two",\d+\}/);
    });
  }

  test('nodes with short names use it too, and a name is released when its node ends', async () => {
    await using server = await startEpmdServer({ port: 0 });
    const common = { cookie: 'epmd-interop', epmdPort: server.port };
    const client = new EpmdClient({ port: server.port });
    {
      await using short = await startErlangNode({ ...common, name: 'short@localhost' });
      assert.equal(await short.eval('node()'), 'short@localhost');
      assert.equal((await client.lookup('short'))?.type, 'normal');
    }
    await eventuallyEqual(() => client.lookup('short'), undefined);
  });

  test('a second node with the same name is refused', async () => {
    await using server = await startEpmdServer({ port: 0 });
    const common = { cookie: 'epmd-interop', epmdPort: server.port, name: 'same@127.0.0.1' };
    await using _first = await startErlangNode(common);
    await assert.rejects(startErlangNode(common), /the name same@127\.0\.0\.1 seems to be in use/);
  });

  test('a node registers again when the daemon restarts', async () => {
    const before = await startEpmdServer({ port: 0 });
    await using node = await startErlangNode({
      name: 'again@127.0.0.1',
      cookie: 'epmd-interop',
      epmdPort: before.port,
    });
    await before.close();
    await using after = await startEpmdServer({ port: before.port });
    await eventuallyEqual(() => after.names().map(({ name }) => name), ['again']);
    assert.ok(node.isRunning);
  });

  test('the epmd program lists its names and ends it', async () => {
    await using server = await startEpmdServer({ port: 0 });
    const client = new EpmdClient({ port: server.port });
    const held = await client.register({ name: 'åäö', port: 4711 });
    const names = await runEpmd(server.port, '-names');
    assert.match(
      names.text,
      new RegExp(`up and running on port ${server.port} with data:\nname åäö at port 4711`),
    );
    const refused = await runEpmd(server.port, '-kill');
    assert.deepEqual(refused, { text: 'Killing not allowed - living nodes in database.\n', code: 1 });
    held.close();
    await held.closed;
    assert.deepEqual(await runEpmd(server.port, '-kill'), { text: 'Killed\n', code: 0 });
    await server.closed;
  });

  test('the epmd program unregisters a name if checks are relaxed', async () => {
    await using server = await startEpmdServer({ port: 0, relaxedCommandCheck: true });
    const held = await new EpmdClient({ port: server.port }).register({ name: 'gone', port: 1 });
    assert.match((await runEpmd(server.port, '-stop', 'gone')).text, /^STOPPED/);
    await held.closed;
    assert.match((await runEpmd(server.port, '-stop', 'gone')).text, /^NOEXIST/);
  });
});

describe('our EPMD client', options, () => {
  test('registers with the real daemon, and sends it queries and commands', async () => {
    await using epmd = await startTestEpmd();
    const client = new EpmdClient({ port: epmd.port });
    assert.deepEqual(await client.names(), { epmdPort: epmd.port, nodes: [] });
    const held = await client.register({ name: 'tsnode', port: 5555, hidden: true });
    assert.ok(held.creation > 3);
    await assert.rejects(client.register({ name: 'tsnode', port: 1 }), { code: 'EPMD_NAME_TAKEN' });
    const found = await client.lookup('tsnode');
    assert.deepEqual([found?.port, found?.type, found?.highestVersion], [5555, 'hidden', 6]);
    assert.equal(await client.lookup('nobody'), undefined);
    assert.deepEqual(
      (await client.dump()).active.map(({ name, port }) => [name, port]),
      [['tsnode', 5555]],
    );
    await assert.rejects(client.kill(), { code: 'EPMD_REFUSED' });
    await assert.rejects(client.stop('tsnode'), { code: 'EPMD_REFUSED' });
    held.close();
    await held.closed;
    const again = await client.register({ name: 'tsnode', port: 5555 });
    assert.equal(again.creation, held.creation + 1);
    again.close();
    await again.closed;
    assert.deepEqual(
      (await client.dump()).unused.map(({ name }) => name),
      ['tsnode'],
    );
    await client.kill();
  });

  test('finds a real node where it listens', async () => {
    await using epmd = await startTestEpmd();
    await using node = await startErlangNode({
      name: 'real@127.0.0.1',
      cookie: 'epmd-interop',
      epmdPort: epmd.port,
    });
    const found = await new EpmdClient({ port: epmd.port }).lookup('real');
    assert.equal(
      await node.eval(`element(2, erl_epmd:port_please("real", "127.0.0.1"))`),
      String(found?.port),
    );
  });
});

describe('both EPMD daemons', options, () => {
  const registration = (name: Buffer, { high = 6, extra = '' } = {}): Buffer => {
    const body = Buffer.alloc(13 + name.length + extra.length);
    body.write('\x78\x15\xb3\x4d\x00\x00', 'latin1');
    body[6] = high;
    body[8] = 5;
    body.writeUInt16BE(name.length, 9);
    name.copy(body, 11);
    body.writeUInt16BE(extra.length, 11 + name.length);
    body.write(extra, 13 + name.length, 'latin1');
    return framed(body);
  };
  const framed = (body: Buffer): Buffer => {
    const head = Buffer.alloc(2);
    head.writeUInt16BE(body.length);
    return Buffer.concat([head, body]);
  };
  const text = (value: string): Buffer => framed(Buffer.from(value, 'latin1'));
  const bytewise = (bytes: Buffer): Buffer[] => Array.from(bytes, (byte) => Buffer.from([byte]));
  const taken = registration(Buffer.from('taken'));

  const cases: Record<string, { parts: Buffer[]; enough?: number }> = {
    'a taken name': { parts: [taken], enough: 6 },
    'a taken name by an old node': { parts: [registration(Buffer.from('taken'), { high: 5 })], enough: 4 },
    'a name of 256 characters': { parts: [registration(Buffer.from('a'.repeat(256)))], enough: 6 },
    'a name of 1021 bytes': { parts: [registration(Buffer.alloc(1021, 'b'))], enough: 6 },
    'a name that is not UTF-8': { parts: [registration(Buffer.from([0xff, 0x41]))], enough: 6 },
    'an overlong encoding': { parts: [registration(Buffer.from([0xc0, 0x80]))], enough: 6 },
    'an extra of 1021 bytes': {
      parts: [registration(Buffer.from('x'), { extra: 'e'.repeat(1021) })],
      enough: 6,
    },
    'an empty name': { parts: [registration(Buffer.alloc(0))] },
    'a NUL in a name': { parts: [registration(Buffer.from('a\0b'))] },
    'a lookup': { parts: [text('ztaken')] },
    'a lookup with a NUL at its end': { parts: [text('ztaken\0')] },
    'a lookup with a NUL inside': { parts: [text('zta\0ken')] },
    'a lookup of an unknown name': { parts: [text('zunknown')] },
    'a lookup byte by byte': { parts: bytewise(text('ztaken')) },
    'a lookup of nothing': { parts: [text('z')] },
    'two requests in one segment': { parts: [Buffer.concat([text('ztaken'), text('ztaken')])] },
    'an unknown tag': { parts: [text('Q')] },
    'a length of zero': { parts: [Buffer.from([0, 0])] },
    'a length of 3058': { parts: [Buffer.from([0x0b, 0xf2, 0x7a])] },
    'killing it': { parts: [text('k')] },
    'stopping a name': { parts: [text('staken')] },
  };

  test('give the same answers to the same bytes', async () => {
    await using theirs = await startTestEpmd();
    await using ours = await startEpmdServer({ port: 0 });
    for (const port of [theirs.port, ours.port]) {
      await new EpmdClient({ port }).register({ name: 'taken', port: 5555 });
    }
    for (const [title, { parts, enough = Infinity }] of Object.entries(cases)) {
      const answers = await Promise.all([theirs.port, ours.port].map((port) => sendRaw(port, parts, enough)));
      assert.equal(answers[1], answers[0], title);
    }
    const lists = await Promise.all(
      [theirs.port, ours.port].map((port) => sendRaw(port, [text('n')], Infinity)),
    );
    assert.equal(lists[1]?.slice(8), lists[0]?.slice(8));
  });
});
