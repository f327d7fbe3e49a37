/** The layers of packages/cluster, from the bottom to the top. */

import { floorDoors, type Layer, type PackageRules } from './package-rules.ts';

const clusterFloor = ['errors', 'is-alive', 'child-environment', 'process-identity'];

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

export const clusterRules: PackageRules = {
  packages: [
    ...floorDoors,
    '@convoy/node',
    '@convoy/node/connection',
    '@convoy/node/etf',
    '@convoy/node/epmd',
  ],
  layers: [
    { place: 'errors', mayImport: [] },
    { place: 'is-alive', mayImport: [] },
    { place: 'child-environment', mayImport: [] },
    { place: 'process-identity', mayImport: ['child-environment'], builtins: ['child_process', 'fs'] },
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
      builtins: ['child_process', 'crypto', 'fs', 'fs/promises', 'path', 'stream', 'util'],
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
    { place: 'doctor/model', mayImport: [] },
    { place: 'doctor/faults', mayImport: ['doctor/model'] },
    { place: 'doctor/verdict', mayImport: ['doctor/model', 'doctor/faults'] },
    {
      place: 'doctor/look',
      mayImport: ['child-environment', 'doctor/model'],
      builtins: ['child_process', 'crypto', 'dgram', 'dns/promises', 'events', 'fs/promises', 'net', 'os'],
    },
    {
      place: 'doctor',
      mayImport: ['tunnels', 'platforms/ssh/index'],
      builtins: ['crypto'],
    },
    { place: 'members/facts', mayImport: [] },
    { place: 'members/entry', mayImport: ['errors', 'members/facts'] },
    { place: 'members/state', mayImport: ['errors', 'members/facts'] },
    { place: 'members/mesh', mayImport: ['errors', 'members/facts', 'members/state'] },
    { place: 'members', mayImport: ['errors'] },
    { place: 'inspect/read', mayImport: [] },
    {
      place: 'inspect/asking',
      mayImport: ['errors', 'members/facts', 'members/state', 'inspect/read'],
    },
    { place: 'inspect/tracing', mayImport: ['errors', 'inspect/read', 'inspect/asking'] },
    {
      place: 'inspect/overview',
      mayImport: ['members/facts', 'inspect/read', 'inspect/asking'],
    },
    { place: 'inspect/processes', mayImport: ['inspect/read', 'inspect/asking'] },
    {
      place: 'inspect/trees',
      mayImport: ['inspect/read', 'inspect/asking', 'inspect/processes'],
    },
    { place: 'inspect/tables', mayImport: ['inspect/read', 'inspect/asking'] },
    { place: 'inspect/ports', mayImport: ['inspect/read', 'inspect/asking', 'inspect/processes'] },
    { place: 'inspect/names', mayImport: ['inspect/read', 'inspect/asking'] },
    {
      place: 'inspect/modules',
      mayImport: ['errors', 'inspect/read', 'inspect/asking', 'inspect/processes'],
    },
    {
      place: 'inspect/acts',
      mayImport: ['errors', 'inspect/read', 'inspect/asking', 'inspect/processes'],
    },
    { place: 'inspect', mayImport: ['errors'] },
    { place: 'logs', mayImport: ['inspect/read', 'inspect/asking'] },
    { place: 'index', mayImport: [...clusterFloor, 'forms', 'launch', 'tunnels', 'platforms/local'] },
  ],
};
