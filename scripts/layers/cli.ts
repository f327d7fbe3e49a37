/** The layers of packages/cli, from the bottom to the top. */

import { floorDoors, type PackageRules } from './package-rules.ts';

export const cliRules: PackageRules = {
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
      mayImport: ['exit-codes', 'hints', 'lost-output', 'output'],
      builtins: ['child_process', 'fs', 'path', 'readline/promises', 'tty', 'url'],
    },
    {
      place: 'options',
      mayImport: ['errors', 'output', 'terminal'],
      builtins: ['child_process', 'fs', 'net', 'os', 'path', 'url', 'util'],
    },
    {
      place: 'targets',
      mayImport: ['errors', 'output', 'terminal', 'options'],
      builtins: ['crypto', 'fs', 'os'],
    },
    { place: 'completion', mayImport: ['output', 'options', 'targets'] },
    {
      place: 'running',
      mayImport: ['errors', 'exit-codes', 'lost-output', 'output', 'options'],
      builtins: ['async_hooks', 'child_process', 'events', 'fs', 'fs/promises', 'path', 'url'],
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
      builtins: ['crypto', 'dns/promises', 'fs', 'os', 'path', 'url'],
    },
    {
      place: 'commands/console',
      mayImport: ['errors', 'exit-codes', 'output', 'terminal', 'options', 'targets', 'running'],
      builtins: ['path'],
    },
    { place: 'program', mayImport: ['*'] },
    { place: 'main', mayImport: ['*'] },
  ],
};
