/** The rules for every provider, as one suite. The test of a provider calls it with a way to create and to observe one. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LaunchedNode, LaunchStep, Provider, ProviderNodeKind } from '@convoy/cluster';
import { splitNodeName } from '@convoy/node/names';
import { eventually } from '../support/eventually.ts';

/** One provider with everything it needs, and ways to observe it from outside. */
export interface ProviderHarness extends AsyncDisposable {
  readonly provider: Provider;
  /** The kind to launch. */
  readonly kind: ProviderNodeKind;
  /** Maximum number of nodes that it launches. */
  readonly limit: number;
  /** The step after which a cancellation has something to remove. Default `start`. */
  readonly cancelAfter?: string;
  /** The platform chooses the host, and thereby the host part of the name, which the plan does not know. */
  readonly namesHosts?: boolean;
  /** A secret that must not appear anywhere. */
  readonly secret: string;
  /** Whether the node with this full name answers. */
  answers(node: string): Promise<boolean>;
  /** Kills the node from outside. */
  kill(node: LaunchedNode): void;
  /** The traces of a node: processes, folders, registrations. Empty when there are none. */
  traces(node: string): Promise<string[]>;
}

async function launch(provider: Provider, kind: ProviderNodeKind): Promise<LaunchedNode> {
  return provider.launch(await provider.plan({ kind }));
}

/** Registers the tests. */
export function testProvider(title: string, make: () => Promise<ProviderHarness>): void {
  const check = (what: string, body: (harness: ProviderHarness) => Promise<void>): void => {
    test(`${title}: ${what}`, async () => {
      await using harness = await make();
      await body(harness);
    });
  };

  check('launches a node that answers, in the planned steps, each with its times', async (harness) => {
    const { provider, kind, secret } = harness;
    const plan = await provider.plan({ kind });
    const steps: LaunchStep[] = [];
    const node = await provider.launch(plan, { onStep: (step) => steps.push(step) });
    if (harness.namesHosts !== true) assert.equal(node.name, plan.node);
    assert.equal(splitNodeName(node.name).name, splitNodeName(plan.node).name);
    assert.ok(await harness.answers(node.name));
    const done = steps.filter(({ state }) => state === 'done');
    assert.deepEqual(
      done.map(({ name, label }) => ({ name, label })),
      plan.steps,
    );
    for (const { startedAt, endedAt = 0 } of done) assert.ok(endedAt >= startedAt && startedAt > 0);
    const log = provider.logs(node.name)?.lines() ?? [];
    assert.ok(!JSON.stringify([steps, log, plan, node]).includes(secret), 'no secret in what it tells');
  });

  check('gives every plan a name of its own, and a released one back', async ({ provider, kind }) => {
    const [first, second] = await Promise.all([provider.plan({ kind }), provider.plan({ kind })]);
    assert.notEqual(first.node, second.node);
    const { name } = splitNodeName(first.node);
    await assert.rejects(provider.plan({ kind, name }), { code: 'PROVIDER_NAME_TAKEN' });
    first.release();
    const again = await provider.plan({ kind, name });
    assert.equal(again.node, first.node);
  });

  check('refuses more nodes than its limit, and says so', async ({ provider, kind, limit }) => {
    for (let count = 0; count < limit; count += 1) await provider.plan({ kind });
    await assert.rejects(provider.plan({ kind }), {
      code: 'PROVIDER_LIMIT',
      message: new RegExp(`${limit}`),
    });
  });

  check('removes what was half made when a launch is cancelled', async (harness) => {
    const { provider, kind, cancelAfter = 'start' } = harness;
    const cancel = new AbortController();
    const plan = await provider.plan({ kind });
    const launched = provider.launch(plan, {
      signal: cancel.signal,
      onStep: ({ name, state }) => name === cancelAfter && state === 'done' && cancel.abort(),
    });
    await assert.rejects(launched, { code: 'PROVIDER_CANCELLED' });
    assert.deepEqual(await harness.traces(plan.node), []);
  });

  check('cancels a launch when its node is destroyed', async (harness) => {
    const { provider, kind } = harness;
    const plan = await provider.plan({ kind });
    const outcome = assert.rejects(provider.launch(plan), { code: 'PROVIDER_CANCELLED' });
    await provider.destroy(plan.node);
    await outcome;
    assert.deepEqual(await harness.traces(plan.node), []);
  });

  check('has removed everything of a node when destroy is done', async (harness) => {
    const node = await launch(harness.provider, harness.kind);
    await harness.provider.destroy(node.name);
    assert.equal((await node.exited).expected, true);
    await eventually(
      'no trace of the node',
      30_000,
      async () => (await harness.traces(node.name)).length === 0,
    );
    assert.equal(harness.provider.logs(node.name), undefined);
    await assert.rejects(harness.provider.destroy(node.name), { code: 'PROVIDER_NO_NODE' });
  });

  check('tells of a node that ends by itself, and keeps its log', async ({ provider, kind, kill }) => {
    const node = await launch(provider, kind);
    kill(node);
    const exit = await node.exited;
    assert.equal(exit.expected, false);
    assert.equal(exit.isDeliberate, false);
    assert.ok(provider.logs(node.name) !== undefined);
    await provider.destroy(node.name);
  });

  check('leaves nothing when it is closed', async (harness) => {
    const { provider, kind } = harness;
    const nodes = await Promise.all([launch(provider, kind), launch(provider, kind)]);
    await provider.close();
    for (const { name } of nodes) {
      await eventually(`no trace of ${name}`, 30_000, async () => (await harness.traces(name)).length === 0);
    }
    await assert.rejects(provider.plan({ kind }), { code: 'PROVIDER_CLOSED' });
  });
}
