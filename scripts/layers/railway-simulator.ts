/** The layers of packages/railway-simulator, from the bottom to the top. */

import type { PackageRules } from './package-rules.ts';

export const railwaySimulatorRules: PackageRules = {
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
};
