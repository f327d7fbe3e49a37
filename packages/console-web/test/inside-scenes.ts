/** What a busy Elixir node answers about its inside, as the console passes it on. */

import type {
  HistorySample,
  InspectProblemView,
  NodeOverviewView,
  ProcessDetailsView,
  ProcessListView,
  ProcessRowView,
  StartedApplicationView,
  TableRowView,
  TreeNodeView,
} from '@convoy/console/protocol';

const cost = { questions: 1, reductions: 18_400, elapsedMs: 252, busyMs: 1.7, restMs: 0 };

/** An answer with a value. */
export function answered(value: unknown, more: Partial<typeof cost> = {}): object {
  return { state: 'answered', value, cost: { ...cost, ...more } };
}

/** An answer without one. */
export function unavailable(problem: InspectProblemView): object {
  return { state: 'unavailable', problem, cost: { questions: 1 } };
}

/** Its ports are near their limit. */
export const overview: NodeOverviewView = {
  kind: 'erlang',
  uptimeMs: 6 * 86_400_000 + 7_400_000,
  memory: {
    total: 412_300_000,
    processes: 164_100_000,
    processes_used: 163_900_000,
    system: 248_200_000,
    atom: 1_900_000,
    atom_used: 1_800_000,
    binary: 121_700_000,
    code: 34_800_000,
    ets: 61_300_000,
  },
  processes: { count: 12_408, limit: 262_144 },
  ports: { count: 56_120, limit: 65_536 },
  atoms: { count: 48_213, limit: 1_048_576 },
  tables: { count: 214, limit: 8192 },
  schedulers: {
    count: 8,
    online: 8,
    use: { average: 0.46, each: [0.82, 0.74, 0.61, 0.52, 0.38, 0.29, 0.21, 0.12], dirtyCpu: [0, 0.02] },
  },
  runQueues: { total: 5, each: [2, 1, 1, 1, 0, 0, 0, 0], activeTasks: 12 },
  io: { inBytes: 48_200_000_000, outBytes: 61_700_000_000 },
  reductions: 9_412_000_000_000,
  garbageCollections: 184_200_311,
  versions: { otp: '27', erts: '15.2.7', elixir: '1.18.3', architecture: 'x86_64-pc-linux-gnu' },
  applications: [
    ['crypto', '5.5.3'],
    ['ecto_sql', '3.12.1'],
    ['elixir', '1.18.3'],
    ['kernel', '10.2.7'],
    ['logger', '1.18.3'],
    ['phoenix', '1.7.21'],
    ['ranch', '2.2.0'],
    ['sasl', '4.2.2'],
    ['shop', '2.4.1'],
    ['ssl', '11.2.12'],
    ['stdlib', '6.2.2'],
    ['telemetry', '1.3.0'],
  ].map(([name = '', version = '']) => ({ name, version })),
  problems: {},
};

/** An hour of samples, five seconds apart, the last one now. */
export function history(now: number): { samples: HistorySample[] } {
  const samples = Array.from({ length: 720 }, (_, index): HistorySample => {
    const wave = Math.sin(index / 47) + 0.4 * Math.sin(index / 11) + 0.15 * Math.sin(index * 2.3);
    const spike = index > 500 && index < 540 ? 1 - Math.abs(520 - index) / 20 : 0;
    return {
      at: now - (719 - index) * 5000,
      memoryBytes: 372e6 + 14e6 * wave + index * 5e4 + 38e6 * spike,
      processes: Math.round(11_900 + 240 * wave + index * 0.6 + 900 * spike),
      runQueue: Math.max(0, Math.round(2 + 2 * wave + 34 * spike)),
      inPerSecond: 2.4e6 + 0.5e6 * wave + 6e6 * spike,
      outPerSecond: 3.3e6 + 0.7e6 * wave + 2e6 * spike,
      reductionsPerSecond: 31e6 + 6e6 * wave + 44e6 * spike,
      load: Math.min(1, 0.42 + 0.07 * wave + 0.5 * spike),
    };
  });
  return { samples };
}

