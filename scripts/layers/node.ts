/** The layers of packages/node, from the bottom to the top. */

import type { PackageRules } from './package-rules.ts';

const nodeFloor = ['errors', 'limits', 'clock', 'eviction-queue', 'async', 'names', 'events', 'system-error'];

export const nodeRules: PackageRules = {
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
    { place: 'distribution', mayImport: ['etf', 'etf/encode', 'errors', 'names'], builtins: ['crypto'] },
    {
      place: 'distribution/frames',
      mayImport: ['distribution', 'etf', 'etf/decode', 'errors', 'limits'],
    },
    { place: 'process/relations', mayImport: ['etf', 'events'] },
    { place: 'process', mayImport: ['etf', 'visible-text', ...nodeFloor] },
    { place: 'net/flow', mayImport: ['clock'] },
    {
      place: 'net',
      mayImport: ['net/flow', 'distribution', 'distribution/frames', 'etf', ...nodeFloor],
      builtins: ['process'],
    },
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
      builtins: ['net', 'os', 'process'],
    },
    {
      place: 'node/runtime',
      mayImport: ['distribution', 'etf', 'net', 'process', 'node/options', ...nodeFloor],
      builtins: ['async_hooks', 'crypto'],
    },
    { place: 'node/gen', mayImport: ['etf', 'process', ...nodeFloor] },
    {
      place: 'node/calls',
      mayImport: ['distribution', 'etf', 'net', 'process', 'node/runtime', 'node/gen', ...nodeFloor],
    },
    { place: 'node/global/state', mayImport: ['etf'] },
    {
      place: 'node/global',
      mayImport: ['etf', 'process', 'node/runtime', 'node/calls', 'node/gen', ...nodeFloor],
      builtins: ['crypto'],
    },
    {
      place: 'node/beam-tools',
      mayImport: ['etf', 'process', 'node/runtime', 'node/calls', 'node/gen', ...nodeFloor],
      builtins: ['net', 'os', 'perf_hooks', 'process', 'timers/promises', 'v8'],
    },
    { place: 'node', mayImport: ['*'] },
    { place: 'pg/state', mayImport: ['etf'] },
    { place: 'pg', mayImport: ['etf', 'process', ...nodeFloor] },
    { place: 'pubsub', mayImport: ['etf', 'process', 'pg', ...nodeFloor] },
    { place: 'connection', mayImport: ['distribution', 'net'] },
    { place: 'index', mayImport: ['*'] },
    { place: 'testing', mayImport: ['*'] },
  ],
};
