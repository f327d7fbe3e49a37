/** `convoy disconnect A B`: has node A of the console disconnect from node B, after saying what OTP will do then. */

import type { Command } from 'commander';
import type { DisconnectForecastView } from '@convoy/console/protocol';
import { note, printResult } from '../../output.ts';
import {
  confirm,
  type ConfirmFlags,
  productionReason,
  yesOption,
} from '../../targets/clusters/confirm-change.ts';
import { pairCalled } from '../../targets/console-nodes.ts';
import { clientOf, type ConsoleOptions } from '../../targets/console-options.ts';
import { addConsoleOptions, addExamples, guarded } from '../../options/shared-options.ts';

type DisconnectOptions = ConsoleOptions & ConfirmFlags;

/** More lines would move the question out of sight. */
const shownLinks = 10;

async function runDisconnect(nodeA: string, nodeB: string, options: DisconnectOptions): Promise<void> {
  const ask = await clientOf(options);
  const [a, b] = await pairCalled(ask, [nodeA, nodeB]);
  const request = { params: { name: a.id }, body: { peer: b.name } };
  const forecast = await ask('POST /api/nodes/:name/disconnect/forecast', request);
  note(forecastText(forecast, a.cluster ?? 'CLUSTER'));
  if (options.yes !== true) {
    const cluster = (await ask('GET /api/clusters')).find(({ id }) => id === a.cluster);
    const reason = cluster?.production === true ? productionReason(cluster) : 'This changes the cluster';
    await confirm({ verb: 'Disconnect', what: `${a.id} from ${b.id}` }, reason, options);
  }
  await ask('POST /api/nodes/:name/disconnect', request);
  const result = { a: a.id, b: b.id, disconnected: true, forecast };
  printResult(options, result, `${a.id} and ${b.id} are disconnected`);
}

/** The forecast for people. With one connection, the summary says it all. */
function forecastText({ summary, lost, isCertain }: DisconnectForecastView, cluster: string): string {
  const shown =
    lost.length < 2 ? [] : lost.slice(0, shownLinks).map(([one, other]) => `  ${one} and ${other}`);
  const more = lost.length > shownLinks ? [`  and ${lost.length - shownLinks} more`] : [];
  return [
    summary,
    ...(shown.length === 0 ? [] : ['Connections that are lost at the worst:', ...shown, ...more]),
    ...(isCertain ? [] : ['Not all nodes have said how they are set up, so it may be less.']),
    ...(lost.length < 2 ? [] : [`\`convoy clusters reconnect ${cluster}\` connects all of them again.`]),
  ].join('\n');
}

export function configureDisconnect(command: Command): void {
  command
    .argument('<a>', 'node that disconnects')
    .argument('<b>', 'its peer')
    .option(...yesOption);
  addConsoleOptions(command);
  addExamples(
    command,
    'convoy disconnect ts-1@127.0.0.1 elixir-1@127.0.0.1',
    'convoy disconnect prod:web@10.0.0.6 prod:app@10.0.0.5 --yes',
  );
  command.action((a: string, b: string, options: DisconnectOptions) =>
    guarded(options, () => runDisconnect(a, b, options)),
  );
}
