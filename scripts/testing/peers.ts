/**
 * What the tests need beside Node, and how to get it: Erlang, Elixir, OpenSSH, shells, network namespaces, Chromium, Firefox, nginx, Caddy
 * and PostgreSQL from Debian's packages, and newer releases of Erlang in folders made by debootstrap, outside the repository (CONVOY_PEERS,
 * else ~/.cache/convoy). As root, or with a sudo that needs no password, it installs what is missing; otherwise it says in one line what
 * to install.
 */

import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

interface Peer {
  readonly command: string;
  readonly packages: readonly string[];
  /** Not every release has the package: tests that need it are skipped without it, in CI too. */
  readonly isOptional?: true;
}

const peers: readonly Peer[] = [
  { command: '/usr/bin/erl', packages: ['erlang-base', 'erlang-dev', 'erlang-ssl', 'erlang-runtime-tools'] },
  { command: '/usr/bin/elixir', packages: ['elixir'] },
  { command: '/usr/sbin/sshd', packages: ['openssh-server'] },
  { command: '/usr/bin/ssh', packages: ['openssh-client'] },
  { command: '/usr/bin/openssl', packages: ['openssl'] },
  { command: '/usr/sbin/ip', packages: ['iproute2'] },
  { command: '/usr/bin/zsh', packages: ['zsh'] },
  { command: '/usr/bin/fish', packages: ['fish'] },
  { command: '/usr/bin/tcsh', packages: ['tcsh'] },
  { command: '/usr/bin/chromium', packages: ['chromium'] },
  { command: '/usr/bin/firefox-esr', packages: ['firefox-esr'] },
  { command: '/usr/sbin/nginx', packages: ['nginx'] },
  { command: '/usr/bin/caddy', packages: ['caddy'], isOptional: true },
  // Only for `npm run test:all`. Other releases of Debian have other versions, in other folders.
  { command: '/usr/lib/postgresql/15/bin/postgres', packages: ['postgresql-15'], isOptional: true },
  { command: '/usr/sbin/debootstrap', packages: ['debootstrap'] },
];

/** Debian releases whose Erlang is tested beside the machine's own. */
const roots = [
  { release: '27', suite: 'trixie' },
  { release: '29', suite: 'forky' },
] as const;

/** How Debian's current suites are made; named, because an older debootstrap does not know the names of newer suites. */
const rootScript = '/usr/share/debootstrap/scripts/sid';
const aptLists = ['/etc/apt/sources.list', '/etc/apt/sources.list.d/debian.sources'];

export function peersFolder(): string {
  return process.env['CONVOY_PEERS'] ?? join(homedir(), '.cache', 'convoy');
}

function elevation(): string[] | undefined {
  if (process.getuid?.() === 0) return [];
  return spawnSync('sudo', ['-n', 'true']).status === 0 ? ['sudo', '-n'] : undefined;
}

function run(command: readonly string[]): boolean {
  const [file = '', ...args] = command;
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  return spawnSync(file, args, { stdio: ['ignore', 'inherit', 'inherit'], env }).status === 0;
}

function installPackages(prefix: readonly string[], packages: readonly string[]): boolean {
  if (!existsSync('/usr/bin/apt-get')) return false;
  const apt = [...prefix, 'apt-get', '-qq', '-o', 'Dpkg::Use-Pty=0'];
  return run([...apt, 'update']) && run([...apt, 'install', '-y', '--no-install-recommends', ...packages]);
}

/** The mirror this machine installs Debian packages from; `undefined` lets debootstrap choose. */
function aptMirror(): string | undefined {
  const texts = aptLists.filter((file) => existsSync(file)).map((file) => readFileSync(file, 'utf8'));
  return /^(?:deb\s|URIs:).*?(https?:\/\/\S+\/debian)\/?(?=\s|$)/m.exec(texts.join('\n'))?.[1];
}

/** Made under a temporary name first, so that an interrupted run leaves no incomplete system. */
function makeRoot(prefix: readonly string[], folder: string, suite: string): boolean {
  const half = `${folder}.making`;
  rmSync(half, { recursive: true, force: true });
  mkdirSync(peersFolder(), { recursive: true });
  const include = '--include=erlang-base,erlang-ssl,erlang-runtime-tools,elixir';
  const mirror = aptMirror();
  // A script can be named only after a mirror.
  const words = [
    '--variant=minbase',
    include,
    suite,
    half,
    ...(mirror === undefined ? [] : [mirror, rootScript]),
  ];
  if (!run([...prefix, 'debootstrap', ...words])) return false;
  renameSync(half, folder);
  return true;
}

/** Where the observer is unpacked in an installation; `root` is '' for the machine itself. */
export function observerFolder(root: string): string {
  return root === '' ? join(peersFolder(), 'observer') : '/opt/observer';
}

/** Unpacks the package of the observer without what it depends on, a desktop library: etop needs none of it. */
function unpackObserver(root: string): void {
  const folder = observerFolder(root);
  if (existsSync(join(root, folder))) return;
  const script =
    'mkdir -p "$1.making" && cd "$1.making" && apt-get -qq download erlang-observer && dpkg-deb -x *.deb . && mv "$1.making" "$1"';
  const shell = ['sh', '-c', script, 'sh', folder];
  run(root === '' ? shell : ['chroot', root, ...shell]);
}

function isMissing({ command }: Peer): boolean {
  return !existsSync(command);
}

/** Installs what is missing, if it may. Returns what is still missing as one line to print, or an empty string. */
export function ensurePeers(): string {
  const needed = peers.filter(({ isOptional }) => isOptional !== true);
  const optional = peers.filter(({ isOptional }) => isOptional === true);
  const prefix = elevation();
  // Apart, because apt installs nothing at all when it does not know one of the packages.
  for (const wanted of [needed.filter(isMissing), optional.filter(isMissing)]) {
    const packages = wanted.flatMap((peer) => peer.packages);
    if (packages.length === 0 || prefix === undefined) continue;
    console.error(`installing for the tests: ${packages.join(' ')}`);
    installPackages(prefix, packages);
  }
  const still = needed.filter(isMissing).flatMap((peer) => peer.packages);
  if (still.length > 0) return `sudo apt-get install -y --no-install-recommends ${still.join(' ')}`;
  if (prefix?.length !== 0) return '';
  for (const { release, suite } of roots) {
    const folder = join(peersFolder(), `otp-${release}`);
    if (!existsSync(folder) && !makeRoot(prefix, folder, suite)) return `debootstrap of ${suite} failed`;
    unpackObserver(folder);
  }
  unpackObserver('');
  return '';
}
