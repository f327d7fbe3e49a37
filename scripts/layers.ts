/**
 * Who may import whom, as data: between packages, between the folders of each package, and which `node:` modules a
 * folder may touch. check-boundaries.ts enforces it. A change here needs a sentence in ARCHITECTURE.md.
 */

/** A folder or a file without its ending, relative to the package's `src`; the longest match counts. */
export interface Layer {
  readonly place: string;
  /** Other places of the same package it may import. `*` is all of them. */
  readonly mayImport: readonly string[];
  /** Built-in modules it may import, without `node:`. `*` is all of them. Left out: none. */
  readonly builtins?: readonly string[];
}

export interface PackageRules {
  /** Doors of our own packages it may import. */
  readonly packages: readonly string[];
  readonly layers: readonly Layer[];
}

const nodeFloor = ['errors', 'events', 'limits', 'clock', 'strangers', 'async', 'names'];

/** The small doors of `@convoy/node` that load nothing, for every package and for the page. */
const floorDoors = ['@convoy/node/async', '@convoy/node/names'];

export const packageRules: Readonly<Record<string, PackageRules>> = {
  node: {
    packages: [],
    layers: [
      { place: 'errors', mayImport: [] },
      { place: 'async', mayImport: [] },
      { place: 'names', mayImport: [] },
      { place: 'limits', mayImport: [] },
      { place: 'clock', mayImport: [] },
      { place: 'strangers', mayImport: [] },
      { place: 'visible-text', mayImport: [] },
      { place: 'events', mayImport: ['etf'], builtins: ['diagnostics_channel'] },
      { place: 'etf', mayImport: ['errors', 'limits', 'visible-text'] },
      { place: 'etf/compressed', mayImport: ['errors', 'limits', 'etf'], builtins: ['zlib'] },
      { place: 'epmd', mayImport: nodeFloor, builtins: ['net', 'stream'] },
      { place: 'epmd/messages', mayImport: ['errors', 'limits'] },
      { place: 'epmd/name-table', mayImport: ['errors', 'limits', 'epmd/messages'] },
      { place: 'distribution', mayImport: ['etf', 'errors', 'limits'], builtins: ['crypto'] },
      { place: 'process', mayImport: ['etf', ...nodeFloor] },
      {
        place: 'net',
        mayImport: ['distribution', 'epmd', 'etf', ...nodeFloor],
        builtins: ['dns/promises', 'events', 'net', 'process', 'stream', 'tls'],
      },
      { place: 'net/transports/memory', mayImport: ['net', 'errors'] },
      { place: 'node', mayImport: ['*'], builtins: ['async_hooks', 'crypto', 'net', 'os'] },
      { place: 'net/transports/socket-table', mayImport: [], builtins: ['net'] },
      {
        place: 'net/transports/owner-check',
        mayImport: ['errors', 'net'],
        builtins: ['fs/promises', 'os', 'process'],
      },
      { place: 'index', mayImport: ['*'] },
      { place: 'testing', mayImport: ['*'] },
    ],
  },
  cluster: {
    packages: [...floorDoors, '@convoy/node', '@convoy/node/etf', '@convoy/node/epmd'],
    layers: [
      { place: 'errors', mayImport: [] },
      { place: 'is-alive', mayImport: [] },
      { place: 'child-environment', mayImport: [], builtins: ['process'] },
      { place: 'worker', mayImport: ['errors'], builtins: ['*'] },
      { place: 'ssh', mayImport: ['errors', 'child-environment'], builtins: ['*'] },
      { place: 'ssh/ssh-connection', mayImport: ['errors'], builtins: ['stream'] },
      { place: 'tunnels', mayImport: ['errors', 'ssh'], builtins: ['*'] },
      { place: 'tunnels/tunnel', mayImport: ['errors'], builtins: ['stream'] },
      { place: 'bridge', mayImport: ['errors', 'child-environment', 'tunnels'], builtins: ['*'] },
      {
        place: 'remote',
        mayImport: ['errors', 'child-environment', 'ssh', 'tunnels', 'providers', 'worker'],
        builtins: ['*'],
      },
      { place: 'doctor', mayImport: ['errors', 'ssh', 'tunnels', 'remote'], builtins: ['*'] },
      {
        place: 'providers',
        mayImport: [
          'errors',
          'child-environment',
          'providers',
          'worker',
          'ssh',
          'tunnels',
          'remote',
          'railway',
        ],
        builtins: ['*'],
      },
      { place: 'providers/provider', mayImport: ['errors'] },
      { place: 'railway', mayImport: ['errors'], builtins: ['crypto', 'timers/promises'] },
      { place: 'discovery', mayImport: ['errors'], builtins: ['diagnostics_channel'] },
      { place: 'discovery/gossip-packet', mayImport: ['errors'], builtins: ['crypto'] },
      { place: 'strategies', mayImport: ['errors', 'discovery', 'railway', 'providers'], builtins: ['*'] },
      { place: 'index', mayImport: ['*'] },
    ],
  },
  'railway-simulator': {
    packages: [...floorDoors, '@convoy/cluster'],
    layers: [
      {
        place: 'containers',
        mayImport: [],
        builtins: ['crypto', 'events', 'fs/promises', 'net', 'path', 'stream'],
      },
      { place: 'containers/container-command', mayImport: [], builtins: ['path'] },
      { place: 'containers/simulated-runtime', mayImport: [], builtins: ['stream'] },
      {
        place: 'namespaces',
        mayImport: ['containers'],
        builtins: [
          'child_process',
          'crypto',
          'dgram',
          'events',
          'fs/promises',
          'net',
          'path',
          'readline',
          'stream',
          'url',
          'util',
        ],
      },
      { place: 'namespaces/zone', mayImport: [], builtins: ['net'] },
      {
        place: 'world',
        mayImport: ['containers/simulated-runtime'],
        builtins: ['stream', 'timers/promises'],
      },
      { place: 'world/deployment-machine', mayImport: [] },
      {
        place: 'api',
        mayImport: ['containers/simulated-runtime', 'world'],
        builtins: ['crypto', 'http', 'net', 'stream', 'timers/promises'],
      },
      { place: 'ssh-relay', mayImport: [], builtins: ['events', 'net', 'stream'] },
      {
        place: 'railway-simulator',
        mayImport: ['api', 'containers/simulated-runtime', 'ssh-relay', 'world'],
        builtins: ['crypto'],
      },
      { place: 'index', mayImport: ['*'] },
    ],
  },
  shell: {
    packages: [...floorDoors, '@convoy/node', '@convoy/node/etf'],
    layers: [
      { place: 'errors', mayImport: [] },
      { place: 'cell-width', mayImport: [] },
      { place: 'line-editor', mayImport: ['errors', 'cell-width'] },
      { place: 'io', mayImport: ['errors'] },
      { place: 'sanitize', mayImport: ['cell-width'] },
      { place: 'group-leader', mayImport: ['errors', 'io'], builtins: ['async_hooks'] },
      { place: 'repl', mayImport: ['errors', 'io', 'cell-width', 'line-editor', 'group-leader'] },
      { place: 'session', mayImport: ['*'], builtins: ['crypto', 'timers/promises'] },
      { place: 'evaluator', mayImport: ['errors', 'io', 'line-editor'], builtins: ['*'] },
      {
        place: 'terminal',
        mayImport: ['errors', 'session', 'line-editor'],
        builtins: ['process', 'readline', 'stream', 'tty'],
      },
      { place: 'index', mayImport: ['*'] },
    ],
  },
  console: {
    packages: [...floorDoors, '@convoy/node', '@convoy/node/etf', '@convoy/cluster', '@convoy/shell'],
    layers: [
      { place: 'protocol', mayImport: [] },
      { place: 'errors', mayImport: ['protocol'] },
      { place: 'bounded-json', mayImport: ['errors'] },
      { place: 'shown-json', mayImport: [] },
      { place: 'faults', mayImport: [], builtins: ['async_hooks'] },
      { place: 'file-problem', mayImport: ['errors'] },
      { place: 'auth', mayImport: ['errors', 'protocol'], builtins: ['*'] },
      { place: 'audit', mayImport: ['errors', 'file-problem', 'protocol'], builtins: ['*'] },
      {
        place: 'live',
        mayImport: [
          'errors',
          'bounded-json',
          'shown-json',
          'faults',
          'file-problem',
          'protocol',
          'auth',
          'audit',
        ],
        builtins: ['*'],
      },
      {
        place: 'api',
        mayImport: ['errors', 'bounded-json', 'shown-json', 'faults', 'protocol', 'auth', 'audit', 'live'],
        builtins: ['*'],
      },
      { place: 'server', mayImport: ['*'], builtins: ['*'] },
      { place: 'index', mayImport: ['*'] },
    ],
  },
  'console-web': {
    packages: [...floorDoors, '@convoy/console/protocol', '@convoy/shell/cell-width'],
    layers: [{ place: '', mayImport: ['*'] }],
  },
  cli: {
    packages: [
      ...floorDoors,
      '@convoy/node',
      '@convoy/node/etf',
      '@convoy/node/epmd',
      '@convoy/cluster',
      '@convoy/railway-simulator',
      '@convoy/shell',
      '@convoy/shell/evaluator',
      '@convoy/console',
      '@convoy/console/protocol',
      '@convoy/console/running',
    ],
    layers: [{ place: '', mayImport: ['*'], builtins: ['*'] }],
  },
};