const rows: readonly (readonly [pid: string, row: Partial<ProcessRowView>])[] = [
  [
    '<0.412.0>',
    { name: 'Elixir.Shop.Pricing', initialCall: 'Shop.Pricing.init/1', reductionsPerSecond: 8_412_300 },
  ],
  [
    '<0.1207.0>',
    { label: 'import of 2026-11-30', initialCall: 'Shop.Import.run/1', reductionsPerSecond: 3_120_400 },
  ],
  [
    '<0.398.0>',
    {
      name: 'Elixir.Shop.Repo.Pool',
      initialCall: 'DBConnection.ConnectionPool.init/1',
      reductionsPerSecond: 911_000,
    },
  ],
  ['<0.9120.1>', { initialCall: 'cowboy_clear:connection_process/4', reductionsPerSecond: 402_118 }],
  ['<0.9121.1>', { initialCall: 'cowboy_stream_h:request_process/3', reductionsPerSecond: 398_551 }],
  ['<0.44.0>', { name: 'code_server', initialCall: 'erlang:apply/2', reductionsPerSecond: 18_220 }],
  ['<0.71.0>', { name: 'logger', initialCall: 'logger_server:init/1', reductionsPerSecond: 9_180 }],
  ['<0.2.0>', { initialCall: 'erts_literal_area_collector:start/0', reductionsPerSecond: 12 }],
];

export const processList: ProcessListView = {
  total: 12_408,
  seen: 12_408,
  matching: 12_408,
  rows: rows.map(([pid, row], index) => ({
    pid,
    currentFunction: index === 1 ? 'Shop.Import.read_line/2' : 'gen_server:loop/7',
    status: index < 2 ? 'running' : 'waiting',
    memoryBytes: 61_200_000 / (index * index + 1),
    reductions: 7_412_000_000 / (index + 1),
    messageQueueLength: [0, 4182, 3, 0, 0, 0, 1, 0][index] ?? 0,
    ...row,
  })),
};

export const processDetails: ProcessDetailsView = {
  pid: '<0.1207.0>',
  label: 'import of 2026-11-30',
  initialCall: 'Shop.Import.run/1',
  currentFunction: 'Shop.Import.read_line/2',
  status: 'running',
  memoryBytes: 30_600_000,
  reductions: 3_706_000_000,
  messageQueueLength: 4182,
  priority: 'normal',
  isTrappingExits: false,
  groupLeader: '<0.381.0>',
  heapWords: 2_984_878,
  stackWords: 41,
  parent: '<0.402.0>',
  ancestors: ['Elixir.Shop.Import.Supervisor', 'Elixir.Shop.Supervisor', '<0.382.0>'],
  callers: ['<0.9120.1>'],
  links: { count: 2, items: ['<0.402.0>', '#Port<0.214>'] },
  monitors: { count: 1, items: ['Elixir.Shop.Repo.Pool (<0.398.0>)'] },
  monitoredBy: { count: 31, items: ['<0.9120.1>', '<0.9121.1>', '<9012.85.0>'] },
  stack: [
    { function: 'Shop.Import.read_line/2', file: 'lib/shop/import.ex', line: 118 },
    { function: 'Shop.Import.run/1', file: 'lib/shop/import.ex', line: 54 },
    { function: 'proc_lib:init_p/3', file: 'proc_lib.erl', line: 317 },
  ],
  dictionary: {
    count: 2,
    items: [
      { key: "'$process_label'", value: '<<"import of 2026-11-30">>' },
      { key: "'$initial_call'", value: "{'Elixir.Shop.Import',run,1}" },
    ],
  },
  messages: {
    problem: {
      kind: 'too-large',
      message: 'The process has 4182 messages in its queue. It is not asked or read above 1000.',
    },
  },
};

export const applications: StartedApplicationView[] = [
  { name: 'kernel', version: '10.2.7', description: 'ERTS  CXC 138 10', root: '<0.48.0>' },
  { name: 'logger', version: '1.18.3', description: 'logger', root: '<0.71.0>' },
  {
    name: 'phoenix',
    version: '1.7.21',
    description: 'Peace of mind from prototype to production',
    root: '<0.301.0>',
  },
  { name: 'shop', version: '2.4.1', description: 'The shop and its imports', root: '<0.382.0>' },
  { name: 'stdlib', version: '6.2.2', description: 'ERTS  CXC 138 10' },
  { name: 'crypto', version: '5.5.3', description: 'CRYPTO' },
];

