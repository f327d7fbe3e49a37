import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { EpmdClient, type EpmdRegistration, type EpmdServer, startEpmdServer } from '@convoy/node/epmd';
import { splitNodeName } from '@convoy/node/names';
import { firstAnswers, testStrategy, type StrategyFixture } from '../../../../test/conformance/strategy.ts';
import {
  createEpmdStrategy,
  createHostsFileStrategy,
  createLocalEpmdStrategy,
  parseHostsFile,
} from '../../src/strategies/epmd.ts';
import type { Strategy } from '../../src/strategies/strategy.ts';

const timing = { intervalMs: 60_000, timeoutMs: 4000 };

/** An EPMD with registered names, on a port that stays the same when it fails and comes back. */
class Daemon implements AsyncDisposable {
  readonly port: number;
  #server: EpmdServer;
  readonly #held = new Map<string, EpmdRegistration>();

  private constructor(server: EpmdServer) {
    this.#server = server;
    this.port = server.port;
  }

  static async start(names: readonly string[]): Promise<Daemon> {
    const daemon = new Daemon(await startEpmdServer({ port: 0 }));
    for (const name of names) await daemon.add(name);
    return daemon;
  }

  async add(name: string): Promise<void> {
    const client = new EpmdClient({ port: this.port });
    this.#held.set(name, await client.register({ name, port: 9 }));
  }

  async remove(name: string): Promise<void> {
    const held = this.#held.get(name);
    held?.close();
    await held?.closed;
  }

  /** Stops the daemon. Call the returned function to start it again. */
  async fail(): Promise<() => Promise<void>> {
    const names = [...this.#held.keys()];
    await this.#server.close();
    return async () => {
      this.#server = await startEpmdServer({ port: this.port });
      for (const name of names) await this.add(name);
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const held of this.#held.values()) held.close();
    await this.#server.close();
  }
}

function fixture(daemon: Daemon, strategy: Strategy, clean?: () => Promise<void>): StrategyFixture {
  return {
    strategy,
    self: 'me@127.0.0.1',
    present: ['a@127.0.0.1', 'b@127.0.0.1'],
    newcomer: 'c@127.0.0.1',
    add: (node) => daemon.add(splitNodeName(node).name),
    remove: (node) => daemon.remove(splitNodeName(node).name),
    fail: () => daemon.fail(),
    async [Symbol.asyncDispose]() {
      await daemon[Symbol.asyncDispose]();
      await clean?.();
    },
  };
}

testStrategy('epmd', async () => {
  const daemon = await Daemon.start(['a', 'b']);
  return fixture(daemon, createEpmdStrategy({ hosts: ['127.0.0.1'], port: daemon.port, ...timing }));
});

testStrategy('local-epmd', async () => {
  const daemon = await Daemon.start(['a', 'b']);
  return fixture(daemon, createLocalEpmdStrategy({ port: daemon.port, ...timing }));
});

testStrategy('hosts-file', async () => {
  const daemon = await Daemon.start(['a', 'b']);
  const folder = await mkdtemp(join(tmpdir(), 'convoy-hosts-'));
  const file = join(folder, '.hosts.erlang');
  await writeFile(file, "'127.0.0.1'.\n");
  const strategy = createHostsFileStrategy({ file, port: daemon.port, ...timing });
  return fixture(daemon, strategy, () => rm(folder, { recursive: true }));
});

describe('a hosts file', () => {
  test('has the format that net_adm reads', () => {
    const text = "% ours\n'db1.internal'.\n'10.0.0.7'. % the old one\nlocalhost.\n\n'fd12::1'.";
    assert.deepEqual(parseHostsFile(text), ['db1.internal', '10.0.0.7', 'localhost', 'fd12::1']);
    assert.deepEqual(parseHostsFile(''), []);
  });

  for (const text of ['db1.internal', "'db1.internal'", 'Db1.', '[a].']) {
    test(`refuses ${text}`, () => {
      assert.throws(() => parseHostsFile(text), { code: 'DISCOVERY_LOOKUP_FAILED' });
    });
  }

  test('that does not exist is a failure that names the file', async () => {
    const strategy = createHostsFileStrategy({ file: '/nowhere/.hosts.erlang', ...timing });
    const { answers, errors } = await firstAnswers(strategy);
    assert.deepEqual(answers, []);
    assert.match(errors[0]?.message ?? '', /the hosts file does not exist: \/nowhere\/\.hosts\.erlang/);
  });
});

describe('epmd strategies', () => {
  test('find only the names with the given basename', async () => {
    await using daemon = await Daemon.start(['a', 'b']);
    const options = { hosts: ['127.0.0.1'], port: daemon.port, basename: 'b', ...timing };
    const { answers } = await firstAnswers(createEpmdStrategy(options));
    assert.deepEqual(answers, [{ peers: ['b@127.0.0.1'], isComplete: true }]);
  });

  test('refuse values that are not hosts', () => {
    assert.throws(() => createEpmdStrategy({ hosts: [] }), { code: 'DISCOVERY_BAD_OPTION' });
    assert.throws(() => createEpmdStrategy({ hosts: ['app@db1'] }), { code: 'DISCOVERY_BAD_OPTION' });
  });
});
