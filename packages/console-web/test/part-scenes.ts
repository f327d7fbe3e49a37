/** What the same node answers about its ports, names, modules and Mnesia, and what a cluster answers to a call. */

import type {
  CodeComparisonView,
  GroupScopeView,
  MnesiaOverviewView,
  ModuleDetailsView,
  ModuleListView,
  NodeNamesView,
  PortListView,
} from '@convoy/console/protocol';

const here = 'app-1@127.0.0.1';
const store = 'store@127.0.0.1';

export const ports: PortListView = {
  total: 8012,
  seen: 8012,
  matching: 8012,
  rows: [
    {
      kind: 'port',
      id: '#Port<0.214>',
      name: 'tcp_inet',
      owner: '<0.1207.0>',
      ownerCall: 'Shop.Import.run/1',
      local: { host: '10.0.0.5', port: 41_822 },
      remote: { host: '10.0.0.9', port: 5432 },
      inputBytes: 61_200_000,
      outputBytes: 1_900_000,
      queueBytes: 412_000,
    },
    {
      kind: 'port',
      id: '#Port<0.31>',
      name: 'tcp_inet',
      owner: '<0.420.0>',
      ownerName: 'Elixir.ShopWeb.Endpoint',
      local: { host: '0.0.0.0', port: 4000 },
      inputBytes: 0,
      outputBytes: 0,
      queueBytes: 0,
    },
    {
      kind: 'socket',
      id: '#Socket<0.1842.4077.12>',
      name: 'inet6 stream tcp',
      owner: '<0.9120.1>',
      ownerCall: 'cowboy_clear:connection_process/4',
      local: { host: '::1', port: 4001 },
      remote: { host: '::1', port: 60_114 },
      inputBytes: 18_204,
      outputBytes: 402_118,
    },
    {
      kind: 'port',
      id: '#Port<0.9>',
      name: '/usr/bin/inotifywait',
      owner: '<0.301.0>',
      ownerName: 'file_watcher',
      inputBytes: 9120,
      outputBytes: 0,
      queueBytes: 0,
      osPid: 20_991,
    },
  ],
};

export const names: NodeNamesView = {
  registered: {
    total: 142,
    matching: 142,
    rows: [
      { name: 'Elixir.Shop.Pricing', process: { pid: '<0.412.0>', node: here } },
      { name: 'Elixir.Shop.Repo.Pool', process: { pid: '<0.398.0>', node: here } },
      { name: 'code_server', process: { pid: '<0.44.0>', node: here } },
      { name: 'inotify', port: '#Port<0.9>' },
    ],
  },
  global: {
    total: 2,
    matching: 2,
    rows: [
      { name: 'shop_scheduler', process: { pid: '<0.512.0>', node: store } },
      { name: '{import,1}', process: { pid: '<0.1207.0>', node: here } },
    ],
  },
};

export const groups: GroupScopeView[] = [
  {
    scope: 'Elixir.Phoenix.PubSub',
    total: 12,
    matching: 12,
    groups: [
      {
        group: 'Elixir.Shop.PubSub',
        count: 3,
        members: [
          { pid: '<0.388.0>', node: here },
          { pid: '<0.391.0>', node: store },
          { pid: '<0.77.0>', node: 'web@10.0.0.9' },
        ],
      },
      { group: '{carts,eu}', count: 311, members: [{ pid: '<0.501.0>', node: here }] },
    ],
  },
  { scope: 'pg', total: 0, matching: 0, groups: [] },
];

export const modules: ModuleListView = {
  total: 612,
  withOldCode: 1,
  matching: 612,
  rows: [
    {
      module: 'Elixir.Shop.Cart',
      path: '/app/lib/shop-2.4.1/ebin/Elixir.Shop.Cart.beam',
      md5: '5f0c61d2b1d7c8a5b0a2f3c4d5e6f708',
      vsn: '188201174',
      hasOldCode: true,
    },
    {
      module: 'erlang',
      origin: 'preloaded',
      md5: '0c41be5d2b1d7c8a5b0a2f3c4d5e6f70',
      hasOldCode: false,
    },
    {
      module: 'lists',
      path: '/app/lib/stdlib-6.2.2/ebin/lists.beam',
      md5: '9aa1be5d2b1d7c8a5b0a2f3c4d5e6f70',
      vsn: '[2741102]',
      hasOldCode: false,
    },
  ],
};

export const moduleDetails: ModuleDetailsView = {
  module: 'Elixir.Shop.Cart',
  path: '/app/lib/shop-2.4.1/ebin/Elixir.Shop.Cart.beam',
  md5: '5f0c61d2b1d7c8a5b0a2f3c4d5e6f708',
  vsn: '188201174',
  hasOldCode: true,
  exports: { count: 5, items: ['add/2', 'child_spec/1', 'handle_call/3', 'init/1', 'total/1'] },
  attributes: [
    { name: 'behaviour', value: "['Elixir.GenServer']" },
    { name: 'vsn', value: '[188201174]' },
  ],
  compileInfo: [{ name: 'version', value: '"8.5.5"' }],
};

export const codeComparison: CodeComparisonView = {
  total: 3,
  nodes: [
    { node: here, modules: 612, fingerprint: 'a1' },
    { node: store, modules: 598, fingerprint: 'b2' },
    { node: 'edge@10.0.4.7', modules: 612, fingerprint: 'a1' },
  ],
  differing: 2,
  modules: [
    {
      module: 'Elixir.Shop.Cart',
      groups: [
        { md5: '5f0c61d2b1d7c8a5b0a2f3c4d5e6f708', nodes: [here, 'edge@10.0.4.7'] },
        { md5: '17d2be5d2b1d7c8a5b0a2f3c4d5e6f70', nodes: [store] },
      ],
    },
    {
      module: 'Elixir.Shop.Pricing',
      groups: [
        { md5: '40aa61d2b1d7c8a5b0a2f3c4d5e6f708', nodes: [here, 'edge@10.0.4.7'] },
        { md5: '811cbe5d2b1d7c8a5b0a2f3c4d5e6f70', nodes: [store] },
      ],
    },
  ],
  problems: { 'cache@127.0.0.1': { kind: 'slow', message: 'It has not answered within 5 s.' } },
};

export const mnesia: MnesiaOverviewView = {
  status: 'yes',
  version: '4.23.5',
  directory: '/var/lib/shop/mnesia',
  isOnDisc: true,
  nodes: [here, store, 'edge@10.0.4.7'],
  runningNodes: [here, store],
  transactions: { commits: 184_201, failures: 12, restarts: 40 },
  total: 3,
  tables: [
    {
      table: 'orders',
      type: 'set',
      storage: 'disc',
      size: 91_204,
      bytes: 31_400_000,
      copies: { ram: [], disc: [here, store], discOnly: ['edge@10.0.4.7'] },
      readFrom: here,
      attributes: ['id', 'cart', 'at'],
      recordName: 'order',
      isLocalContent: false,
    },
    {
      table: 'sessions',
      type: 'ordered_set',
      storage: 'ram',
      size: 4120,
      bytes: 1_200_000,
      copies: { ram: [here, store], disc: [], discOnly: [] },
      readFrom: here,
      attributes: ['id', 'user'],
      recordName: 'session',
      isLocalContent: false,
    },
    {
      table: 'archive',
      type: 'bag',
      copies: { ram: [], disc: [], discOnly: ['edge@10.0.4.7'] },
      attributes: ['id', 'order'],
      recordName: 'archived',
      isLocalContent: false,
    },
  ],
};
