/** The layers of packages/console, from the bottom to the top. */

import { floorDoors, type PackageRules } from './package-rules.ts';

/** What every platform of the console builds on, and the doors of the platforms: none of them sees another. */
const placeContracts = ['place', 'place-registry', 'adopt-found', 'open-places', 'form-schema'].map(
  (file) => `places/${file}`,
);

const consolePlatforms = ['local', 'ssh', 'railway'].map((name) => `places/${name}/index`);

export const consoleRules: PackageRules = {
  packages: [
    ...floorDoors,
    '@convoy/node',
    '@convoy/node/epmd',
    '@convoy/node/etf',
    '@convoy/cluster',
    '@convoy/cluster/discovery',
    '@convoy/cluster/doctor',
    '@convoy/cluster/inspect',
    '@convoy/cluster/logs',
    '@convoy/cluster/members',
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
    { place: 'store/protection', mayImport: [], builtins: ['crypto'] },
    { place: 'store', mayImport: ['errors'] },
    { place: 'store/records', mayImport: ['store'] },
    {
      place: 'store/sqlite',
      mayImport: ['file-problem', 'store'],
      builtins: ['fs', 'path', 'sqlite'],
    },
    { place: 'store/postgres', mayImport: ['errors', 'store'], builtins: ['crypto'] },
    {
      place: 'auth',
      mayImport: ['errors', 'replace-file', 'store/store'],
      builtins: ['crypto', 'fs', 'http', 'net'],
    },
    {
      place: 'saved-state',
      mayImport: ['errors', 'file-problem', 'replace-file', 'auth', 'store'],
      builtins: ['crypto', 'fs', 'path'],
    },
    {
      place: 'audit',
      mayImport: ['errors', 'file-problem', 'protocol', 'store/store'],
      builtins: ['fs'],
    },
    { place: 'places', mayImport: ['protocol', 'errors', 'fault-boundary', 'own-nodes'] },
    { place: 'places/local', mayImport: ['errors', ...placeContracts] },
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
    },
    {
      place: 'nodes/launched',
      mayImport: [
        'protocol',
        'errors',
        'fault-boundary',
        'file-problem',
        'own-nodes',
        'nodes',
        ...placeContracts,
      ],
      builtins: ['crypto'],
    },
    {
      place: 'clusters',
      mayImport: [
        'protocol',
        'errors',
        'fault-boundary',
        'file-problem',
        'own-nodes',
        'nodes',
        'store/store',
        ...placeContracts,
      ],
      builtins: ['fs/promises', 'os', 'path'],
    },
    { place: 'inspecting', mayImport: ['protocol', 'errors', 'own-nodes', 'nodes'] },
    {
      place: 'sharing',
      mayImport: ['protocol', 'errors', 'bounded-json', 'fault-boundary', 'nodes', 'store/store'],
    },
    {
      place: 'shells',
      mayImport: [
        'protocol',
        'errors',
        'fault-boundary',
        'own-nodes',
        'auth',
        'audit',
        'nodes',
        'store/store',
      ],
      builtins: ['crypto'],
    },
    {
      place: 'logs',
      mayImport: ['protocol', 'errors', 'fault-boundary', 'file-problem', 'own-nodes', 'nodes'],
      builtins: ['crypto', 'fs', 'fs/promises', 'path', 'worker_threads'],
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
        'nodes/launched',
        'clusters',
        'inspecting',
        'sharing',
        'shells',
        'logs',
      ],
      builtins: ['http', 'stream'],
    },
    {
      place: 'api/page',
      mayImport: ['errors', 'protocol'],
      builtins: ['fs/promises', 'path'],
    },
    {
      place: 'api',
      mayImport: ['errors', 'bounded-json', 'shown-json', 'protocol', 'auth', 'audit', 'logs', 'live'],
      builtins: ['net'],
    },
    {
      place: 'server',
      mayImport: ['*'],
      builtins: ['crypto', 'events', 'fs', 'http', 'net', 'os', 'path', 'url'],
    },
    {
      place: 'backup',
      mayImport: ['errors', 'file-problem', 'replace-file', 'saved-state', 'server', 'store'],
      builtins: ['fs', 'path', 'stream/promises'],
    },
    { place: 'index', mayImport: ['*'] },
  ],
};
