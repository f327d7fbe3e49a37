/** Every option that the environment and the configuration file can set, and the kind of its value. Pure. */

/**
 * The kind of a value. In a variable, items of a `list` are separated by commas or spaces, those of `topologies` by spaces
 * only; in a file, a topology may be an object.
 */
export type SettingKind = 'text' | 'flag' | 'list' | 'topologies';

/** The kind of every option, by its name in camel case. */
export const settingKinds = {
  acceptNewHostKey: 'flag',
  allowedHost: 'list',
  attach: 'list',
  awaitPeers: 'text',
  awaitTimeout: 'text',
  basePath: 'text',
  cookieFile: 'text',
  dataDir: 'text',
  discover: 'topologies',
  discoverFor: 'list',
  distPort: 'text',
  dnsServer: 'list',
  drainTimeout: 'text',
  epmd: 'text',
  hidden: 'flag',
  host: 'text',
  identity: 'list',
  join: 'list',
  kind: 'text',
  lines: 'text',
  listenHost: 'text',
  listenPort: 'text',
  logLimit: 'text',
  name: 'text',
  nodeLimit: 'text',
  open: 'flag',
  owner: 'list',
  peerCookieFile: 'text',
  port: 'text',
  proto: 'text',
  provider: 'text',
  simulate: 'text',
  ssh: 'text',
  sshEnv: 'list',
  store: 'text',
  storeFile: 'text',
  timeout: 'text',
  tlsCa: 'text',
  tlsCert: 'text',
  tlsKey: 'text',
  tlsVerify: 'text',
  tlsVersions: 'text',
  trustedProxy: 'list',
  via: 'text',
} as const;

/** Name of an option in camel case. */
export type SettingName = keyof typeof settingKinds;

/** All option names. */
export const settingNames: readonly SettingName[] = Object.keys(settingKinds) as SettingName[];
