/**
 * The flag or command that carries out the remedy of an error or a fault. The libraries name their own options; this table says
 * what those are called on the command line. Pure.
 */

/** An error or a fault: its code, and the value that was refused. */
export interface HintSubject {
  readonly code: string;
  readonly value?: unknown;
}

const tlsFiles = '--tls-cert FILE and --tls-key FILE.';
const throughSsh = '--via ssh://user@host connects through SSH.';
const cookie = '--cookie-file FILE, or CONVOY_COOKIE in the environment.';
const names = 'convoy nodes lists the names registered with an EPMD (--host HOST, --via ssh://user@host).';
const ownEpmd = 'convoy epmd starts one; --epmd embedded starts one inside the node.';
const hostKey = '--accept-new-host-key trusts the key and saves it.';

const dataDir = '--data-dir FOLDER, or CONVOY_DATA_DIR.';
const frontDoor = '--base-path, --allowed-host, --trusted-proxy and --host set these options.';
const newName = 'convoy up --allowed-host NAME, --trusted-proxy ADDRESS.';
const listen = '--listen-port PORT or MIN-MAX, --listen-host ADDRESS.';
const sshClient = '--ssh system uses the ssh program, --ssh library the built-in client.';
const timeout = '--timeout SECONDS.';

const hints: Readonly<Record<string, string>> = {
  CALL_TIMEOUT: timeout,
  CONNECTION_NAME_UNKNOWN: names,
  CONNECTION_TIMEOUT: throughSsh,
  CONNECTION_TLS_CERTIFICATE_REFUSED: tlsFiles,
  CONNECTION_TLS_CERTIFICATE_WANTED: tlsFiles,
  CONNECTION_TLS_NOT_SPOKEN: 'omit --proto tls.',
  CONNECTION_TLS_NO_COMMON_VERSION: '--tls-versions 1.2,1.3',
  CONNECTION_TLS_REQUIRED: `--proto tls with --tls-ca FILE, ${tlsFiles}`,
  CONNECTION_TLS_UNTRUSTED: '--tls-ca FILE; the file may hold several certificates.',
  CONNECTION_UNREACHABLE: `--proto inet6 for IPv6; ${throughSsh}`,
  CONSOLE_ALREADY_RUNNING: dataDir,
  CONSOLE_BACKUP_FAILED: dataDir,
  CONSOLE_BAD_OPTION: frontDoor,
  CONSOLE_CLUSTER_EXISTS: 'convoy detach CLUSTER leaves it; --name NAME chooses another name.',
  CONSOLE_LISTEN_FAILED: '--port PORT (0 for any free one), --host ADDRESS.',
  CONSOLE_NOT_FOUND: 'convoy list shows the nodes.',
  CONSOLE_NOT_JOINED: 'convoy join A B connects two nodes; convoy doctor NODE finds the cause.',
  CONSOLE_PEER_REFUSED: 'convoy doctor NODE.',
  CONSOLE_SAME_NAME: 'convoy attach NODE --via ssh://HOST.',
  CONSOLE_STORAGE_FAILED: dataDir,
  CONSOLE_STORE_DAMAGED: `convoy restore FILE restores a backup; ${dataDir}`,
  CONSOLE_STORE_NEWER: dataDir,
  CONSOLE_UNAUTHORIZED: 'convoy up prints the link.',
  CONSOLE_WRONG_HOST: newName,
  CONSOLE_WRONG_ORIGIN: newName,
  DISCOVERY_DIAL_REFUSED: 'convoy doctor NODE.',
  DISCOVERY_NOT_READY: 'convoy doctor NODE.',
  EPMD_UNREACHABLE: ownEpmd,
  HANDSHAKE_COOKIE_MISMATCH: cookie,
  HANDSHAKE_TIMEOUT: timeout,
  HOST_NO_COOKIE: '--cookie-file FILE, or --read-cookie to read ~/.erlang.cookie of its owner on the host.',
  NODE_BAD_COOKIE: cookie,
  NODE_BAD_LISTEN: listen,
  NODE_BAD_TLS:
    '--tls-ca FILE, --tls-cert FILE and --tls-key FILE; --tls-verify none trusts every certificate.',
  NODE_LISTEN_FAILED: listen,
  PROVIDER_NO_IMAGE: '--image KIND=IMAGE.',
  PROVIDER_BAD_PROGRAM: '--program PROGRAM.',
  PROVIDER_UNSUPPORTED: 'Leave out --keep, --memory-mb or --program.',
  PROVIDER_NODE_EXITED: 'convoy logs NODE prints all of its output.',
  PROVIDER_LIMIT: 'convoy stop NODE stops one; convoy up --node-limit N raises the limit.',
  SHELL_UNAVAILABLE: '--kind auto.',
  SSH_AUTH_REFUSED: '--identity FILE selects the key.',
  SSH_BAD_CONFIG: sshClient,
  SSH_HOST_KEY_UNKNOWN: hostKey,
  SSH_KEY_UNUSABLE: '--identity FILE selects another key.',
  SSH_PROTOCOL: sshClient,
  TUNNEL_PORT_TAKEN: '--port PORT.',
};

/** Hints for the faults that the doctor finds, which have codes of their own. */
const faultHints: Readonly<Record<string, string>> = {
  COOKIE: cookie,
  EPMD_DOWN: throughSsh,
  EPMD_LOOPBACK: throughSsh,
  EPMD_NAME_UNKNOWN: names,
  EPMD_OTHER_PORT: '--epmd-port PORT, or ERL_EPMD_PORT in the environment.',
  EPMD_SILENT: throughSsh,
  HOST_SILENT: throughSsh,
  NO_COMMON_FAMILY: '--proto inet6 for IPv6, --proto inet for IPv4.',
  NO_ROUTE: `--proto inet6 for IPv6; ${throughSsh}`,
  LARGE_PACKETS_LOST: throughSsh,
  NOT_CONNECTED: 'convoy join A B connects two nodes.',
  PARTIAL_MESH: 'convoy doctor NODE --mesh asks every pair; convoy join A B connects two nodes.',
  PEER_UNREACHABLE: 'convoy doctor NODE, with the name of that node.',
  PORT_CLOSED: throughSsh,
  PORT_LOOPBACK: throughSsh,
  PORT_SILENT: throughSsh,
  REFUSED_ON_THE_WAY: throughSsh,
};

/** The hint for an error or a fault; `undefined` if its remedy needs none. */
export function hintFor({ code, value }: HintSubject): string | undefined {
  if (code === 'CONNECTION_WRONG_OWNER' || code === 'HOST_WRONG_OWNER') {
    const user = typeof value === 'string' ? value : 'USER';
    const read = code === 'HOST_WRONG_OWNER' ? '; --read-cookie uses the cookie of the owner' : '';
    return `--owner ${user} allows that user${read}.`;
  }
  return hints[code] ?? faultHints[code];
}
