/**
 * A hub between two clusters, like a console, and a node of one cluster that tries to reach the other through it: real Erlang
 * nodes with separate cookies, an open shell on the victim, and everything the intruder can put into a message, sent to every
 * process of the hub.
 */

import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe } from 'node:test';
import { createEpmdResolver, createTcpTransport, type Node, Pid, Reference } from '@convoy/node';
import { dialPeer, Flag } from '@convoy/node/connection';
import { atom, type Term, tuple } from '@convoy/node/etf';
import { openShell, type ShellSession } from '@convoy/shell';
import { attack } from '../../support/attack.ts';
import { ErlangCluster } from '../../support/erlang/erlang-cluster.ts';
import { type ErlangNode, missingPeer, type OtpRelease } from '../../support/erlang/erlang-node.ts';
import { testedReleases } from '../../support/extent.ts';
import { run, waitForState } from '../../support/erlang/shell-viewer.ts';

const victimCookie = 'cookie-of-the-victim';
const intruderCookie = 'cookie-of-the-intruder';
/** Number of processes of the hub that are tried: more than there are. */
const pidsTried = 200;

/** An Erlang function that creates pids of a node from their numbers. */
function pidMaker({ name, creation }: { readonly name: string; readonly creation: number }): string {
  return `fun(N) -> binary_to_term(<<131, 88, 119, ${name.length}, "${name}", N:32, 0:32, ${creation}:32>>) end`;
}

/** A victim with a shell that is open on it, an intruder of another cluster, and the hub that is connected with both. */
class Scene {
  cluster!: ErlangCluster;
  victim!: ErlangNode;
  intruder!: ErlangNode;
  hub!: Node;
  shell!: ShellSession;
  folder!: string;

  /** Call it in a suite. */
  constructor(release: OtpRelease) {
    before(() => this.#start(release));
    after(() => this.#end());
  }

  /** Has the intruder send a message to every process of the hub, and waits until the hub has received all of them. */
  readonly sendToAll = async (message: string): Promise<void> => {
    await this.intruder.eval(`[Hub(N) ! ${message} || N <- Pids], ok.`);
    await this.hub.rpc(this.intruder.name, 'erlang', 'node', []);
  };

  readonly shellStillWorks = async (): Promise<void> => {
    assert.match(await run(this.shell, '20 + 22.'), /42\n[^\n]*> ?$/);
  };

  readonly openShell = (): Promise<ShellSession> =>
    openShell({ node: this.hub, target: this.victim.name, kind: 'erl', cols: 80, rows: 24 });

  async #start(release: OtpRelease): Promise<void> {
    this.cluster = await ErlangCluster.start({ cookie: 'of-no-cluster', release });
    const victim = (this.victim = await this.cluster.erlang('victim', { cookie: victimCookie }));
    const intruder = (this.intruder = await this.cluster.erlang('intruder', { cookie: intruderCookie }));
    const hub = (this.hub = await this.cluster.own('hub', { hidden: true, isolated: true }));
    hub.setCookie(victim.name, victimCookie);
    hub.setCookie(intruder.name, intruderCookie);
    await hub.connect(intruder.name);
    this.shell = await this.openShell();
    await waitForState(this.shell, 'idle');
    const creation = Number(await victim.eval('erlang:system_info(creation).'));
    const stranger = { name: 'stranger@127.0.0.1', creation: 1 };
    await intruder.eval(
      `Hub = ${pidMaker(hub)}, Victim = ${pidMaker({ name: victim.name, creation })},
       Stranger = ${pidMaker(stranger)}, Pids = lists:seq(1, ${pidsTried}), ok.`,
    );
    this.folder = mkdtempSync(join(tmpdir(), 'convoy-forged-'));
  }

  async #end(): Promise<void> {
    await this.shell?.close();
    await this.cluster?.[Symbol.asyncDispose]();
    if (this.folder !== undefined) rmSync(this.folder, { recursive: true, force: true });
  }
}

