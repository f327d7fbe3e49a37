/** What the page costs on the wire: each answer is read as bytes, as they come. */

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { get, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { brotliCompressSync, brotliDecompressSync, gunzipSync, gzipSync } from 'node:zlib';
import { type RunningConsole, startConsole } from '@convoy/console';
import { type EpmdServer, startEpmdServer } from '@convoy/node/epmd';
import { securityHeaders } from '../../src/api/page/security-headers.ts';

interface Sent {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

const script = `export const text = '${'a line of a program '.repeat(5000)}';`;
const asset = '/team/assets/main-1.js';
let folder: string;
let epmd: EpmdServer;
let running: RunningConsole;

before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'convoy-static-'));
  const webRoot = join(folder, 'page');
  mkdirSync(join(webRoot, 'assets'), { recursive: true });
  const file = join(webRoot, 'assets/main-1.js');
  writeFileSync(join(webRoot, 'index.html'), '<title>the page</title><script src="./assets/main-1.js">');
  writeFileSync(file, script);
  writeFileSync(`${file}.br`, brotliCompressSync(script));
  writeFileSync(`${file}.gz`, gzipSync(script));
  writeFileSync(join(webRoot, 'assets/plain-2.css'), 'body{}');
  epmd = await startEpmdServer({ port: 0 });
  const dataDir = join(folder, 'data');
  const options = { port: 0, dataDir, convoyCommand: ['false'], epmdPort: epmd.port, webRoot };
  running = await startConsole({ ...options, basePath: '/team' });
});
after(async () => {
  await running.close();
  await epmd.close();
  rmSync(folder, { recursive: true });
});

async function ask(path: string, headers: Record<string, string> = {}): Promise<Sent> {
  const request = get(new URL(path, running.url), { headers, agent: false });
  const [answer] = (await once(request, 'response')) as [IncomingMessage];
  const pieces: Buffer[] = [];
  for await (const piece of answer) pieces.push(piece as Buffer);
  return { status: answer.statusCode ?? 0, headers: answer.headers, body: Buffer.concat(pieces) };
}

describe('the files of the page', () => {
  it('go out in the smallest form that the client takes', async () => {
    const plain = await ask(asset);
    const gzip = await ask(asset, { 'accept-encoding': 'gzip, deflate' });
    const brotli = await ask(asset, { 'accept-encoding': 'gzip, deflate, br, zstd' });
    assert.equal(plain.body.toString(), script);
    assert.equal(gunzipSync(gzip.body).toString(), script);
    assert.equal(brotliDecompressSync(brotli.body).toString(), script);
    assert.equal(plain.headers['content-encoding'], undefined);
    assert.deepEqual([gzip.headers['content-encoding'], brotli.headers['content-encoding']], ['gzip', 'br']);
    assert.ok(brotli.body.length < gzip.body.length && gzip.body.length < 1000, `${gzip.body.length} bytes`);
    for (const { headers, body } of [plain, gzip, brotli]) {
      assert.equal(headers['content-length'], String(body.length));
      assert.match(headers['content-type'] ?? '', /^text\/javascript/);
    }
  });

  it('say that they depend on the encodings asked for, whichever is sent', async () => {
    for (const encoding of ['identity', 'gzip', 'br', 'br;q=0']) {
      const { headers } = await ask(asset, { 'accept-encoding': encoding });
      assert.equal(headers.vary, 'Accept-Encoding', encoding);
    }
    const { headers, body } = await ask('/team/assets/plain-2.css', { 'accept-encoding': 'br' });
    assert.deepEqual(
      [headers['content-encoding'], headers.vary, body.toString()],
      [undefined, 'Accept-Encoding', 'body{}'],
    );
  });

  it('are kept for good when their name has a digest; the page is asked for again', async () => {
    assert.equal((await ask(asset)).headers['cache-control'], 'public, max-age=31536000, immutable');
    assert.equal((await ask('/team/')).headers['cache-control'], 'no-cache');
    assert.equal((await ask('/team/?token=x')).headers['cache-control'], 'no-store');
    assert.equal((await ask('/team/assets/gone-1.js')).headers['cache-control'], 'no-store');
  });

  it('are not sent again to a client that has them, each encoding by its own tag', async () => {
    const tags = new Set<string | undefined>();
    for (const [path, encoding] of [
      [asset, 'identity'],
      [asset, 'gzip'],
      [asset, 'br'],
      ['/team/', 'br'],
    ] as const) {
      const first = await ask(path, { 'accept-encoding': encoding });
      const { etag = '' } = first.headers;
      assert.match(etag, /^"\w+"$/);
      tags.add(etag);
      const again = await ask(path, { 'accept-encoding': encoding, 'if-none-match': `"other", ${etag}` });
      assert.deepEqual([again.status, again.body.length], [304, 0]);
      assert.equal(again.headers.etag, etag);
      assert.equal(again.headers['cache-control'], first.headers['cache-control']);
      assert.equal(again.headers.vary, first.headers.vary);
      const changed = await ask(path, { 'accept-encoding': encoding, 'if-none-match': '"other"' });
      assert.deepEqual([changed.status, changed.body.length], [200, first.body.length]);
    }
    assert.equal(tags.size, 4);
  });

  it('carry the security headers, also when nothing is sent', async () => {
    const { etag = '' } = (await ask(asset)).headers;
    for (const sent of [await ask(asset), await ask(asset, { 'if-none-match': etag }), await ask('/team/')]) {
      for (const [name, value] of Object.entries(securityHeaders)) {
        assert.equal(sent.headers[name.toLowerCase()], value, `${sent.status} ${name}`);
      }
    }
  });

  it('have the base path in what the page loads', async () => {
    assert.match((await ask('/team/nodes')).body.toString(), /src="\/team\/assets\/main-1\.js"/);
    assert.equal((await ask('/assets/main-1.js')).status, 404);
  });
});
