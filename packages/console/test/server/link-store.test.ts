import assert from 'node:assert/strict';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import type { ConsoleError } from '../../src/errors.ts';
import { LinkStore } from '../../src/server/link-store.ts';
import { noSmallDisk, SmallDisk } from '../../../../test/support/small-disk.ts';

const host = 'ssh://ops@db1';
const cookie = 'the-cookie-of-the-host';
const node = {
  id: '0a1b2c',
  name: 'erlang-1@db1.internal',
  kind: 'erlang',
  port: 20_001,
  osPid: 4242,
  linkCookie: 'the-link-cookie-of-it',
} as const;

function inFolder(body: (file: string) => void): void {
  const folder = mkdtempSync(join(tmpdir(), 'convoy-links-'));
  try {
    body(join(folder, 'links.json'));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe('the file of known nodes', () => {
  it('keeps the name of our node and what was started on hosts, for its owner only', () => {
    inFolder((file) => {
      const first = new LinkStore(file);
      assert.equal(first.isReset, false);
      first.add(host, cookie, node);
      first.add(host, cookie, { ...node, name: 'erlang-2@db1.internal' });
      chmodSync(file, 0o644);
      const second = new LinkStore(file);
      assert.equal(statSync(file).mode & 0o777, 0o600);
      assert.equal(second.nodeName, first.nodeName);
      assert.deepEqual(second.hosts, [host]);
      assert.equal(second.host(host)?.cookie, cookie);
      assert.deepEqual(second.host(host)?.nodes[0], node);
      second.delete(host, node.name);
      second.delete(host, 'erlang-2@db1.internal');
      assert.deepEqual(new LinkStore(file).hosts, []);
    });
  });

  it('is created again when its content is unusable, and says so', () => {
    inFolder((file) => {
      const { nodeName } = new LinkStore(file);
      for (const text of ['', '{"node": "con', '[]', `{"node":"${nodeName}","hosts":{"x":{"nodes":[{}]}}}`]) {
        writeFileSync(file, text);
        const store = new LinkStore(file);
        assert.equal(store.isReset, true, text);
        assert.notEqual(store.nodeName, nodeName);
        assert.deepEqual(store.hosts, []);
      }
      assert.equal(new LinkStore(file).isReset, false);
    });
  });

  it('knows no host by the name of something that every object has', () => {
    inFolder((file) => {
      const store = new LinkStore(file);
      for (const name of ['constructor', '__proto__']) assert.equal(store.host(name), undefined);
      store.delete('constructor', node.name);
      assert.doesNotMatch(readFileSync(file, 'utf8'), /constructor/);
    });
  });

  it('is named where it cannot be used, and a full disk is left no half of it', { skip: noSmallDisk }, () => {
    inFolder((file) => {
      mkdirSync(file);
      const isNamed = (error: ConsoleError): boolean => {
        assert.equal(error.code, 'CONSOLE_STORAGE_FAILED');
        assert.match(error.message, /links\.json: /);
        return true;
      };
      assert.throws(() => new LinkStore(file), isNamed);
      using disk = new SmallDisk(64);
      disk.fill();
      assert.throws(() => new LinkStore(join(disk.path, 'links.json')), isNamed);
      assert.deepEqual(readdirSync(disk.path), ['filler']);
    });
  });
});
