/** Inspects a host: its name, its Erlang, Elixir and Convoy, and the processes that are nodes. Changes nothing. */

import type { ProviderNodeKind } from '../../../launch/provider.ts';
import { type HostRuntimes, isOrdinary, parseRuntimes, runtimesScript } from './find-runtimes.ts';
import type { ScriptHost, ScriptOptions, ScriptRow } from './remote-script.ts';
import { runScript, valueOf } from './remote-script.ts';

/** A process that was started as a node, as its arguments show. */
export interface NodeProcess {
  readonly osPid: number;
  readonly user: string;
  /** The name in its arguments. Without a host part, the node adds the machine's own name. */
  readonly givenName: string;
  /** TCP ports it listens on, as far as the login can see them, and ports set in its arguments. */
  readonly ports: readonly number[];
}

/** Options of `inspectHost`. */
export interface InspectOptions extends ScriptOptions {
  /**
   * The kinds of node to be started there. If a login shell does not find their programs, an interactive login shell is
   * asked as well, which may take some seconds. Default: elixir and erlang.
   */
  readonly kinds?: readonly ProviderNodeKind[] | undefined;
}

/** What `inspectHost` found out about a host. */
export interface HostReport extends HostRuntimes {
  /** Operating system and architecture, for example `Linux x86_64`. */
  readonly system: string;
  readonly user: string;
  /** The host's own name, fully qualified if it has a domain. */
  readonly hostname: string;
  /** Path of the program that starts nodes, if one was found. */
  readonly erl?: string;
  readonly elixir?: string;
  readonly convoy?: string;
  /** For example `25`. */
  readonly otpRelease?: string;
  /** For example `1.14.0`. */
  readonly elixirVersion?: string;
  /** EPMD port of this user's nodes: `ERL_EPMD_PORT` of the login, else 4369. */
  readonly epmdPort: number;
  readonly processes: readonly NodeProcess[];
}

/**
 * Only the arguments with the name and the ports leave the host; a cookie in an argument list is not sent. The ports of a
 * process come from /proc if there is one (inodes of its sockets, then the tables of listening sockets), else from lsof.
 */
const bodyFor = (kinds: readonly ProviderNodeKind[]): string => `
say system "$(uname -s) $(uname -m)"
say user "$(id -un)"
say hostname "$(hostname -f 2>/dev/null || hostname 2>/dev/null || uname -n)"
say epmd "\${ERL_EPMD_PORT:-4369}"
${runtimesScript(kinds)}
ports_of() {
  if [ -r "/proc/$1/net/tcp" ]; then
    inodes=$(ls -l "/proc/$1/fd" 2>/dev/null | sed -n 's/.*socket:\\[\\([0-9]*\\)\\].*/\\1/p' | tr '\\n' ' ')
    cat "/proc/$1/net/tcp" "/proc/$1/net/tcp6" 2>/dev/null | awk -v inodes="$inodes" '
      BEGIN { count = split(inodes, list, " "); for (i = 1; i <= count; i += 1) wanted[list[i]] = 1 }
      $4 == "0A" && ($10 in wanted) { parts = split($2, address, ":"); printf "0x%s ", address[parts] }'
  elif command -v lsof >/dev/null 2>&1; then
    lsof -nP -a -p "$1" -iTCP -sTCP:LISTEN -Fn 2>/dev/null | sed -n 's/^n.*:\\([0-9]*\\)$/\\1/p' | tr '\\n' ' '
  fi
}
{ ps -A -ww -o pid= -o user= -o args= 2>/dev/null || ps -o pid,user,args 2>/dev/null; } | awk '
  { program = $3; sub(/.*\\//, "", program) }
  program ~ /^beam(\\.|$)/ || program == "node" || program == "convoy" {
    name = ""; port = ""
    for (i = 4; i < NF; i += 1) {
      if ($i == "-extra") break
      if ($i == "-name" || $i == "-sname" || $i == "--name") name = $(i + 1)
      if ($i == "-erl_epmd_port" || $i == "inet_dist_listen_min" || $i == "--listen-port") port = $(i + 1)
    }
    if (name != "" && seen++ < 64) print $1, $2, name, port
  }' | while read -r pid user name port; do
  say process "$pid" "$user" "$name" "$port $(ports_of "$pid")"
done
`;

/** Inspects a host. Throws `HostError` HOST_UNSUPPORTED, or an error of the connection. */
export async function inspectHost(host: ScriptHost, options: InspectOptions = {}): Promise<HostReport> {
  return parseReport(await runScript(host, bodyFor(options.kinds ?? ['elixir', 'erlang']), options));
}

/** @internal */
export function parseReport(rows: readonly ScriptRow[]): HostReport {
  const programs = parseRuntimes(rows);
  const { elixir, erlang, typescript } = programs.runtimes;
  const found = {
    erl: erlang?.file,
    elixir: elixir?.file,
    convoy: typescript?.file,
    otpRelease: (elixir ?? erlang)?.otpRelease,
    elixirVersion: elixir?.elixirVersion,
  };
  return {
    ...programs,
    system: valueOf(rows, 'system') ?? 'unknown',
    user: valueOf(rows, 'user') ?? 'unknown',
    hostname: hostnameOf(valueOf(rows, 'hostname')),
    ...(Object.fromEntries(Object.entries(found).filter(([, value]) => value !== undefined)) as Partial<
      Record<keyof typeof found, string>
    >),
    epmdPort: portOf(valueOf(rows, 'epmd') ?? '') ?? 4369,
    processes: rows.flatMap((row) => parseProcess(row) ?? []),
  };
}

/** Its runtimes and its name, in one line for people. */
export function describeHost({ runtimes, hostname, system }: HostReport): string {
  const { elixir, erlang } = runtimes;
  const runtime = elixir ?? erlang;
  const otp = runtime?.otpRelease === undefined ? 'no Erlang' : `OTP ${runtime.otpRelease}`;
  const version = elixir?.elixirVersion === undefined ? '' : `, Elixir ${elixir.elixirVersion}`;
  const found = runtime === undefined || isOrdinary(runtime) ? '' : `, found ${runtime.foundBy}`;
  return `${otp}${version} on ${hostname} (${system})${found}`;
}

/** The reported name if it can be the host part of a node name, else `localhost`. */
function hostnameOf(text: string | undefined): string {
  return text !== undefined && /^[A-Za-z0-9][A-Za-z0-9._-]{0,200}$/.test(text) ? text : 'localhost';
}

function parseProcess([key, pid, user, givenName, ports = '']: ScriptRow): NodeProcess | undefined {
  const osPid = Number(pid);
  if (key !== 'process' || !Number.isInteger(osPid) || user === undefined || givenName === undefined)
    return undefined;
  const numbers = ports.split(' ').flatMap((text) => portOf(text) ?? []);
  return { osPid, user, givenName, ports: [...new Set(numbers)].slice(0, 8) };
}

function portOf(text: string): number | undefined {
  const port = Number(text);
  return text !== '' && Number.isInteger(port) && port > 0 && port < 65_536 ? port : undefined;
}
