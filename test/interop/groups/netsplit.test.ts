/**
 * A visible mesh of three Erlang nodes and two TypeScript nodes on five hosts, cut into two halves and healed: afterwards every node is
 * connected to every other, nobody was expelled, and groups and global names are those of all.
 */

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { test } from 'node:test';
import { endProcess, ProcessOutput } from '../../support/child-process.ts';
import { type ErlangNode, freePort, missingPeer, startErlangNode } from '../../support/erlang/erlang-node.ts';
import { eventually } from '../../support/eventually.ts';
import { onlyInAll, testedReleases } from '../../support/extent.ts';
import type { MeshMemberSettings, MeshMemberState } from '../../support/members/mesh-member.ts';
import { missingNamespaces } from '../../support/network/namespaces.ts';
import { type SwitchedHost, SwitchedNetwork } from '../../support/network/switched-network.ts';
import { mayTake } from '../../support/time-limit.ts';

const cookie = 'netsplit';
const netTickTimeMs = 4000;
const program = fileURLToPath(new URL('../../support/members/mesh-member.ts', import.meta.url));

/** One node of either kind. */
interface Member extends AsyncDisposable {
  readonly name: string;
  readonly half: 0 | 1;
  state(): Promise<MeshMemberState>;
  connect(name: string): Promise<void>;
}

interface Place {
  readonly host: SwitchedHost;
  readonly distPort: number;
}

const nodesText = (text: string): string[] => [...text.matchAll(/'([^']+)'/g)].map((match) => match[1] ?? '');

async function startErlangMember(release: '25' | '27' | '29' | '23', at: Place): Promise<Member> {
  const { host, distPort } = at;
  const name = `erl@${host.address}`;
  const erl: ErlangNode = await startErlangNode({
    name,
    cookie,
    release,
    // Unused: with a fixed port the node needs no EPMD.
    epmdPort: distPort,
    namespace: host.namespace,
    args: ['-erl_epmd_port', `${distPort}`, '-kernel', 'net_ticktime', `${netTickTimeMs / 1000}`],
  });
  await erl.eval(
    `pg:start(pg), P = spawn(fun() -> receive stop -> ok end end), pg:join(members, P), global:register_name('${name}', P)`,
  );
  const list = async (expression: string): Promise<string[]> =>
    nodesText(await erl.eval(`lists:sort(${expression})`)).sort();
  return {
    name,
    half: host.half,
    state: async () => ({
      nodes: await list('nodes()'),
      members: await list('[node(M) || M <- pg:get_members(members)]'),
      names: await list(
        '[node(N) || X <- global:registered_names(), N <- [global:whereis_name(X)], is_pid(N)]',
      ),
    }),
    connect: async (other) => void (await erl.eval(`net_kernel:connect_node('${other}')`)),
    [Symbol.asyncDispose]: () => erl[Symbol.asyncDispose](),
  };
}

async function startOwnMember({ host, distPort }: Place): Promise<Member> {
  const name = `ts@${host.address}`;
  const settings: MeshMemberSettings = { name, cookie, distPort, netTickTimeMs };
  const words = [process.execPath, '--conditions=@convoy/source', program];
  const [file = '', ...args] = host.namespace.command(...words);
  const env = { ...process.env, MESH_MEMBER: JSON.stringify(settings) };
  const child = spawn(file, args, { env, stdio: 'pipe' });
  const output = new ProcessOutput(child, name);
  await output.waitFor(({ text }) => text.includes('ready\n') || undefined, {
    what: 'starting',
    timeoutMs: 60_000,
  });
  let asked = 0;
  return {
    name,
    half: host.half,
    async state() {
      asked += 1;
      const wanted = asked;
      child.stdin.write('state\n');
      const line = await output.waitFor(
        ({ stdout }) =>
          stdout
            .split('\n')
            .slice(0, -1)
            .filter((one) => one.startsWith('{'))[wanted - 1],
        {
          what: 'its state',
          timeoutMs: 60_000,
        },
      );
      return JSON.parse(line) as MeshMemberState;
    },
    connect(other) {
      child.stdin.write(`connect ${other}\n`);
      return Promise.resolve();
    },
    [Symbol.asyncDispose]: () => endProcess(child),
  };
}

/** Waits until every member sees exactly `all`, itself not among its nodes. */
async function waitForMesh(members: readonly Member[], all: readonly string[]): Promise<void> {
  const sorted = [...all].sort();
  for (const member of members) {
    let last: MeshMemberState | undefined;
    await eventually(
      () => `${member.name} to see ${sorted.join(' ')}: ${JSON.stringify(last)}`,
      60_000,
      async () => {
        last = await member.state();
        const wanted = {
          nodes: sorted.filter((name) => name !== member.name),
          members: sorted,
          names: sorted,
        };
        return JSON.stringify(last) === JSON.stringify(wanted);
      },
    );
  }
}

const skip = missingNamespaces() ?? false;

for (const release of testedReleases()) {
  test(
    `a mesh of three nodes with OTP ${release} and two of ours is whole again after a netsplit`,
    { skip: onlyInAll(skip || missingPeer(release)) },
    async (context) => {
      mayTake(context, { seconds: 90, because: 'the nodes notice the cut by the lack of ticks' });
      using network = new SwitchedNetwork(5);
      const distPort = await freePort();
      await using stack = new AsyncDisposableStack();
      // Two halves, each with nodes of both kinds: the hosts are in either half by turns.
      const members = await Promise.all(
        network.hosts.map(async (host, at) => {
          const isOwn = at === 2 || at === 3;
          return stack.use(
            await (isOwn
              ? startOwnMember({ host, distPort })
              : startErlangMember(release, { host, distPort })),
          );
        }),
      );
      const names = members.map(({ name }) => name);
      const [first] = members;
      assert.ok(first !== undefined);
      for (const member of members.slice(1)) await member.connect(first.name);
      await waitForMesh(members, names);

      network.cut();
      for (const half of [0, 1] as const) {
        const ones = members.filter((member) => member.half === half);
        await waitForMesh(
          ones,
          ones.map(({ name }) => name),
        );
      }

      network.heal();
      const far = members.find(({ half }) => half !== first.half);
      assert.ok(far !== undefined);
      await first.connect(far.name);
      await waitForMesh(members, names);
      // Nobody is expelled afterwards either.
      await waitForMesh(members, names);
    },
  );
}
