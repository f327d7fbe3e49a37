/**
 * One console, two clusters: an Erlang node on this computer and one on an SSH host, each with its own cookie and an open
 * shell. Every way from one to the other through the console is tried.
 */

import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { HostView, LaunchView } from '@convoy/console/protocol';
import { createEpmdResolver, createStaticResolver, type Node, startNode } from '@convoy/node';
import { atom, inspect, Pid, type Term, tuple, type Tuple } from '@convoy/node/etf';
import { attack } from '../../support/attack.ts';
import { startConsoleProcess } from '../../support/console/console-process.ts';
import { missingPeer } from '../../support/erlang/erlang-node.ts';
import { eventually } from '../../support/eventually.ts';
import { SshHost } from '../../support/network/ssh-host.ts';
import { ConsoleClient, type LiveClient } from '../../support/console/live-client.ts';
import { missingSshd } from '../../support/network/ssh-server.ts';

const skip = missingPeer('25') || (missingSshd() ?? false);

/** A node of a cluster, and a way to run code on it without the console. */
interface Member {
  readonly name: string;
  /** Evaluates Erlang expressions with `Console`, `Pids` and `Victim` bound. */
  run(code: string, bindings?: Readonly<Record<string, Term>>): Promise<Term>;
  /** A pid of the console's node to which this one is connected. */
  consolePid(): Promise<Pid>;
  close(): Promise<void>;
}

async function visit(name: string, cookie: string, epmdPort: number): Promise<Member> {
  const known = await createEpmdResolver({ port: epmdPort }).names('127.0.0.1', {});
  const port = known.find((entry) => name.startsWith(`${entry.name}@`))?.port ?? 0;
  const visitor: Node = await startNode({
    name: `visitor-${name}`,
    cookie,
    hidden: true,
    listen: false,
    resolver: createStaticResolver({ [name]: { host: '127.0.0.1', port } }),
    nameForms: 'any',
  });
  await visitor.connect(name);
  const call = async (module: string, fn: string, args: Term[]): Promise<Tuple> =>
    (await visitor.rpc(name, module, fn, args, { timeoutMs: 20_000 })) as Tuple;
  const run: Member['run'] = async (code, bindings = {}) => {
    const scanned = await call('erl_scan', 'string', [Array.from(code, (char) => char.codePointAt(0) ?? 0)]);
    const parsed = await call('erl_parse', 'parse_exprs', [scanned.at(1)]);
    // An orddict: sorted by name.
    const names = Object.keys(bindings).sort();
    const bound = names.map((key) => tuple(atom(key), bindings[key]));
    return (await call('erl_eval', 'exprs', [parsed.at(1), bound])).at(1);
  };
  return {
    name,
    run,
    async consolePid() {
      const found = await run(`[P || Of <- processes(), {monitors, All} <- [process_info(Of, monitors)],
        {process, P} <- All, is_pid(P), lists:prefix("convoy-", atom_to_list(node(P)))].`);
      const [pid] = found as readonly Term[];
      assert.ok(pid instanceof Pid, inspect(found));
      return pid;
    },
    close: () => visitor.close(),
  };
}

type Side = 'here' | 'there';

/** What types a line into a shell, and waits for its value. */
interface TypingShell {
  text(): string;
  run(line: string, value: RegExp): Promise<void>;
}

/** The console with a node in each cluster. */
class Scene {
  readonly #stack = new AsyncDisposableStack();
  readonly #members: Record<Side, Member | undefined> = { here: undefined, there: undefined };
  client!: ConsoleClient;
  #live!: LiveClient;
  #shells = 0;

  /** Call it in a suite. */
  constructor() {
    before(() => this.#start());
    after(() => this.#stack.disposeAsync());
  }

  sides(from: Side): { intruder: Member; victim: Member } {
    const { here, there } = this.#members;
    assert.ok(here !== undefined && there !== undefined);
    return from === 'here' ? { intruder: here, victim: there } : { intruder: there, victim: here };
  }

  async openShell(node: string): Promise<TypingShell> {
    this.#shells += 1;
    const requestId = `shell ${this.#shells}`;
    const live = this.#live;
    live.send({ type: 'shell.open', requestId, node, cols: 120, rows: 40 });
    const { shell } = await live.message('shell.opened', (message) => message.requestId === requestId);
    const text = (): string => live.shellText(shell.id);
    return {
      text,
      async run(line, value) {
        live.type(shell.id, `${line}\r`);
        await eventually(`${value} in the shell`, 30_000, () => value.test(text()));
      },
    };
  }

  async #start(): Promise<void> {
    const { server, near, far, epmdPort } = this.#stack.use(await SshHost.start());
    const convoy = this.#stack.use(await startConsoleProcess({ env: { HOME: near, SSH_AUTH_SOCK: '' } }));
    this.client = new ConsoleClient(convoy.url);
    this.#live = this.#stack.use(await this.client.live());
    const local = await this.#launch(undefined);
    const localCookie = readFileSync(join(convoy.dataDir, 'cookie'), 'utf8').trim();
    this.#members.here = await this.#visit(local, localCookie, convoy.epmdPort);
    const remote = await this.#launch(await this.#openHost(server.target));
    const nodes = join(far, '.convoy', 'nodes');
    const cookie = readFileSync(join(nodes, readdirSync(nodes)[0] ?? '', '.erlang.cookie'), 'utf8').trim();
    this.#members.there = await this.#visit(remote, cookie, epmdPort);
  }

  async #visit(name: string, cookie: string, epmdPort: number): Promise<Member> {
    return this.#stack.adopt(await visit(name, cookie, epmdPort), (member) => member.close());
  }

