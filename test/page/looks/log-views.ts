/** What the page shows of logs: lines of many nodes with one opened, and a filter that is not valid. */

import type { LogLine } from '@convoy/console/protocol';
import type { ScriptedConsole } from '../scripted-console.ts';
import { pageView, type View } from './view.ts';

const [web, app, store, edge] = [
  'web@127.0.0.1',
  'app-1@127.0.0.1',
  'store@127.0.0.1',
  'edge@10.0.4.7',
] as const;
const crash = `GenServer Shop.Cart terminating
** (MatchError) no match of right hand side value: {:error, :timeout}
    (shop 1.4.2) lib/shop/cart.ex:41: Shop.Cart.handle_call/3
    (stdlib 4.2) gen_server.erl:1149: :gen_server.try_handle_call/4
Last message (from #PID<0.812.0>): {:pay, 4711}`;

const lines: readonly (readonly [string, Partial<LogLine>])[] = [
  [web, { text: 'GET /carts/4711 200 in 12 ms' }],
  [app, { level: 'info', text: '[info] cart 4711 is paid for by card' }],
  [store, { level: 'debug', stream: 'logger', text: 'table cart: 81 rows read' }],
  [edge, { level: 'notice', stream: 'logger', text: 'certificate renewed for shop.example' }],
  [app, { level: 'warning', text: '[warning] payment of cart 4711 is slow: 1200 ms' }],
  [web, { stream: 'stderr', text: 'upstream closed the connection, trying again' }],
  [
    app,
    {
      level: 'error',
      stream: 'logger',
      text: crash,
      meta: {
        pid: '<0.902.0>',
        mfa: 'Shop.Cart.handle_call/3',
        file: 'lib/shop/cart.ex',
        line: '41',
        domain: 'otp.elixir',
      },
    },
  ],
  [store, { level: 'warning', stream: 'logger', dropped: 812, text: '812 events were dropped here' }],
  [web, { text: 'POST /carts/4711/pay 502 in 5003 ms' }],
  [edge, { level: 'critical', stream: 'logger', text: 'no node of shop answers' }],
];

/** Has nodes log, and one of them refuse to have its logger followed. */
export function logSomething(scripted: ScriptedConsole): void {
  for (const [at, [node, line]] of lines.entries())
    scripted.log(node, { at: 1_763_900_400_000 + at * 731, ...line });
  scripted.loggerProblems.set('cache@127.0.0.1', {
    code: 'CONSOLE_LOGGER_UNAVAILABLE',
    message: 'the logger of cache@127.0.0.1 is not followed: the node is not connected',
    remedy: 'The console tries again when the node is up.',
  });
}

export const logViews: readonly View[] = [
  pageView('logs-many', async (page, scripted) => {
    logSomething(scripted);
    await page.getByTestId('nav-logs').click();
    await page.getByText('GenServer Shop.Cart terminating').first().click();
    await page.getByTestId('log-details').waitFor();
    await page.getByTestId('logs-unfollowed').waitFor();
  }),
  pageView('logs-bad-filter', async (page) => {
    await page.getByTestId('nav-logs').click();
    await page.getByTestId('logs-regex').click();
    await page.getByTestId('logs-filter').fill('cart (');
    await page.getByTestId('logs-filter-problem').getByText('not a valid regular expression').waitFor();
  }),
];
