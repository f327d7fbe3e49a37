/** The layers of packages/console-web, from the bottom to the top. */

import { floorDoors, type PackageRules } from './package-rules.ts';

const pageState = ['console-link', 'state', 'router'];

export const consoleWebRules: PackageRules = {
  packages: [...floorDoors, '@convoy/console/client', '@convoy/console/protocol', '@convoy/shell/cell-width'],
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
};
