/** Nodes as a test wants them, and a cluster with one of everything that can happen. */

import type { NodeView, Step } from '@convoy/console/protocol';

const minute = 60_000;

function doneSteps(startedAt: number): Step[] {
  const labels: readonly (readonly [string, string, string, number])[] = [
    ['plan', 'Choose name and port', 'port 41241', 4],
    ['start', 'Start the program', 'process 20114', 310],
    ['answer', 'Wait until it answers', 'OTP 25, Elixir 1.14.0', 720],
    ['join', 'Join the other nodes', 'connected to 2', 48],
  ];
  let at = startedAt;
  return labels.map(([name, label, detail, tookMs]) => {
    const step: Step = { name, label, detail, state: 'done', startedAt: at, endedAt: at + tookMs };
    at += tookMs;
    return step;
  });
}

export function nodeNamed(name: string, more: Partial<NodeView> = {}): NodeView {
  const startedAt = more.startedAt ?? Date.now() - 12 * minute;
  return {
    id: name,
    name,
    kind: 'elixir',
    origin: 'launched',
    place: { key: 'local', kind: 'local' },
    provider: 'local',
    cluster: 'local',
    status: 'up',
    join: true,
    steps: doneSteps(startedAt),
    peers: [],
    startedAt,
    upSince: startedAt + 1100,
    memoryBytes: 42_300_000,
    memoryHistory: Array.from({ length: 40 }, (_, at) => 38e6 + 5e6 * Math.abs(Math.sin(at / 5)) + at * 4e4),
    processes: 73,
    version: 'OTP 25, Elixir 1.14.0',
    osPid: 20_114,
    lastOutput: [],
    ...more,
  };
}

export function launchingNode(name: string): NodeView {
  const startedAt = Date.now() - 900;
  const [plan, start] = doneSteps(startedAt);
  const answer: Step = {
    name: 'answer',
    label: 'Wait until it answers',
    state: 'running',
    startedAt: Date.now() - 500,
  };
  const {
    upSince: _up,
    memoryBytes: _memory,
    processes: _processes,
    version: _version,
    ...node
  } = nodeNamed(name, {
    kind: 'typescript',
    status: 'launching',
    startedAt,
    memoryHistory: [],
  });
  return { ...node, steps: [plan!, start!, answer] };
}

export function failedNode(name: string): NodeView {
  const startedAt = Date.now() - 3 * minute;
  const [plan, start] = doneSteps(startedAt);
  const {
    upSince: _up,
    memoryBytes: _memory,
    processes: _processes,
    ...node
  } = nodeNamed(name, {
    kind: 'erlang',
    status: 'failed',
    startedAt,
    memoryHistory: [],
    version: 'OTP 25',
  });
  return {
    ...node,
    steps: [plan!, { ...start!, state: 'failed', endedAt: start!.startedAt + 2300, detail: 'exit code 1' }],
    problem: {
      code: 'PROVIDER_NAME_TAKEN',
      message: `${name} could not register with EPMD: the name is taken.`,
      remedy: 'Choose another name, or stop the node that has it: `epmd -names` lists them.',
    },
    lastOutput: [
      '{"init terminating in do_boot",{{badmatch,{error,duplicate_name}},[{net_kernel,start,1,[]}]}}',
      'Runtime terminating during boot ({{badmatch,{error,duplicate_name}},[{net_kernel,start,1}]})',
      'Crash dump is being written to: erl_crash.dump...done',
    ],
  };
}

/** Six nodes: three that see each other, one that only one side sees, one on its way, one that failed. */
export function busyCluster(): NodeView[] {
  const [web, app, store, edge] = [
    'web@127.0.0.1',
    'app-1@127.0.0.1',
    'store@127.0.0.1',
    'edge@10.0.4.7',
  ] as const;
  const at = Date.now() - 47 * minute;
  return [
    nodeNamed(web, {
      kind: 'typescript',
      peers: [app, store],
      startedAt: at,
      version: 'Node.js 24.21.0, Convoy 0.1.0',
      memoryBytes: 96_400_000,
      processes: 9,
    }),
    nodeNamed(app, { peers: [web, store, edge], startedAt: at + 2000 }),
    nodeNamed(store, {
      kind: 'erlang',
      peers: [web, app],
      startedAt: at + 4000,
      version: 'OTP 25',
      memoryBytes: 21_900_000,
      processes: 56,
    }),
    nodeNamed(edge, {
      kind: 'unknown',
      origin: 'discovered',
      provider: 'elsewhere',
      peers: [],
      steps: [],
      startedAt: at + 6000,
      memoryHistory: [],
      lastOutput: [],
    }),
    failedNode('cache@127.0.0.1'),
    launchingNode('worker-7@127.0.0.1'),
  ];
}
