/**
 * A cluster of real nodes that somebody else runs, for tests that watch it: what can be seen of a visitor on each of its members,
 * line by line, so that two states can be compared.
 */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Node } from '@convoy/node';
import { splitNodeName } from '@convoy/node/names';
import { eventually } from '../eventually.ts';
import type { ErlangCluster } from '../erlang/erlang-cluster.ts';
import type { ErlangNode, ErlangNodeOptions } from '../erlang/erlang-node.ts';
import { findInstallation, type OtpRelease } from '../erlang/erlang-release.ts';

/** What can be seen on one member, line by line. */
export type VisibleState = readonly string[];

/** A member, and what can be seen on it. */
export class WatchedMember {
  readonly node: ErlangNode;
  readonly #isElixir: boolean;
  readonly #logFile: string;
  readonly #root: string;

  constructor(node: ErlangNode, { kind, release }: { kind: 'erl' | 'elixir'; release: OtpRelease }) {
    this.node = node;
    this.#isElixir = kind === 'elixir';
    this.#root = findInstallation(release)?.root ?? '';
    this.#logFile = `/tmp/convoy-log-${node.osPid}-${splitNodeName(node.name).name}.txt`;
  }

  get name(): string {
    return this.node.name;
  }

  /** The value of an Erlang expression, as text. */
  async run(expression: string): Promise<string> {
    if (!this.#isElixir) return this.node.eval(expression);
    const source = JSON.stringify(`${expression}.`).replaceAll('#{', String.raw`\#{`);
    const text = await this.node.eval(
      `(fn -> {:ok, tokens, _} = :erl_scan.string(String.to_charlist(${source}));
        {:ok, forms} = :erl_parse.parse_exprs(tokens); {:value, value, _} = :erl_eval.exprs(forms, []);
        Base.encode64(IO.chardata_to_string(:io_lib.format("~0tp", [value]))) end).()`,
    );
    return Buffer.from(text.slice(1, -1), 'base64').toString('utf8');
  }

  /** Starts to write every event of the log, of every level, to a file. */
  async keepLog(): Promise<void> {
    const config = `#{level => all, config => #{type => {file, "${this.#logFile}"}}, filters => []}`;
    await this.run(
      `logger:set_primary_config(level, all), logger:add_handler(every_event, logger_std_h, ${config})`,
    );
  }

  /** What can be seen of a visitor, line by line, without what is allowed to be seen: that `except` is connected. */
  async visibleState(except: string = 'nobody@nowhere'): Promise<VisibleState> {
    // Other tests look for all nodes of this machine.
    const state = await this.run(`
      (fun() ->
        But = fun(Names) ->
          Others = ['${except}', nonode@nohost | [N || N <- Names, lists:prefix("convoy_probe", atom_to_list(N))]],
          lists:sort(Names -- Others)
        end,
        [{nodes, But(nodes())}, {hidden, But(nodes(hidden))}, {this, But(nodes(this))}, {known, But(nodes(known))},
         {controllers, But([N || {N, _} <- erlang:system_info(dist_ctrl)])},
         {info, But([N || {N, _} <- element(2, net_kernel:nodes_info())])},
         {state, catch net_kernel:get_state()},
         {global, global:info()}, {names, lists:sort(global:registered_names())},
         {registered, lists:sort(registered())},
         {monitor, erlang:system_monitor()}, {alive, is_alive(), net_kernel:get_net_ticktime()}]
      end)()`);
    await this.run('logger_std_h:filesync(every_event)');
    return [
      ...state.split(/(?<=\}),(?=\{[a-z]+,)/),
      ...this.log().split('\n'),
      ...this.printed().split('\n'),
    ];
  }

  /** The log so far. */
  log(): string {
    return readFileSync(join(this.#root, this.#logFile), 'utf8');
  }

  /** Standard output and standard error, without the answers to `run`. */
  printed(): string {
    return this.node.output.replaceAll(/\u0002[^\u0003]*\u0003\n/g, '');
  }

  /** Processes that were started by a remote call, besides this one. */
  remoteCalls(): Promise<string> {
    return this.run(
      '[P || P <- processes(), {initial_call, {erpc, execute_call, 4}} =:= erlang:process_info(P, initial_call)]',
    );
  }
}

type MemberOptions = Omit<Partial<ErlangNodeOptions>, 'name' | 'epmdPort'>;

/** Starts a member, with its log kept. */
export async function startMember(
  cluster: ErlangCluster,
  name: string,
  options: MemberOptions = {},
): Promise<WatchedMember> {
  const { kind = 'erl', release = '25' } = options;
  // By default a name stays in `nodes(known)` for a minute after its last use.
  const args = ['+zdntgc', '1', ...(options.args ?? [])];
  const member = new WatchedMember(await cluster.erlang(name, { ...options, args }), { kind, release });
  await member.keepLog();
  return member;
}

/** Connects all, and waits until each is connected to every other and `global` has settled. */
export async function meshOf(members: readonly WatchedMember[]): Promise<void> {
  const [first, ...others] = members;
  for (const { name } of others) await first?.run(`pong = net_adm:ping('${name}')`);
  for (const member of members) {
    await eventually(`${member.name} to see all others`, 120_000, async () => {
      return (await member.run('length(nodes())')) === String(others.length);
    });
  }
  for (const member of members) await member.run('global:sync()');
}

/** Reads until two states in a row are equal, since `global` and logs settle by themselves. */
export async function settledStates(members: readonly WatchedMember[]): Promise<VisibleState[]> {
  let states: VisibleState[] = [];
  await eventually('the cluster to settle', 120_000, async () => {
    const before = states;
    states = await Promise.all(members.map((member) => member.visibleState()));
    return JSON.stringify(before) === JSON.stringify(states);
  });
  return states;
}

/** Fails if a member looks different, apart from the connections of `visitor` to the members in `visited`. */
export async function assertUnchanged(
  members: readonly WatchedMember[],
  before: readonly VisibleState[],
  { visitor, visited }: { readonly visitor: Node; readonly visited: readonly string[] },
): Promise<void> {
  for (const [index, member] of members.entries()) {
    const isVisited = visited.includes(member.name);
    const state = await member.visibleState(isVisited ? visitor.name : undefined);
    assert.deepEqual(state, before[index], member.name);
    const isSeen = await member.run(
      `{lists:member('${visitor.name}', nodes(hidden)), lists:member('${visitor.name}', nodes())}`,
    );
    assert.equal(isSeen, `{${isVisited},false}`, member.name);
  }
}
