/** A console that has attached a cluster of real nodes, and what a test asks it about the inside of one of them. */

import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { AuditPage, InspectCostView, InspectProblemView } from '@convoy/console/protocol';
import { ErlangCluster } from '../erlang/erlang-cluster.ts';
import type { ErlangNode, OtpRelease } from '../erlang/erlang-node.ts';
import { eventually } from '../eventually.ts';
import { AttachingConsole } from './attaching-console.ts';

const cookie = 'looked-into';

/** An answer of the API to a question about a node. */
export interface ApiAnswer<Value> {
  readonly state: 'answered' | 'unavailable';
  readonly value: Value;
  readonly problem: InspectProblemView;
  readonly cost: InspectCostView;
}

/** A console, and a cluster `prod` of `entry` and `target`, of which the first is the member that the others are asked through. */
export class InspectingConsole {
  readonly convoy: AttachingConsole;
  readonly cluster: ErlangCluster;
  /** The member that is looked into, through the entry. */
  readonly target: ErlangNode;
  readonly id: string;

  private constructor(parts: {
    readonly convoy: AttachingConsole;
    readonly cluster: ErlangCluster;
    readonly target: ErlangNode;
  }) {
    this.convoy = parts.convoy;
    this.cluster = parts.cluster;
    this.target = parts.target;
    this.id = `prod:${parts.target.name}`;
  }

  static async start(context: TestContext, release: OtpRelease): Promise<InspectingConsole> {
    const cluster = await ErlangCluster.start({ cookie, release });
    context.after(() => cluster[Symbol.asyncDispose]());
    const entry = await cluster.erlang('entry');
    const target = await cluster.erlang('target');
    assert.equal(await entry.eval(`net_adm:ping('${target.name}')`), 'pong');
    const convoy = await AttachingConsole.start();
    context.after(() => convoy[Symbol.asyncDispose]());
    const cookieFile = join(convoy.dataDir, 'cookie-of-prod');
    writeFileSync(cookieFile, cookie, { mode: 0o600 });
    const request = { name: 'prod', nodes: [entry.name], epmdPort: cluster.epmdPort, cookieFile };
    const { state, problem } = await convoy.attach(request);
    assert.equal(state, 'up', JSON.stringify(problem));
    const inspecting = new InspectingConsole({ convoy, cluster, target });
    await eventually('the member to be up', 60_000, async () =>
      (await convoy.nodes('prod')).some(({ id, status }) => id === inspecting.id && status === 'up'),
    );
    return inspecting;
  }

  /** Asks about the target, or the node with this id; a question that cannot be asked fails the test. */
  async ask<Value>(path: string, id: string = this.id): Promise<ApiAnswer<Value>> {
    const { status, json, text } = await this.convoy.client.ask(pathOf(id, path));
    assert.equal(status, 200, `${path}: ${text}`);
    return json as ApiAnswer<Value>;
  }

  /** Asks about the target, and asserts that there is an answer. */
  async valueOf<Value>(path: string, id: string = this.id): Promise<Value> {
    const answer = await this.ask<Value>(path, id);
    assert.equal(answer.state, 'answered', `${path}: ${JSON.stringify(answer)}`);
    return answer.value;
  }

  /** Acts on a process of the target. */
  act(pid: string, act: 'kill' | 'collect') {
    const path = `processes/${encodeURIComponent(pid)}/${act}`;
    return this.convoy.client.ask(pathOf(this.id, path), { method: 'POST' });
  }

  /** The pid of a registered process of the target, as its node prints it. */
  async pidOf(name: string): Promise<string> {
    return (await this.target.eval(`list_to_atom(pid_to_list(whereis(${name})))`)).replaceAll("'", '');
  }

  /** The acts on processes in the audit log, the oldest first: what was done, to which process, and what has become of it. */
  async audited(): Promise<(readonly unknown[])[]> {
    const { entries } = (await this.convoy.client.ask('/api/audit?act=process')).json as AuditPage;
    return entries
      .toReversed()
      .map(({ event, node, detail }) => [event, node, detail['pid'], detail['outcome']]);
  }
}

/** The path of a question about a node. */
export function pathOf(id: string, path: string): string {
  return `/api/nodes/${encodeURIComponent(id)}/${path}`;
}