for (const release of testedReleases()) {
  describe(
    `a node of OTP ${release} and the shell on a node of another cluster`,
    { skip: missingPeer(release) },
    () => {
      const scene = new Scene(release);
      testMessages(scene);
      testOtherWays(scene);
    },
  );
}

/** What the intruder sends to every process of the hub. */
function testMessages(scene: Scene): void {
  attack(
    'Forged senders',
    'a forged io_request runs no function on the node it names, nor on any other',
    async () => {
      const { folder, sendToAll, shellStillWorks } = scene;
      const mark = join(folder, 'ran');
      const command = `os, cmd, ["touch ${mark}"]`;
      await sendToAll(`{io_request, Victim(N), make_ref(), {put_chars, unicode, ${command}}}`);
      await sendToAll(`{io_request, self(), make_ref(), {put_chars, unicode, ${command}}}`);
      await sendToAll(`{io_request, Victim(N), make_ref(), {get_until, unicode, "1> ", ${command}}}`);
      await sendToAll(`{convoy_io, Victim(N), 1, Victim(N), {put_chars, unicode, ${command}}}`);
      await sendToAll(`{convoy_io, self(), 1, Victim(N), {requests, [{put_chars, unicode, ${command}}]}}`);
      await sendToAll(`{'$gen_call', {Victim(N), make_ref()}, {call, ${command}, Victim(N)}}`);
      await shellStillWorks();
      assert.equal(existsSync(mark), false);
    },
  );

  attack(
    'Forged senders',
    'a prompt copied from another shell receives none of the input typed there',
    async () => {
      const { intruder, hub, shell, sendToAll } = scene;
      await intruder.eval('(fun F() -> receive _ -> F() after 0 -> ok end end)().');
      await sendToAll('{io_request, self(), N, {get_line, unicode, "(victim@127.0.0.1)1> "}}');
      await sendToAll('{io_request, self(), N, {get_password, unicode}}');
      await run(shell, '"typed for the victim".');
      await hub.rpc(intruder.name, 'erlang', 'node', []);
      const got = await intruder.eval(
        '(fun F() -> receive {io_reply, _, R} -> [R | F()]; _ -> F() after 0 -> [] end end)().',
      );
      assert.match(got, /\{error,enotsup\}/);
      assert.doesNotMatch(got, /typed|116,121,112,101,100/);
    },
  );

  attack(
    'Forged senders',
    'text, exits and answers in the name of the shell’s own processes do not reach it',
    async () => {
      const { intruder, shell, sendToAll, shellStillWorks } = scene;
      await sendToAll('{io_request, Victim(N), make_ref(), {put_chars, unicode, "forged text"}}');
      await intruder.eval(`[exit(Hub(N), R) || N <- Pids, R <- [kill, normal, interrupt, shutdown]], ok.`);
      await intruder.eval(`process_flag(trap_exit, true), [catch link(Hub(N)) || N <- Pids], ok.`);
      await intruder.eval(`[erlang:monitor(process, Hub(N)) || N <- Pids], ok.`);
      await intruder.eval(`[erlang:group_leader(self(), Hub(N)) || N <- Pids], ok.`);
      await sendToAll(`{'DOWN', make_ref(), process, Victim(N), noconnection}`);
      await sendToAll(`{'EXIT', Victim(N), normal}`);
      await sendToAll('{convoy_exit, Victim(N), normal}');
      await sendToAll('{io_reply, make_ref(), ok}');
      await shellStillWorks();
      assert.doesNotMatch(await shell.text(), /forged text/);
      assert.equal(shell.state, 'idle');
    },
  );

  attack(
    'Forged senders',
    'no request of a peer makes the hub dial the node of a pid, a name or an alias in it',
    async () => {
      const { victim, intruder, hub, shellStillWorks } = scene;
      for (const to of ['{net_kernel, H}', '{rex, H}', '{user, H}', '{logger_proxy, H}', 'Hub(N)']) {
        await intruder.eval(`[begin H = '${hub.name}', T = ${to},
        T ! {'$gen_call', {P, make_ref()}, {is_auth, node()}},
        T ! {'$gen_call', {P, [alias | make_ref()]}, {call, m, f, [], P}},
        T ! {io_request, P, make_ref(), getopts},
        T ! {P, features_request},
        T ! {P, {call, m, f, [], P}},
        T ! {system, {P, make_ref()}, get_state}
      end || N <- Pids, P <- [Stranger(N), Victim(N)]], ok.`);
      }
      await hub.rpc(intruder.name, 'erlang', 'node', []);
      assert.deepEqual(hub.list('known').sort(), [intruder.name, victim.name]);
      await shellStillWorks();
    },
  );
}

