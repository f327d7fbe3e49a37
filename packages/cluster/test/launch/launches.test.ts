/** The provider that `launches` makes of a platform, here one whose nodes exist in memory only. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ProviderError } from '../../src/errors.ts';
import type { LaunchesOptions, RunningNode } from '../../src/launch/launch-platform.ts';
import { type Launches, launches } from '../../src/launch/launches.ts';
import type { NodeExit } from '../../src/launch/provider.ts';

interface Running {
  readonly exit: (exit: NodeExit) => void;
}

interface Found extends RunningNode {
  readonly answers: boolean;
}

/** A platform, and what it was asked to do. */
function makePlatform(change: Partial<LaunchesOptions<Running, Found>> = {}): {
  readonly provider: Launches<Running, Found>;
  readonly done: string[];
} {
  const done: string[] = [];
  const track = (node: string, entry: { held?: Running }): Promise<NodeExit> => {
    const { promise, resolve } = Promise.withResolvers<NodeExit>();
    entry.held = { exit: resolve };
    done.push(node);
    return promise;
  };
  const provider = launches<Running, Found>({
    name: 'memory',
    capabilities: () =>
      Promise.resolve([
        { kind: 'erlang', available: true },
        { kind: 'elixir', available: false, remedy: 'Install it.' },
      ]),
    unavailable: (kind, remedy) =>
      new ProviderError('PROVIDER_UNAVAILABLE', `${kind} nodes cannot be launched in memory`, { remedy }),
    plan: () => Promise.resolve({ taken: ['erlang-1'], others: 1 }),
    start: (entry, run) =>
      run.recorder.run('start', () => {
        const exited = track(`start ${entry.node}`, entry);
        return Promise.resolve({ result: { name: entry.node, kind: entry.kind, exited } });
      }),
    stop: ({ node }) => {
      done.push(`stop ${node}`);
      return Promise.resolve();
    },
    leave: ({ node }) => {
      done.push(`leave ${node}`);
      return Promise.resolve();
    },
    adopt: (entry, found) => {
      const exited = track(`adopt ${entry.node}`, entry);
      return found.answers
        ? Promise.resolve({ name: entry.node, kind: entry.kind, exited })
        : Promise.reject(new Error('it does not answer'));
    },
    host: 'here',
    nodeLimit: 3,
    steps: [{ name: 'start', label: 'Start it' }],
    limitRemedy: 'Delete one.',
    launchTimeoutMs: 60_000,
    ...change,
  });
  return { provider, done };
}

describe('the provider of a platform', () => {
  test('asks the platform which names are in use, and counts the nodes of others towards the limit', async () => {
    const { provider } = makePlatform();
    const plans = [await provider.plan({ kind: 'erlang' }), await provider.plan({ kind: 'erlang' })];
    assert.deepEqual(
      plans.map(({ node }) => node),
      ['erlang-2@here', 'erlang-3@here'],
    );
    await assert.rejects(provider.plan({ kind: 'erlang' }), {
      code: 'PROVIDER_LIMIT',
      remedy: 'Delete one.',
    });
  });

  test('refuses a kind that the platform cannot launch, in its words', async () => {
    const { provider } = makePlatform();
    await assert.rejects(provider.plan({ kind: 'elixir' }), {
      code: 'PROVIDER_UNAVAILABLE',
      message: 'elixir nodes cannot be launched in memory',
      remedy: 'Install it.',
    });
    await assert.rejects(provider.plan({ kind: 'typescript' }), { code: 'PROVIDER_UNAVAILABLE' });
  });

  test('starts and stops nodes by the platform, and has no node that it did not start', async () => {
    const { provider, done } = makePlatform();
    const { name } = await provider.launch(await provider.plan({ kind: 'erlang' }));
    await provider.destroy(name);
    assert.deepEqual(done, [`start ${name}`, `stop ${name}`]);
    assert.equal(provider.logs(name), undefined);
    await assert.rejects(provider.destroy(name), { code: 'PROVIDER_NO_NODE' });
  });

  test('leaves nodes of others to the platform, if that can stop them', async () => {
    const others: string[] = [];
    const stopOther = (node: string): Promise<void> => {
      others.push(node);
      return Promise.resolve();
    };
    const { provider } = makePlatform({ stopOther });
    const { name } = await provider.launch(await provider.plan({ kind: 'erlang' }));
    await provider.destroy(name);
    await provider.destroy('other@there');
    assert.deepEqual(others, ['other@there']);
  });

  test('knows a node by the name that the platform gave it, from the moment it is given', async () => {
    const named = Promise.withResolvers<void>();
    const answers = Promise.withResolvers<void>();
    const { provider } = makePlatform({
      start: async (entry, run) => {
        run.alias('erlang-2@given');
        named.resolve();
        await answers.promise;
        return { name: 'erlang-2@given', kind: entry.kind, exited: new Promise<never>(() => undefined) };
      },
    });
    const plan = await provider.plan({ kind: 'erlang' });
    const launched = provider.launch(plan);
    await named.promise;
    assert.equal(provider.find('erlang-2@given'), provider.find(plan.node));
    answers.resolve();
    assert.equal((await launched).name, 'erlang-2@given');
    await provider.destroy('erlang-2@given');
    assert.equal(provider.find(plan.node), undefined);
    assert.equal(provider.find('erlang-2@given'), undefined);
  });
});