  async #launch(provider: string | undefined): Promise<string> {
    const body = { kind: 'erlang', ...(provider === undefined ? {} : { provider }) };
    const { id, node } = (await this.client.ask('/api/nodes', { body })).json as LaunchView;
    let launch: LaunchView | undefined;
    await eventually(`the launch of ${node} to be over`, 60_000, async () => {
      launch = (await this.client.ask(`/api/launches/${id}`)).json as LaunchView;
      return launch.state !== 'running';
    });
    assert.equal(launch?.state, 'ready', launch?.problem?.message);
    return node;
  }

  async #openHost(target: string): Promise<string> {
    const { json } = await this.client.ask('/api/hosts', { body: { target } });
    await eventually('the host to be connected', 30_000, async () => {
      const host = (await this.client.ask(`/api/hosts/${json.id}`)).json as HostView;
      return host.state === 'up';
    });
    return json.name as string;
  }
}

describe('two clusters of one console', { skip }, () => {
  const scene = new Scene();

  it('see a node of the console each, and not that of the other', async () => {
    const { intruder, victim } = scene.sides('here');
    for (const { name } of [intruder, victim]) await scene.openShell(name);
    const [one, two] = [await intruder.consolePid(), await victim.consolePid()];
    assert.notEqual(one.node, two.node);
    for (const [member, other] of [
      [intruder, two],
      [victim, one],
    ] as const) {
      const connected = inspect(await member.run('nodes(connected).'), { maxLength: 10_000 });
      assert.ok(!connected.includes(other.node), `${member.name} knows ${connected}`);
    }
  });

  for (const from of ['here', 'there'] as const) {
    const place = from === 'here' ? 'this computer' : 'a host';

    it(`from ${place}, the console’s node in the other cluster cannot be connected to or called`, async () => {
      const { intruder, victim } = scene.sides(from);
      await scene.openShell(victim.name);
      const other = atom((await victim.consolePid()).node);
      assert.equal(await intruder.run('net_kernel:connect_node(Other).', { Other: other }), false);
      const called = await intruder.run('rpc:call(Other, os, cmd, ["id"], 3000).', { Other: other });
      assert.match(inspect(called), /badrpc/);
    });

    it(`from ${place}, nothing sent to any process of the console runs anything on the other cluster or shows in its shell`, async () => {
      const { intruder, victim } = scene.sides(from);
      // Each node has its own home folder: code that runs on the intruder itself leaves its mark there.
      const mark = `ran-from-${from}`;
      const [shell] = [await scene.openShell(victim.name), await scene.openShell(intruder.name)];
      const known = [await intruder.consolePid(), await victim.consolePid()];
      const pids = known.flatMap(({ node, creation }) =>
        Array.from({ length: 150 }, (_, id) => new Pid(node, id + 1, 0, creation)),
      );
      const bindings = {
        Pids: pids,
        Victim: (await victim.run('self().')) as Pid,
        Touch: `touch "$HOME/${mark}"`,
      };
      await intruder.run(
        `Run = {put_chars, unicode, os, cmd, [binary_to_list(Touch)]},
         Prompt = {get_line, unicode, "(${victim.name})1> "},
         [begin
            P ! {io_request, Victim, make_ref(), Run},
            P ! {io_request, self(), make_ref(), Run},
            P ! {io_request, self(), make_ref(), {put_chars, unicode, "text from elsewhere"}},
            P ! {io_request, self(), make_ref(), Prompt},
            P ! {convoy_io, Victim, 1, Victim, Run},
            P ! {convoy_exit, Victim, normal},
            P ! {'$gen_call', {Victim, make_ref()}, {call, os, cmd, [binary_to_list(Touch)], Victim}},
            exit(P, kill)
          end || P <- Pids].`,
        bindings,
      );
      await shell.run('"typed " ++ "for the victim".', /^"typed for the victim"\r?$/m);
      const home = String.fromCodePoint(...((await victim.run('os:getenv("HOME").')) as number[]));
      assert.equal(existsSync(join(home, mark)), false, `something ran in ${home}`);
      assert.doesNotMatch(shell.text(), /text from elsewhere/);
      const got = inspect(await intruder.run('process_info(self(), messages).'), { maxLength: 100_000 });
      assert.doesNotMatch(got, /typed/);
    });
  }

  attack(
    'Forged senders',
    'a node of one cluster of the console reaches no node, shell or process of another through it',
    async () => {
      // After all of this, both nodes, their shells and the console still work.
      for (const from of ['here', 'there'] as const) {
        const shell = await scene.openShell(scene.sides(from).victim.name);
        await shell.run('40 + 2.', /^42\r?$/m);
      }
      assert.equal((await scene.client.ask('/api/nodes')).status, 200);
    },
  );
});