function child(pid: string, more: Partial<TreeNodeView>): TreeNodeView {
  return { pid, kind: 'worker', memoryBytes: 21_000, messageQueueLength: 0, children: [], ...more };
}

function supervisor(pid: string, name: string, more: Partial<TreeNodeView>): TreeNodeView {
  const children = more.children ?? [];
  const own = { kind: 'supervisor', source: 'asked', childCount: children.length } as const;
  return child(pid, { name, initialCall: 'supervisor:init/1', ...own, ...more });
}

export const tree: TreeNodeView = supervisor('<0.382.0>', 'Elixir.Shop.Supervisor', {
  memoryBytes: 48_000,
  children: [
    supervisor('<0.396.0>', 'Elixir.Shop.Repo', {
      children: [
        child('<0.398.0>', {
          name: 'Elixir.Shop.Repo.Pool',
          initialCall: 'DBConnection.ConnectionPool.init/1',
          memoryBytes: 610_000,
          messageQueueLength: 3,
        }),
        child('<0.399.0>', { id: 'Elixir.DBConnection.Watcher', initialCall: 'DBConnection.Watcher.init/1' }),
      ],
    }),
    supervisor('<0.402.0>', 'Elixir.Shop.Import.Supervisor', {
      source: 'busy',
      messageQueueLength: 812,
      children: [
        child('<0.1207.0>', {
          initialCall: 'Shop.Import.run/1',
          memoryBytes: 30_600_000,
          messageQueueLength: 4182,
        }),
      ],
    }),
    supervisor('<0.410.0>', 'Elixir.Shop.Carts', {
      source: 'huge',
      childCount: 11_204,
      memoryBytes: 2_900_000,
      children: Array.from({ length: 3 }, (_, at) =>
        child(`<0.50${at}.0>`, { initialCall: 'Shop.Cart.init/1', memoryBytes: 9_800 }),
      ),
    }),
    supervisor('<0.411.0>', 'Elixir.Shop.Mailer', {
      source: 'slow',
      children: [child('<0.413.0>', { initialCall: 'Shop.Mailer.Queue.init/1' })],
    }),
    child('<0.412.0>', {
      name: 'Elixir.Shop.Pricing',
      initialCall: 'Shop.Pricing.init/1',
      memoryBytes: 61_200_000,
    }),
    { id: 'Elixir.Shop.Reports', kind: 'not-running', children: [] },
    supervisor('<0.420.0>', 'Elixir.ShopWeb.Endpoint', { source: 'cut', childCount: 9, children: [] }),
  ],
});

export const tables: { total: number; rows: TableRowView[] } = {
  total: 214,
  rows: [
    {
      table: 'Elixir.Shop.Prices',
      name: 'Elixir.Shop.Prices',
      type: 'set',
      protection: 'protected',
      owner: '<0.412.0>',
      size: 184_201,
      memoryBytes: 31_400_000,
    },
    {
      table: '#Ref<0.2418.104.1>',
      name: 'session_cache',
      type: 'set',
      protection: 'private',
      owner: '<0.398.0>',
      size: 9120,
      memoryBytes: 11_900_000,
    },
    {
      table: 'code',
      name: 'code',
      type: 'set',
      protection: 'private',
      owner: '<0.44.0>',
      size: 2188,
      memoryBytes: 1_300_000,
    },
    {
      table: 'ac_tab',
      name: 'ac_tab',
      type: 'set',
      protection: 'public',
      owner: '<0.46.0>',
      size: 61,
      memoryBytes: 21_000,
    },
  ],
};

export const tableRows: { total: number; limit: number; rows: string[] } = {
  total: 184_201,
  limit: 20,
  rows: Array.from(
    { length: 20 },
    (_, at) => `{<<"sku-${10_402 + at * 7}">>,#{price => ${1990 + at * 31},currency => eur},${at * 3}}`,
  ),
};
