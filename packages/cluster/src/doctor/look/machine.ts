/**
 * Looks at a host itself, at this machine or through a login: which addresses its programs listen on, and which processes were
 * started as nodes. Of their arguments and environment only names, ports and one setting are read: a cookie never leaves the host.
 */

import { spawn } from 'node:child_process';
import { addAbortListener, once } from 'node:events';
import { anySignal } from '@convoy/node/async';
import { childEnvironment } from '../../child-environment.ts';
import type { ListenerSeen, MachineSeen, ProcessSeen } from '../model/seen.ts';

/** Only processes in the network of the script count: what listens in another one does not listen on this host. */
const script = `
cat /proc/net/tcp /proc/net/tcp6 2>/dev/null | awk '$4 == "0A" { print "listener", $2 }'
own=$(readlink /proc/self/ns/net 2>/dev/null)
ps -A -ww -o pid= -o args= 2>/dev/null | awk '
  { program = $2; sub(/.*\\//, "", program) }
  program ~ /^beam(\\.|$)/ {
    name = ""; listens = "yes"
    for (i = 3; i < NF; i += 1) {
      if ($i == "-extra") break
      if ($i == "-name" || $i == "-sname") name = $(i + 1)
      if ($i == "-dist_listen" && $(i + 1) == "false") listens = "no"
    }
    if (name != "" && seen++ < 256) print $1, name, listens
  }' | while read -r pid name listens; do
  [ "$(readlink "/proc/$pid/ns/net" 2>/dev/null)" = "$own" ] || continue
  port=$(tr '\\000' '\\n' <"/proc/$pid/environ" 2>/dev/null | sed -n 's/^ERL_EPMD_PORT=//p' | head -n 1)
  if [ -z "$port" ] && [ -r "/proc/$pid/environ" ]; then port=4369; fi
  printf 'node %s %s %s %s\\n' "$pid" "$name" "$listens" "$port"
done
echo done
`;

/** Runs a script and returns its output; `undefined` if it could not run. */
export type RunScript = (script: string, signal: AbortSignal) => Promise<string | undefined>;

const lookMs = 5000;

/** `undefined` if the host cannot be looked at. */
export async function observeMachine(run: RunScript, signal: AbortSignal): Promise<MachineSeen | undefined> {
  const output = await run(script, anySignal(signal, AbortSignal.timeout(lookMs)));
  return output === undefined ? undefined : readMachine(output);
}

/** @internal */
export function readMachine(output: string): MachineSeen | undefined {
  const lines = output.slice(0, 1024 * 1024).split('\n');
  const listeners = lines.flatMap((line) => listenerIn(line) ?? []).slice(0, 4096);
  // A host without /proc shows nothing that could be relied on.
  if (!lines.includes('done') || listeners.length === 0) return undefined;
  return { listeners, nodes: lines.flatMap((line) => nodeIn(line) ?? []).slice(0, 256) };
}

function listenerIn(line: string): ListenerSeen | undefined {
  const [, digits, port] = /^listener ([0-9A-F]{8}|[0-9A-F]{32}):([0-9A-F]{4})$/.exec(line) ?? [];
  if (digits === undefined || port === undefined) return undefined;
  return { address: addressIn(digits), port: Number.parseInt(port, 16) };
}

/** The kernel prints words of four bytes in the order of the machine, which is little-endian wherever nodes run. */
function addressIn(digits: string): string {
  const bytes = Buffer.from(digits, 'hex');
  for (let at = 0; at < bytes.length; at += 4) bytes.subarray(at, at + 4).reverse();
  if (bytes.length === 4) return bytes.join('.');
  if (bytes.subarray(0, 12).equals(mapped)) return bytes.subarray(12).join('.');
  const groups = Array.from({ length: 8 }, (_, at) => bytes.readUInt16BE(2 * at).toString(16));
  const text = groups.join(':');
  if (text === '0:0:0:0:0:0:0:0') return '::';
  return text === '0:0:0:0:0:0:0:1' ? '::1' : text;
}

const mapped = Buffer.from('00000000000000000000ffff', 'hex');

function nodeIn(line: string): ProcessSeen | undefined {
  const [, pid, name, listens, port] =
    /^node (\d{1,10}) ([\w.+:%@-]{1,255}) (yes|no) (\d{0,5})$/.exec(line) ?? [];
  if (pid === undefined || name === undefined) return undefined;
  const epmdPort = port === undefined || port === '' ? undefined : Number(port);
  return { osPid: Number(pid), name, listens: listens === 'yes', epmdPort };
}

/** Runs the script on this machine. */
export async function runHere(text: string, signal: AbortSignal): Promise<string | undefined> {
  if (process.platform === 'win32') return undefined;
  const child = spawn('/bin/sh', ['-s'], { env: childEnvironment(), stdio: ['pipe', 'pipe', 'ignore'] });
  const stop = addAbortListener(signal, () => void child.kill('SIGKILL'));
  const chunks: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => void chunks.push(chunk));
  child.stdin.on('error', () => undefined).end(text);
  try {
    await once(child, 'close');
    return Buffer.concat(chunks).toString('latin1');
  } catch {
    return undefined;
  } finally {
    stop[Symbol.dispose]();
  }
}
