/** The template of deploy/railway, deployed as described: its three nodes find each other, in whatever order they start. */

import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { createRailwayClient, type RailwaySource } from '@convoy/cluster/railway';
import { missingNamespaces, openNamespaceRuntime, startRailwaySimulator } from '@convoy/railway-simulator';
import { convoyCommand } from '../../support/console/console-process.ts';
import { missingPeer } from '../../support/erlang/erlang-node.ts';
import { eventually } from '../../support/eventually.ts';

interface Template {
  readonly shared: Record<string, string>;
  readonly services: readonly {
    readonly name: string;
    readonly source: RailwaySource;
    readonly config?: string;
    readonly variables: Record<string, string>;
  }[];
}

const template = JSON.parse(readFileSync('deploy/railway/template.json', 'utf8')) as Template;
const skip = missingNamespaces() ?? missingPeer('25', 'elixir');

/** Renders functions and shared variables like Railway when it deploys a template. */
function rendered(variables: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(variables).map(([name, value]) => {
      const shared = /^\$\{\{shared\.(\w+)\}\}$/.exec(value)?.[1];
      const isSecret = shared !== undefined && template.shared[shared]?.startsWith('${{secret(') === true;
      return [name, isSecret ? 'made-at-random' : value];
    }),
  );
}

test('the template makes a cluster', { skip }, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'convoy-railway-'));
  const runtime = await openNamespaceRuntime({ folder, convoyCommand });
  await using simulator = await startRailwaySimulator({ runtime });
  const { endpoint, token } = simulator;
  await using client = createRailwayClient({ endpoint, token });
  const environment = client.environment(simulator.places[0]);
  const logs = new Map<string, string[]>();
  const made = new Map<string, string>();
  for (const { name, source } of template.services) {
    const service = await environment.createService({ name, settings: { source }, variables: {} });
    made.set(name, service.serviceId);
  }
  for (const { name, variables } of template.services) {
    const serviceId = made.get(name) ?? '';
    await environment.setVariables(serviceId, rendered(variables));
    assert.ok(
      !JSON.stringify(await environment.variables(serviceId)).includes('${{'),
      'all references are resolved',
    );
    const deploymentId = await environment.deploy(serviceId);
    const lines: string[] = [];
    logs.set(name, lines);
    void (async () => {
      for await (const { text } of environment.deploymentLogs(deploymentId)) lines.push(text);
    })().catch(() => undefined);
  }
  for (const [name, others] of [
    ['web', ['worker', 'shop']],
    ['worker', ['web', 'shop']],
  ] as const) {
    for (const other of others) {
      const lines = logs.get(name) ?? [];
      const pattern = new RegExp(`^${other}@${other}\\.railway\\.internal is connected`);
      const said = (): string => `${name} to see ${other}; it said:\n${lines.join('\n')}`;
      await eventually(said, 30_000, () => lines.some((line) => pattern.test(line)));
    }
  }
  rmSync(folder, { recursive: true, force: true });
});

test('its configuration gives nodes time to leave the cluster', () => {
  for (const { config } of template.services) {
    if (config === undefined) continue;
    const { deploy } = JSON.parse(readFileSync(config, 'utf8')) as {
      deploy: { drainingSeconds: number; overlapSeconds: number };
    };
    assert.ok(deploy.drainingSeconds >= 5);
    assert.equal(deploy.overlapSeconds, 0);
  }
});
