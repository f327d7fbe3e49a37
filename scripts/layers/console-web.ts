/** The layers of packages/console-web, from the bottom to the top. */

import { floorDoors, type PackageRules } from './package-rules.ts';

const pageState = ['console-link', 'state', 'router'];

export const consoleWebRules: PackageRules = {
  packages: [...floorDoors, '@convoy/console/client', '@convoy/console/protocol', '@convoy/shell/cell-width'],
  // Its schemas would make the page a quarter larger.
  typesOnly: ['@convoy/console/protocol'],
  layers: [
    { place: 'router', mayImport: [] },
    { place: 'styles', mayImport: [] },
    { place: 'console-link', mayImport: [] },
    { place: 'virtual-list', mayImport: [] },
    { place: 'state/page', mayImport: [] },
    { place: 'state/nodes', mayImport: ['console-link', 'state/page'] },
    { place: 'state/clusters', mayImport: ['console-link', 'state/nodes', 'state/page'] },
    { place: 'state/inside', mayImport: ['console-link', 'state/clusters', 'state/nodes', 'state/page'] },
    {
      place: 'state/logs',
      mayImport: ['router', 'console-link', 'virtual-list', 'state/clusters', 'state/nodes', 'state/page'],
    },
    { place: 'state/launching', mayImport: ['console-link', 'state/nodes', 'state/page'] },
    { place: 'terminal', mayImport: ['state/page'] },
    {
      place: 'state/shells',
      mayImport: ['console-link', 'state/clusters', 'state/nodes', 'state/page', 'terminal'],
    },
    { place: 'state', mayImport: ['router', 'console-link', 'terminal'] },
    { place: 'components', mayImport: pageState },
    { place: 'components/clusters', mayImport: ['components', ...pageState] },
    { place: 'components/commands', mayImport: ['components', ...pageState] },
    { place: 'components/launching', mayImport: ['components', 'components/clusters', ...pageState] },
    { place: 'components/nodes', mayImport: ['components', 'components/clusters', ...pageState] },
    {
      place: 'components/inside',
      mayImport: ['components', 'components/clusters', 'components/nodes', 'styles', ...pageState],
    },
    {
      place: 'components/attaching',
      mayImport: ['components', 'components/clusters', 'components/nodes', ...pageState],
    },
    {
      place: 'components/hosts',
      mayImport: [
        'components',
        'components/clusters',
        'components/launching',
        'components/nodes',
        ...pageState,
      ],
    },
    {
      place: 'components/railway',
      mayImport: ['components', 'components/clusters', 'components/launching', ...pageState],
    },
    {
      place: 'components/mesh',
      mayImport: ['components', 'components/clusters', 'components/nodes', ...pageState],
    },
    {
      place: 'components/logs',
      mayImport: ['components', 'components/nodes', 'virtual-list', ...pageState],
    },
    { place: 'components/dock', mayImport: ['components', 'components/clusters', 'terminal', ...pageState] },
    { place: 'pages', mayImport: ['components', 'styles', ...pageState] },
    { place: 'app', mayImport: ['components', 'pages', ...pageState] },
    { place: 'main', mayImport: ['*'] },
  ],
};
