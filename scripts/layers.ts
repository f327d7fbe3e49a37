/**
 * Which packages and folders may import which, and which `node:` modules a folder may use, as data: a table per package, in
 * layers/. check-boundaries.ts enforces it. After a change there, run `node scripts/layer-drawing.ts` to update the drawing
 * in ARCHITECTURE.md.
 *
 * The rows of a table stand from the bottom to the top: a layer reaches only rows before its own, whatever it lists, so
 * no two layers can import one another.
 */

import { cliRules } from './layers/cli.ts';
import { clusterRules } from './layers/cluster.ts';
import { consoleRules } from './layers/console.ts';
import { consoleWebRules } from './layers/console-web.ts';
import { nodeRules } from './layers/node.ts';
import { railwaySimulatorRules } from './layers/railway-simulator.ts';
import { shellRules } from './layers/shell.ts';
import type { PackageRules } from './layers/package-rules.ts';

export const packageRules: Readonly<Record<string, PackageRules>> = {
  node: nodeRules,
  cluster: clusterRules,
  'railway-simulator': railwaySimulatorRules,
  shell: shellRules,
  console: consoleRules,
  'console-web': consoleWebRules,
  cli: cliRules,
};
