/** Terms as real clusters send them, one of each kind: what the codecs are measured on. */

import { atom, float, ImproperList, Pid, Reference, type Term, TermMap, tuple } from '@convoy/node/etf';

const node = 'app@10.1.24.7';
const pid = (id: number): Pid => new Pid(node, id, 0, 1_795_348_123);
const reference = new Reference(node, 1_795_348_123, [0x234_31, 0xc2f1_0001, 0x2b98_5287, 0xcb83, 0]);
const atoms = (fields: Record<string, Term>): TermMap =>
  new TermMap(Object.entries(fields).map(([name, value]) => [atom(name), value] as const));

/** A call to a GenServer, as OTP 27 sends it. */
const call = tuple(
  atom('$gen_call'),
  tuple(pid(4711), new ImproperList([atom('alias')], reference)),
  tuple(atom('fetch'), 'user:18446', [atom('name'), atom('email')]),
);

/** A broadcast of Phoenix.PubSub with a struct and a map of text keys, as JSON makes them. */
const broadcast = tuple(
  atom('forward_to_local'),
  'room:lobby:42',
  atoms({
    __struct__: atom('Elixir.Phoenix.Socket.Broadcast'),
    topic: 'room:lobby:42',
    event: 'message_created',
    payload: new TermMap([
      ['id', 98_231_177],
      ['author', 'Grace Hopper'],
      ['body', 'The nodes are up; the tunnel held for the whole night. Nothing to report but the weather.'],
      ['pinned', false],
      ['score', 0.734],
      ['at', 1_795_348_123_456],
    ]),
  }),
  atom('Elixir.Phoenix.PubSub'),
);

/** A row of a table as Ecto loads it. */
const row = (id: number): Term =>
  atoms({
    __struct__: atom('Elixir.Shop.Accounts.User'),
    id,
    name: `Customer ${id}`,
    email: `customer${id}@example.com`,
    confirmed: id % 2 === 0,
    balance: float(id * 25),
    deleted_at: null,
    roles: [atom('viewer'), atom('operator')],
    inserted_at: atoms({
      __struct__: atom('Elixir.DateTime'),
      year: 2026,
      month: 11,
      day: 23,
      hour: 9,
      minute: 47,
      second: id % 60,
      microsecond: tuple(123_456, 6),
      time_zone: 'Etc/UTC',
      utc_offset: 0,
    }),
  });

/** What `process_info` says about twenty processes. */
const processes = Array.from({ length: 20 }, (_, at) => [
  tuple(atom('pid'), pid(100 + at)),
  tuple(atom('registered_name'), atom(`worker_${at}`)),
  tuple(atom('current_function'), tuple(atom('gen_server'), atom('loop'), 7)),
  tuple(atom('message_queue_len'), at),
  tuple(atom('memory'), 2688 + at * 1000),
  tuple(atom('reductions'), 123_456_789 + at),
  tuple(atom('links'), [pid(10), pid(11 + at)]),
  tuple(atom('status'), atom('waiting')),
]);

/** A line of a log as `logger` forwards it. */
const logEvent = atoms({
  level: atom('error'),
  msg: tuple(atom('string'), 'GenServer {MyApp.Registry, "worker-17"} terminating'),
  meta: atoms({
    pid: pid(812),
    gl: pid(64),
    time: 1_795_348_123_456_789n,
    mfa: tuple(atom('gen_server'), atom('error_info'), 8),
    file: Array.from('gen_server.erl', (letter) => letter.charCodeAt(0)),
    line: 1241,
    domain: [atom('otp')],
  }),
});

/** Joins and leaves of a process group. */
const group = tuple(
  atom('join'),
  pid(300),
  tuple(atom('Elixir.Shop.PubSub'), 'prices'),
  Array.from({ length: 12 }, (_, at) => pid(500 + at)),
);

/** A series of measurements. */
const series = tuple(
  atom('telemetry'),
  [atom('vm'), atom('memory')],
  Array.from({ length: 60 }, (_, at) => tuple(1_795_348_000 + at, at * 1.37 + 0.1, at * 4096)),
);

export const benchTerms: readonly Term[] = [
  tuple(atom('ok'), atom('pong')),
  call,
  broadcast,
  row(17),
  [1, 2, 3, 4, 5].map(row),
  processes,
  logEvent,
  group,
  series,
];