describe('a node that the platform has found', () => {
  const found = { node: 'old@here', kind: 'erlang', answers: true } as const;

  test('is taken over once, and has a log', async () => {
    const { provider, done } = makePlatform();
    assert.equal((await provider.takeOver(found)).name, 'old@here');
    assert.ok(provider.logs('old@here') !== undefined);
    await assert.rejects(provider.takeOver(found), { code: 'PROVIDER_NAME_TAKEN' });
    assert.deepEqual(done, ['adopt old@here']);
  });

  test('is left as it is when it cannot be taken over', async () => {
    const { provider, done } = makePlatform();
    await assert.rejects(provider.takeOver({ ...found, answers: false }), /it does not answer/);
    assert.deepEqual(done, ['adopt old@here', 'leave old@here']);
    assert.equal(provider.logs('old@here'), undefined);
  });

  test('keeps running when the provider closes and its nodes are to stay; a launch in progress does not', async () => {
    const started = Promise.withResolvers<void>();
    const { provider, done } = makePlatform({
      onClose: 'leave',
      start: async (entry, run) => {
        started.resolve();
        await new Promise((_, reject) =>
          run.signal.addEventListener('abort', () => reject(new Error('cut'))),
        );
        return { name: entry.node, kind: entry.kind, exited: new Promise<never>(() => undefined) };
      },
    });
    await provider.takeOver(found);
    const plan = await provider.plan({ kind: 'erlang' });
    const launching = assert.rejects(provider.launch(plan), /cut/);
    await started.promise;
    await provider.close();
    await launching;
    assert.deepEqual([...new Set(done)].toSorted(), [
      'adopt old@here',
      'leave old@here',
      `stop ${plan.node}`,
    ]);
    await assert.rejects(provider.takeOver(found), { code: 'PROVIDER_CLOSED' });
  });
});

describe('a node that is to live on', () => {
  test('keeps running when the provider closes, launched or taken over, and the others do not', async () => {
    const { provider, done } = makePlatform({ nodeLimit: 5 });
    const kept = await provider.launch(await provider.plan({ kind: 'erlang', keep: true }));
    const mortal = await provider.launch(await provider.plan({ kind: 'erlang' }));
    await provider.takeOver({ node: 'old@here', kind: 'erlang', answers: true, keep: true });
    done.length = 0;
    await provider.close();
    assert.deepEqual(done.toSorted(), [`leave ${kept.name}`, 'leave old@here', `stop ${mortal.name}`]);
  });

  test('is stopped when it is deleted', async () => {
    const { provider, done } = makePlatform();
    const { name } = await provider.launch(await provider.plan({ kind: 'erlang', keep: true }));
    await provider.destroy(name);
    assert.deepEqual(done, [`start ${name}`, `stop ${name}`]);
  });
});

describe('what a launch asks of a platform', () => {
  test('is checked before anything else, and refused in the words of the platform', async () => {
    const refusal = new ProviderError('PROVIDER_UNSUPPORTED', 'memory has no limits');
    const { provider } = makePlatform({
      check: ({ memoryMb }) => {
        if (memoryMb !== undefined) throw refusal;
      },
      plan: () => Promise.reject(new Error('no name is to be looked up')),
    });
    await assert.rejects(provider.plan({ kind: 'erlang', memoryMb: 512 }), refusal);
    await assert.rejects(provider.plan({ kind: 'erlang' }), /no name is to be looked up/);
  });

  test('is a program that this kind of node can run', async () => {
    const { provider } = makePlatform();
    await assert.rejects(provider.plan({ kind: 'erlang', program: 'Shop.start' }), {
      code: 'PROVIDER_BAD_PROGRAM',
    });
    const { node } = await provider.plan({ kind: 'erlang', program: 'shop:start' });
    assert.deepEqual(provider.find(node)?.program, { kind: 'call', call: 'shop:start' });
  });

  test('is a memory limit, by which a node that ran into it is told from others', async () => {
    for (const [line, limit] of [
      ['eheap_alloc: Cannot allocate 318767104 bytes of memory (of type "heap").', 512],
      ['FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory', 512],
      ['something else', undefined],
    ] as const) {
      const { provider } = makePlatform();
      const { name, exited } = await provider.launch(await provider.plan({ kind: 'erlang', memoryMb: 512 }));
      const entry = provider.find(name);
      entry?.log.note(line);
      entry?.held?.exit({ code: 1, expected: false, isDeliberate: false, lastOutput: [line] });
      assert.equal((await exited).memoryLimitMb, limit, line);
    }
  });
});
