/**
 * Which packages and folders may import which, and which `node:` modules a folder may use, as data. check-boundaries.ts
 * enforces it. After a change here, run `node scripts/layer-drawing.ts` to update the drawing in ARCHITECTURE.md.
 *
 * The rows of a package stand from the bottom to the top: a layer reaches only rows before its own, whatever it lists, so
 * no two layers can import one another.
 */

/** A folder or a file without its ending, relative to the package's `src`; the longest match counts. */
export interface Layer {
  readonly place: string;
  /**
   * Other places of the same package it may import, each listed before it. `*` is all of those. Rows that lie within its own
   * place need no mention.
   */
  readonly mayImport: readonly string[];
  /** Built-in modules it may import, without `node:`. Left out: none. */
  readonly builtins?: readonly string[];
}

export interface PackageRules {
  /** Doors of our own packages it may import. */
  readonly packages: readonly string[];
  /** Those of them it may import types from, and nothing that runs. */
  readonly typesOnly?: readonly string[];
  readonly layers: readonly Layer[];
  /** Folders that may hold more than 14 files, each with its reason beside it. */
  readonly largeFolders?: readonly string[];
}

/** The small doors of `@convoy/node` that load nothing, also for the page. */
const floorDoors = ['@convoy/node/async', '@convoy/node/names'];

const nodeFloor = ['errors', 'limits', 'clock', 'eviction-queue', 'async', 'names', 'events', 'system-error'];
const pageState = ['console-link', 'state', 'router'];
const clusterFloor = ['errors', 'is-alive', 'child-environment'];

const railwayCalls = ['model', 'operations', 'calls', 'streams'].map((room) => `platforms/railway/${room}`);
const railwayClient = [...railwayCalls, 'platforms/railway/client'];

/** What the table of strategies reads of each platform: a file with its rows, which loads no client. */
const platformStrategies = ['platforms/railway/strategies/by-name'];

/** A platform of cluster: the rooms of its folder, and `index`, the one file that others import. `index` exports `facts`, too. */
function platform(folder: string, rooms: readonly Layer[], facts: readonly string[] = []): Layer[] {
  const places = rooms.map((room) => ({ ...room, place: `${folder}/${room.place}` }));
  return [
    ...places,
    { place: `${folder}/index`, mayImport: ['errors', ...facts, ...places.map(({ place }) => place)] },
  ];
}

/** What every platform of the console builds on, and the doors of the platforms: none of them sees another. */
const placeContracts = ['place', 'place-registry', 'open-places', 'form-schema'].map(
  (file) => `places/${file}`,
);
const consolePlatforms = ['local', 'ssh', 'railway'].map((name) => `places/${name}/index`);