/** A shell whose own node ends it, and a peer that is not an Erlang node. */
function testOtherWays(scene: Scene): void {
  attack(
    'Forged senders',
    'a node that kills the terminal process of its own shell ends that shell, and nothing else',
    async () => {
      const { victim, hub, shellStillWorks } = scene;
      await using other = await scene.openShell();
      await waitForState(other, 'idle');
      await victim.eval(`[exit(P, kill) || Of <- processes(), {monitors, All} <- [process_info(Of, monitors)],
        {process, P} <- All, node(P) =:= '${hub.name}', Of =/= self()], ok.`);
      const { reason } = await other.closed;
      assert.match(reason, /was ended/);
      await scene.shell.closed;
      await other.close();
      scene.shell = await scene.openShell();
      await shellStillWorks();
    },
  );

  attack(
    'Forged senders',
    'a raw peer that knows one cookie cannot impersonate a node with another cookie',
    async () => {
      const { cluster, victim, hub, folder, shellStillWorks } = scene;
      const mark = join(folder, 'ran by the raw peer');
      const creation = Number(await victim.eval('erlang:system_info(creation).'));
      hub.setCookie('raw@127.0.0.1', intruderCookie);
      const connection = await dialPeer({
        self: {
          name: 'raw@127.0.0.1',
          creation: 7,
          cookie: intruderCookie,
          hidden: true,
          flags:
            Object.values(Flag).reduce((all, flag) => all | flag, 0n) &
            ~Flag.DIST_HDR_ATOM_CACHE &
            ~Flag.FRAGMENTS &
            // It has a name, and asks for none.
            ~Flag.NAME_ME,
        },
        peer: hub.name,
        resolver: createEpmdResolver({ port: cluster.epmdPort }),
        transport: createTcpTransport(),
      });
      connection.onMessage(() => undefined);
      const command: Term = tuple(atom('put_chars'), atom('unicode'), atom('os'), atom('cmd'), [
        `touch ${mark}`,
      ]);
      const ref = new Reference(victim.name, creation, [1, 2, 3]);
      for (let id = 1; id < pidsTried; id += 1) {
        const [from, to] = [new Pid(victim.name, id, 0, creation), new Pid(hub.name, id, 0, hub.creation)];
        connection.send({ kind: 'SEND_SENDER', from, to }, tuple(atom('io_request'), from, ref, command));
        connection.send({ kind: 'SEND_SENDER', from, to }, tuple(atom('convoy_io'), from, 1, from, command));
        connection.send({ kind: 'PAYLOAD_EXIT2', from, to }, atom('kill'));
        connection.send({ kind: 'PAYLOAD_EXIT', from, to }, atom('killed'));
        connection.send({ kind: 'PAYLOAD_MONITOR_P_EXIT', from, to, ref }, atom('noconnection'));
        connection.send({ kind: 'GROUP_LEADER', from: new Pid('raw@127.0.0.1', 1, 0, 7), to });
      }
      await shellStillWorks();
      assert.equal(existsSync(mark), false);
      assert.ok(connection.isOpen, 'nothing of it ends the connection');
      connection.close();
      hub.setCookie('raw@127.0.0.1', undefined);
    },
  );
}
