/**
 * What the environment of an Elixir or Erlang release says about distribution, read the way its start script and `erl`
 * would: `RELEASE_NODE`, `RELEASE_DISTRIBUTION`, `ERL_DIST_PORT`, and the flags in `ERL_AFLAGS`, `ERL_FLAGS` and
 * `ERL_ZFLAGS`. Flags that mean nothing to a TypeScript node are passed over. Pure.
 */

export interface ReleaseSettings {
  readonly name?: string;
  readonly cookie?: string;
  readonly listenPort?: string;
  /** The port of all nodes, without EPMD. */
  readonly distPort?: string;
  readonly proto?: string;
  readonly hidden?: boolean;
  readonly epmd?: string;
}

/** Words as a shell splits them: quotes hold words together and go. */
function splitWords(text: string): string[] {
  return Array.from(text.matchAll(/(?:"[^"]*"|'[^']*'|[^\s"'])+/g), ([word]) => word.replaceAll(/["']/g, ''));
}

/** The values of each flag; of a flag given twice, those of the last. `-kernel` gives one entry per parameter. */
function parseEmulatorFlags(words: readonly string[]): Map<string, string> {
  const found = new Map<string, string>();
  let flag = '';
  let values: string[] = [];
  const keep = (): void => {
    if (flag === '-kernel') {
      for (let at = 0; at + 1 < values.length; at += 2) found.set(values[at] ?? '', values[at + 1] ?? '');
    } else found.set(flag, values.join(' '));
  };
  for (const word of words) {
    if (/^[-+][A-Za-z]/.test(word)) {
      keep();
      [flag, values] = [word, []];
    } else values.push(word);
  }
  keep();
  return found;
}

/** `ERL_DIST_PORT` is what start scripts of releases (relx) turn into `-start_epmd false -erl_epmd_port`. */
function distPortOf(env: NodeJS.ProcessEnv, flags: Map<string, string>): string | undefined {
  return flags.get('-erl_epmd_port') ?? flags.get('erl_epmd_node_listen_port') ?? env['ERL_DIST_PORT'];
}

/** A node that starts no EPMD uses the one that runs, unless it does without altogether. */
function epmdOfSilentStart(env: NodeJS.ProcessEnv, flags: Map<string, string>): string {
  return distPortOf(env, flags) === undefined ? 'system' : 'none';
}

/** Protocols under the names that `--proto` has for them. */
const protocols: Readonly<Record<string, string>> = {
  inet_tcp: 'inet',
  inet6_tcp: 'inet6',
  inet_tls: 'tls',
  inet6_tls: 'tls6',
};

function listenPortOf(flags: Map<string, string>): string | undefined {
  const min = flags.get('inet_dist_listen_min');
  const max = flags.get('inet_dist_listen_max');
  if (min === undefined) return undefined;
  return max === undefined || max === min ? min : `${min}-${max}`;
}

/** The settings that are there; what is not said is left out. */
export function readReleaseEnvironment(env: NodeJS.ProcessEnv): ReleaseSettings {
  const words = ['ERL_AFLAGS', 'ERL_FLAGS', 'ERL_ZFLAGS'].flatMap((name) => splitWords(env[name] ?? ''));
  const flags = parseEmulatorFlags(words);
  const isDistributed = env['RELEASE_DISTRIBUTION'] !== 'none';
  const settings: Record<keyof ReleaseSettings, string | boolean | undefined> = {
    name: flags.get('-name') ?? flags.get('-sname') ?? (isDistributed ? env['RELEASE_NODE'] : undefined),
    cookie: env['RELEASE_COOKIE'] ?? flags.get('-setcookie'),
    listenPort: listenPortOf(flags),
    distPort: distPortOf(env, flags),
    proto: protocols[flags.get('-proto_dist') ?? ''],
    hidden: flags.has('-hidden') ? true : undefined,
    epmd: flags.get('-start_epmd') === 'false' ? epmdOfSilentStart(env, flags) : undefined,
  };
  return Object.fromEntries(
    Object.entries(settings).filter(([, value]) => value !== undefined && value !== ''),
  );
}