export const packageRules: Readonly<Record<string, PackageRules>> = {
  node: {
    packages: [],
    layers: [
      { place: 'errors', mayImport: [] },
      { place: 'async', mayImport: [] },
      { place: 'names', mayImport: [] },
      { place: 'limits', mayImport: [] },
      { place: 'clock', mayImport: [] },
      { place: 'eviction-queue', mayImport: [] },
      { place: 'system-error', mayImport: [] },
      { place: 'visible-text', mayImport: [] },
      { place: 'etf', mayImport: ['errors'] },
      { place: 'etf/compressed', mayImport: ['errors', 'etf'], builtins: ['zlib'] },
      { place: 'etf/decode', mayImport: ['errors', 'limits', 'etf'] },
      { place: 'etf/encode', mayImport: ['errors', 'limits', 'etf', 'etf/decode'] },
      { place: 'etf/text', mayImport: ['errors', 'visible-text', 'etf', 'etf/decode'] },
      { place: 'etf/index', mayImport: ['etf'] },
      { place: 'events', mayImport: [], builtins: ['diagnostics_channel'] },
      { place: 'epmd/messages', mayImport: ['errors'] },
      { place: 'epmd/registration-table', mayImport: ['epmd/messages'] },
      { place: 'epmd', mayImport: nodeFloor, builtins: ['net', 'stream'] },
      { place: 'distribution', mayImport: ['etf', 'errors', 'names'], builtins: ['crypto'] },
      { place: 'process/relations', mayImport: ['etf'] },
      { place: 'process', mayImport: ['etf', ...nodeFloor] },
      { place: 'net', mayImport: ['distribution', 'etf', ...nodeFloor], builtins: ['process'] },
      {
        place: 'net/resolvers',
        mayImport: ['net', 'epmd/index', ...nodeFloor],
        builtins: ['dns/promises', 'net'],
      },
      { place: 'net/transports/socket-table', mayImport: [], builtins: ['net'] },
      {
        place: 'net/transports/owner-check',
        mayImport: ['errors', 'net/transports/socket-table'],
        builtins: ['fs/promises', 'os', 'process'],
      },
      { place: 'net/transports/memory', mayImport: ['net', 'errors'] },
      {
        place: 'net/transports',
        mayImport: ['net', 'epmd/index', ...nodeFloor],
        builtins: ['events', 'net', 'process', 'stream', 'tls'],
      },
      {
        place: 'node/options',
        mayImport: ['etf', 'net', 'process', 'visible-text', ...nodeFloor],
        builtins: ['net', 'os'],
      },
      {
        place: 'node/runtime',
        mayImport: ['distribution', 'etf', 'net', 'process', 'node/options', ...nodeFloor],
        builtins: ['async_hooks', 'crypto'],
      },
      {
        place: 'node/calls',
        mayImport: ['distribution', 'etf', 'net', 'process', 'node/runtime', ...nodeFloor],
      },
      { place: 'node/global/state', mayImport: ['etf'] },
      {
        place: 'node/global',
        mayImport: ['etf', 'process', 'node/runtime', 'node/calls', ...nodeFloor],
        builtins: ['crypto'],
      },
      { place: 'node', mayImport: ['*'] },
      { place: 'index', mayImport: ['*'] },
      { place: 'testing', mayImport: ['*'] },
    ],
  },
  cluster: {
    packages: [...floorDoors, '@convoy/node', '@convoy/node/etf', '@convoy/node/epmd'],
    layers: [
      { place: 'errors', mayImport: [] },
      { place: 'is-alive', mayImport: [] },
      { place: 'child-environment', mayImport: [] },
      { place: 'on-node', mayImport: [], builtins: ['crypto', 'fs'] },
      { place: 'platforms/railway/token-variables', mayImport: [] },
      { place: 'platforms/token-variables', mayImport: ['platforms/railway/token-variables'] },
      { place: 'forms', mayImport: [] },
      { place: 'launch/provider', mayImport: [] },
      {
        place: 'launch',
        mayImport: [...clusterFloor, 'forms', 'platforms/token-variables'],
        builtins: ['child_process', 'string_decoder'],
      },
      {
        place: 'runtimes',
        mayImport: clusterFloor,
        builtins: ['child_process', 'crypto', 'fs', 'fs/promises', 'os', 'path', 'process', 'util'],
      },
      { place: 'tunnels/tunnel', mayImport: [], builtins: ['stream'] },
      { place: 'tunnels', mayImport: ['errors'], builtins: ['net', 'stream'] },
      {
        place: 'bridge',
        mayImport: [...clusterFloor, 'runtimes', 'tunnels'],
        builtins: ['child_process', 'crypto', 'fs/promises', 'net', 'os', 'path', 'url'],
      },
      { place: 'strategies/discovery-error', mayImport: [] },
      { place: 'strategies/gossip-packet', mayImport: ['strategies/discovery-error'], builtins: ['crypto'] },
      { place: 'strategies/strategy', mayImport: [] },
      {
        place: 'strategies',
        mayImport: [],
        builtins: ['dgram', 'dns/promises', 'fs/promises', 'net', 'os', 'path'],
      },
      {
        place: 'platforms/local',
        mayImport: [...clusterFloor, 'forms', 'launch', 'on-node', 'runtimes', 'tunnels'],
        builtins: ['fs/promises', 'path'],
      },
      ...platform('platforms/ssh', [
        { place: 'form', mayImport: ['forms'] },
        { place: 'connection/ssh-connection', mayImport: [], builtins: ['stream'] },
        { place: 'connection', mayImport: [...clusterFloor], builtins: ['net', 'stream'] },
        {
          place: 'config',
          mayImport: [...clusterFloor, 'platforms/ssh/connection'],
          builtins: ['crypto', 'fs/promises', 'path'],
        },
        {
          place: 'ssh2',
          mayImport: [...clusterFloor, 'platforms/ssh/connection', 'platforms/ssh/config'],
          builtins: ['events', 'fs/promises', 'net', 'os', 'path', 'stream'],
        },
        {
          place: 'system',
          mayImport: [...clusterFloor, 'platforms/ssh/connection'],
          builtins: ['child_process', 'events', 'fs', 'fs/promises', 'net', 'os', 'path', 'stream'],
        },
        {
          place: 'host',
          mayImport: [
            ...clusterFloor,
            'launch',
            'on-node',
            'runtimes',
            'tunnels',
            'platforms/ssh/connection',
            'platforms/ssh/ssh2/dial-ssh',
          ],
          builtins: ['crypto'],
        },
        {
          place: 'provider',
          mayImport: [
            ...clusterFloor,
            'launch',
            'on-node',
            'tunnels',
            'platforms/ssh/connection',
            'platforms/ssh/host',
          ],
          builtins: ['crypto'],
        },
      ]),
      ...platform(
        'platforms/railway',
        [
          { place: 'form', mayImport: ['forms'] },
          { place: 'model', mayImport: [] },
          { place: 'operations', mayImport: ['platforms/railway/model'] },
          {
            place: 'calls',
            mayImport: ['platforms/railway/model', 'platforms/railway/operations'],
          },
          {
            place: 'streams',
            mayImport: ['platforms/railway/model', 'platforms/railway/operations', 'platforms/railway/calls'],
            builtins: ['crypto'],
          },
          { place: 'client', mayImport: railwayCalls },
          {
            place: 'deployments',
            mayImport: ['errors', 'launch', ...railwayClient],
          },
          {
            place: 'services',
            mayImport: [
              'errors',
              'platforms/token-variables',
              'launch',
              ...railwayClient,
              'platforms/railway/deployments',
            ],
            builtins: ['crypto'],
          },
          {
            place: 'provider',
            mayImport: [
              'errors',
              'launch',
              'tunnels',
              'platforms/ssh/index',
              ...railwayClient,
              'platforms/railway/deployments',
              'platforms/railway/services',
            ],
            builtins: ['crypto', 'fs/promises', 'os', 'path'],
          },
          {
            place: 'strategies',
            mayImport: [
              'strategies',
              'platforms/railway/token-variables',
              ...railwayClient,
              'platforms/railway/services',
            ],
          },
        ],
        ['platforms/railway/token-variables'],
      ),
      { place: 'discovery/membership', mayImport: ['strategies'], builtins: ['diagnostics_channel'] },
      { place: 'discovery', mayImport: ['strategies', ...platformStrategies], builtins: ['fs'] },
      {
        place: 'doctor',
        mayImport: ['tunnels', 'platforms/ssh/index'],
        builtins: ['crypto', 'dns/promises', 'events', 'net'],
      },
      { place: 'members/facts', mayImport: [] },
      { place: 'members/entry', mayImport: ['errors', 'members/facts'] },
      { place: 'members/state', mayImport: ['errors', 'members/facts'] },
      { place: 'members/mesh', mayImport: ['errors', 'members/facts', 'members/state'] },
      { place: 'members', mayImport: ['errors'] },
      { place: 'index', mayImport: [...clusterFloor, 'forms', 'launch', 'tunnels', 'platforms/local'] },
    ],
  },
  'railway-simulator': {
    packages: ['@convoy/cluster', '@convoy/cluster/railway'],
    layers: [
      { place: 'containers/container-command', mayImport: [], builtins: ['path'] },
      { place: 'containers/simulated-runtime', mayImport: [], builtins: ['stream'] },
      {
        place: 'containers',
        mayImport: [],
        builtins: ['crypto', 'events', 'fs/promises', 'net', 'path', 'stream'],
      },
      { place: 'namespaces/zone', mayImport: [], builtins: ['net'] },
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
      { place: 'world/deployment-machine', mayImport: [] },
      {
        place: 'world',
        mayImport: ['containers/simulated-runtime'],
        builtins: ['stream', 'timers/promises'],
      },
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
    packages: ['@convoy/node', '@convoy/node/async', '@convoy/node/etf'],
    // `session`: it gets its rooms when Session keeps the reducer itself.
    largeFolders: ['session'],
    layers: [
      { place: 'errors', mayImport: [] },
      { place: 'cell-width', mayImport: [] },
      { place: 'line-editor', mayImport: ['errors', 'cell-width'] },
      { place: 'io', mayImport: ['errors'] },
      { place: 'sanitize', mayImport: ['cell-width'] },
      { place: 'group-leader', mayImport: ['errors', 'io'], builtins: ['async_hooks'] },
      { place: 'repl', mayImport: ['errors', 'io', 'cell-width', 'line-editor'] },
      {
        place: 'session',
        mayImport: ['errors', 'io', 'cell-width', 'line-editor', 'group-leader', 'repl', 'sanitize'],
        builtins: ['crypto', 'timers/promises'],
      },
      {
        place: 'history-file',
        mayImport: ['line-editor', 'repl', 'session'],
        builtins: ['fs', 'path'],
      },
      {
        place: 'terminal',
        mayImport: ['errors', 'session', 'line-editor'],
        builtins: ['readline', 'stream'],
      },
      {
        place: 'evaluator',
        mayImport: ['errors', 'io', 'line-editor'],
        builtins: ['console', 'inspector', 'module', 'stream', 'util', 'vm'],
      },
      { place: 'index', mayImport: ['*'] },
    ],
  },
  console: {
    packages: [
      ...floorDoors,
      '@convoy/node',
      '@convoy/node/epmd',
      '@convoy/node/etf',
      '@convoy/cluster',
      '@convoy/cluster/doctor',
      '@convoy/cluster/railway',
      '@convoy/cluster/ssh',
      '@convoy/shell',
    ],
    layers: [
      { place: 'protocol', mayImport: [] },
      { place: 'errors', mayImport: ['protocol'] },
      { place: 'bounded-json', mayImport: ['errors'] },
      { place: 'shown-json', mayImport: [] },
      { place: 'own-nodes', mayImport: [] },
      { place: 'fault-boundary', mayImport: [], builtins: ['async_hooks'] },
      { place: 'file-problem', mayImport: ['errors'] },
      { place: 'replace-file', mayImport: [], builtins: ['fs'] },
      { place: 'store/store', mayImport: [] },
      { place: 'store/tables', mayImport: [] },
      { place: 'store/migrations', mayImport: [] },
      { place: 'store/damaged-store', mayImport: ['errors'] },
      { place: 'store', mayImport: ['errors'] },
      { place: 'store/records', mayImport: ['store'] },
      {
        place: 'store/sqlite',
        mayImport: ['file-problem', 'store'],
        builtins: ['fs', 'path', 'sqlite'],
      },
      {
        place: 'auth',
        mayImport: ['errors', 'replace-file', 'store/store'],
        builtins: ['crypto', 'fs', 'http', 'net'],
      },
      {
        place: 'saved-state',
        mayImport: ['errors', 'file-problem', 'auth', 'store'],
        builtins: ['crypto', 'fs', 'path'],
      },
      { place: 'audit', mayImport: ['errors', 'file-problem', 'protocol'], builtins: ['fs'] },
      { place: 'places', mayImport: ['protocol', 'errors', 'fault-boundary', 'own-nodes'] },
      { place: 'places/local', mayImport: placeContracts },
      { place: 'places/local/index', mayImport: ['places/local'] },
      {
        place: 'places/ssh',
        mayImport: ['protocol', 'errors', 'fault-boundary', 'own-nodes', ...placeContracts],
        builtins: ['crypto'],
      },
      { place: 'places/ssh/index', mayImport: ['places/ssh'] },
      {
        place: 'places/railway',
        mayImport: ['protocol', 'errors', 'fault-boundary', 'own-nodes', ...placeContracts],
        builtins: ['crypto'],
      },
      { place: 'places/railway/index', mayImport: ['places/railway'] },
      { place: 'platforms', mayImport: [...placeContracts, ...consolePlatforms] },
      {
        place: 'nodes',
        mayImport: ['protocol', 'errors', 'fault-boundary', 'file-problem', 'own-nodes', ...placeContracts],
        builtins: ['crypto'],
      },
      {
        place: 'shells',
        mayImport: ['protocol', 'errors', 'fault-boundary', 'own-nodes', 'auth', 'audit', 'nodes'],
        builtins: ['crypto'],
      },
      {
        place: 'live',
        mayImport: [
          'errors',
          'bounded-json',
          'shown-json',
          'fault-boundary',
          'protocol',
          'auth',
          'audit',
          'platforms',
          'nodes',
          'shells',
        ],
        builtins: ['http', 'stream'],
      },
      {
        place: 'api',
        mayImport: ['errors', 'bounded-json', 'shown-json', 'protocol', 'auth', 'audit', 'live'],
        builtins: ['fs/promises', 'net', 'path'],
      },
      {
        place: 'server',
        mayImport: ['*'],
        builtins: ['child_process', 'crypto', 'events', 'fs', 'http', 'net', 'os', 'path', 'url'],
      },
      {
        place: 'backup',
        mayImport: ['errors', 'file-problem', 'replace-file', 'saved-state', 'server', 'store'],
        builtins: ['fs', 'path', 'stream/promises'],
      },
      { place: 'index', mayImport: ['*'] },
    ],
  },
  'console-web': {
    packages: [
      ...floorDoors,
      '@convoy/console/client',
      '@convoy/console/protocol',
      '@convoy/shell/cell-width',
    ],
    // Its schemas would make the page a quarter larger.
    typesOnly: ['@convoy/console/protocol'],
    layers: [
      { place: 'router', mayImport: [] },
      { place: 'console-link', mayImport: [] },
      { place: 'state/page', mayImport: [] },
      { place: 'state/nodes', mayImport: ['console-link', 'state/page'] },
      { place: 'terminal', mayImport: ['state/page'] },
      { place: 'state/shells', mayImport: ['console-link', 'state/nodes', 'state/page', 'terminal'] },
      { place: 'state', mayImport: ['router', 'console-link', 'terminal'] },
      { place: 'components', mayImport: pageState },
      { place: 'components/launching', mayImport: ['components', ...pageState] },
      { place: 'components/nodes', mayImport: ['components', ...pageState] },
      {
        place: 'components/hosts',
        mayImport: ['components', 'components/launching', 'components/nodes', ...pageState],
      },
      { place: 'components/railway', mayImport: ['components', 'components/launching', ...pageState] },
      { place: 'components/mesh', mayImport: ['components', 'components/nodes', ...pageState] },
      { place: 'components/dock', mayImport: ['components', 'terminal', ...pageState] },
      { place: 'pages', mayImport: ['components', ...pageState] },
      { place: 'styles', mayImport: [] },
      { place: 'app', mayImport: ['components', 'pages', ...pageState] },
      { place: 'main', mayImport: ['*'] },
    ],
  },
  cli: {
    packages: [
      ...floorDoors,
      '@convoy/node',
      '@convoy/node/etf',
      '@convoy/node/epmd',
      '@convoy/cluster',
      '@convoy/cluster/bridge',
      '@convoy/cluster/discovery',
      '@convoy/cluster/doctor',
      '@convoy/cluster/railway',
      '@convoy/cluster/ssh',
      '@convoy/cluster/worker',
      '@convoy/railway-simulator',
      '@convoy/shell',
      '@convoy/shell/evaluator',
      '@convoy/console',
      '@convoy/console/backup',
      '@convoy/console/client',
      '@convoy/console/protocol',
      '@convoy/console/running',
    ],
    layers: [
      { place: 'errors', mayImport: [] },
      { place: 'exit-codes', mayImport: [] },
      { place: 'hints', mayImport: [] },
      { place: 'lost-output', mayImport: ['exit-codes'] },
      { place: 'output', mayImport: ['errors', 'exit-codes', 'hints'] },
      { place: 'compile-cache', mayImport: [], builtins: ['fs', 'module', 'os', 'path'] },
      { place: 'npm-parent', mayImport: [], builtins: ['fs'] },
      {
        place: 'terminal',
        mayImport: ['exit-codes', 'lost-output', 'output'],
        builtins: ['child_process', 'fs', 'path', 'tty', 'url'],
      },
      {
        place: 'options',
        mayImport: ['errors', 'output', 'terminal'],
        builtins: ['child_process', 'fs', 'net', 'os', 'path', 'url', 'util'],
      },
      {
        place: 'targets',
        mayImport: ['errors', 'output', 'options'],
        builtins: ['crypto', 'fs', 'os'],
      },
      { place: 'completion', mayImport: ['output', 'options', 'targets'] },
      {
        place: 'running',
        mayImport: ['errors', 'exit-codes', 'lost-output', 'output', 'options'],
        builtins: ['async_hooks', 'child_process', 'events', 'fs/promises', 'path', 'url'],
      },
      {
        place: 'commands',
        mayImport: [
          'errors',
          'exit-codes',
          'hints',
          'output',
          'terminal',
          'options',
          'targets',
          'running',
          'completion',
        ],
        builtins: ['crypto', 'dns/promises', 'fs', 'os', 'path', 'readline/promises', 'url'],
      },
      {
        place: 'commands/console',
        mayImport: ['errors', 'output', 'terminal', 'options', 'targets'],
        builtins: ['path'],
      },
      { place: 'program', mayImport: ['*'] },
      { place: 'main', mayImport: ['*'] },
    ],
  },
};
