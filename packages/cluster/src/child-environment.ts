/**
 * Which variables of our environment a child process inherits. An allow-list: the environment of a console often holds
 * tokens (of Railway, of a cloud, of CI), and a shell on a node shows the node's environment to everyone with access to it.
 * The list has full names and one prefix, `LC_`: all of `ERL_*` or `MISE_*` would let secrets through. Left out on purpose:
 *
 * - ERL_FLAGS, ERL_AFLAGS, ERL_ZFLAGS, ELIXIR_ERL_OPTIONS, NODE_OPTIONS: they change how a node starts, and `-setcookie` in
 *   one of them would end up in the argument list of the emulator;
 * - HTTP_PROXY and the like: their URLs may contain a password;
 * - SSH_AUTH_SOCK: anyone who can use the agent can log in as the user. Only `ssh` itself gets it.
 */

/** What a child process is for: `ssh` is the system's SSH client, `desktop` the program that opens a page in a browser. */
export type ChildPurpose = 'program' | 'ssh' | 'desktop';

const everywhere = [
  ...['PATH', 'HOME', 'USER', 'LOGNAME', 'SHELL', 'LANG', 'LANGUAGE', 'TZ', 'TZDIR', 'TERM', 'NO_COLOR'],
  ...['TMPDIR', 'TMP', 'TEMP', 'LD_LIBRARY_PATH', 'DYLD_LIBRARY_PATH', 'DYLD_FALLBACK_LIBRARY_PATH'],
  ...['SSL_CERT_FILE', 'SSL_CERT_DIR', 'NODE_EXTRA_CA_CERTS', 'LOCALE_ARCHIVE', 'NIX_PROFILES'],
  ...['XDG_CACHE_HOME', 'XDG_CONFIG_HOME', 'XDG_CONFIG_DIRS', 'XDG_DATA_HOME', 'XDG_DATA_DIRS'],
  ...['XDG_RUNTIME_DIR', 'XDG_STATE_HOME'],
] as const;

const erlang = [
  ...['ERL_LIBS', 'ERL_INETRC', 'ERL_ROOTDIR', 'ERL_COMPILER_OPTIONS', 'ERL_CRASH_DUMP_SECONDS'],
  ...['ERL_CRASH_DUMP_BYTES', 'ERL_MAX_PORTS', 'ERL_MAX_ETS_TABLES', 'ERL_FULLSWEEP_AFTER'],
] as const;

/** Variables with which the asdf and mise shims, which replace `erl` and `elixir` on PATH, find the real programs. */
const versionManagers = [
  ...['ASDF_DIR', 'ASDF_DATA_DIR', 'ASDF_CONFIG_FILE', 'ASDF_DEFAULT_TOOL_VERSIONS_FILENAME'],
  ...['ASDF_TOOL_VERSIONS_FILENAME', 'ASDF_ERLANG_VERSION', 'ASDF_ELIXIR_VERSION', 'ASDF_NODEJS_VERSION'],
  ...['MISE_DATA_DIR', 'MISE_CONFIG_DIR', 'MISE_CACHE_DIR', 'MISE_STATE_DIR', 'MISE_GLOBAL_CONFIG_FILE'],
  ...['MISE_TRUSTED_CONFIG_PATHS', 'MISE_ERLANG_VERSION', 'MISE_ELIXIR_VERSION', 'MISE_NODE_VERSION'],
] as const;

/** Variables by which a shell, or a shim, finds programs and what they need to run. */
export const programVariables: readonly string[] = [
  ...[
    'PATH',
    'LD_LIBRARY_PATH',
    'DYLD_LIBRARY_PATH',
    'DYLD_FALLBACK_LIBRARY_PATH',
    'ERL_LIBS',
    'ERL_ROOTDIR',
  ],
  ...['NIX_PROFILES', 'XDG_DATA_HOME', 'XDG_CONFIG_HOME', 'XDG_CACHE_HOME', 'XDG_STATE_HOME'],
  ...versionManagers,
];

const windows = [
  ...['SYSTEMROOT', 'SYSTEMDRIVE', 'WINDIR', 'COMSPEC', 'PATHEXT', 'USERNAME', 'USERPROFILE', 'HOMEDRIVE'],
  ...['HOMEPATH', 'APPDATA', 'LOCALAPPDATA', 'PROGRAMDATA', 'PROGRAMFILES', 'PROGRAMFILES(X86)'],
] as const;

const more: Readonly<Record<ChildPurpose, readonly string[]>> = {
  program: [],
  // KRB5CCNAME and KRB5_CONFIG tell Kerberos where its tickets are.
  ssh: ['SSH_AUTH_SOCK', 'KRB5CCNAME', 'KRB5_CONFIG'],
  desktop: [
    ...['DISPLAY', 'WAYLAND_DISPLAY', 'XAUTHORITY', 'DBUS_SESSION_BUS_ADDRESS', 'BROWSER', 'DESKTOP_SESSION'],
    ...['XDG_CURRENT_DESKTOP', 'XDG_SESSION_DESKTOP', 'XDG_SESSION_TYPE', 'KDE_FULL_SESSION'],
    ...['KDE_SESSION_VERSION', 'GNOME_DESKTOP_SESSION_ID', 'WSL_DISTRO_NAME', 'WSL_INTEROP'],
  ],
};

const common: readonly string[] = [...everywhere, ...erlang, ...versionManagers];

/** Every variable name a child may inherit, besides `LC_...`. */
export function inheritedNames(purpose: ChildPurpose = 'program'): readonly string[] {
  return [...common, ...more[purpose]];
}

/** The part of `env` that a child for `purpose` inherits. Pass everything else the child needs explicitly. */
export function childEnvironment(
  env: NodeJS.ProcessEnv = process.env,
  purpose: ChildPurpose = 'program',
): NodeJS.ProcessEnv {
  // Variable names are case-insensitive on Windows.
  const isWindows = process.platform === 'win32';
  const names = new Set([...inheritedNames(purpose), ...(isWindows ? windows : [])]);
  const isInherited = (name: string): boolean => names.has(name) || name.startsWith('LC_');
  return Object.fromEntries(
    Object.entries(env).filter(([name]) => isInherited(isWindows ? name.toUpperCase() : name)),
  );
}
