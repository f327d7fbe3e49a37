/** `npm run bench [distribution|etf|logs|tunnel|watch]`: prints what was measured beside real peers in the same run. See README.md. */

import { cpus, loadavg } from 'node:os';
import type { BenchRow } from './rows.ts';
import { printTable } from './rows.ts';

const suites: Readonly<Record<string, () => Promise<BenchRow[]>>> = {
  distribution: async () => (await import('./distribution.ts')).benchDistribution(),
  etf: async () => (await import('./etf.ts')).benchEtf(),
  logs: async () => (await import('./logs.ts')).benchLogs(),
  tunnel: async () => (await import('./tunnel.ts')).benchTunnel(),
  watch: async () => (await import('./watch.ts')).benchWatch(),
};

const wanted = process.argv.slice(2);
console.log(
  `Node ${process.version}, ${cpus().length} x ${cpus()[0]?.model}, load ${loadavg()[0]?.toFixed(1)}`,
);
for (const name of wanted.length > 0 ? wanted : Object.keys(suites)) {
  const suite = suites[name];
  if (suite === undefined) throw new Error(`no suite ${name}; there are ${Object.keys(suites).join(', ')}`);
  printTable(name, await suite());
}
process.exit(0);
