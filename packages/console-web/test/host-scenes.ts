/** SSH hosts, Railway environments and findings of the doctor as a test wants them. */

import type { Capability, DiagnosisView, HostView, RailwayView, Step } from '@convoy/console/protocol';

const startedAt = 1_763_900_000_000;

function step(name: string, label: string, more: Partial<Step> = {}): Step {
  return { name, label, state: 'done', startedAt, endedAt: startedAt + 240, ...more };
}

const capabilities: Capability[] = [
  { kind: 'typescript', available: false, remedy: 'Install Node.js 24 on the host.' },
  { kind: 'elixir', available: true, version: 'Elixir 1.18.3, OTP 27' },
  { kind: 'erlang', available: true, version: 'OTP 27' },
];

/** A host that presents a key which the console does not know. */
export function unknownHost(): HostView {
  return {
    id: 'host-1',
    name: 'ssh://ops@db1.example',
    state: 'failed',
    steps: [step('ssh', 'Log in by SSH', { state: 'failed', detail: 'unknown host key' })],
    problem: {
      code: 'SSH_HOST_KEY_UNKNOWN',
      message: 'ops@db1.example:22 has an unknown host key',
      remedy: 'Log in once with ssh, or accept new keys.',
    },
    hostKey: {
      hop: 'ops@db1.example:22',
      type: 'ssh-ed25519',
      fingerprint: 'SHA256:uNiVztksCsDhcc0u9e8BrCDaEkS3fLAj3CsHmqjGJhQ',
    },
    capabilities: [],
    nodes: [],
  };
}

/** The same host, connected, with a node that runs there. */
export function connectedHost(): HostView {
  return {
    id: 'host-1',
    name: 'ssh://ops@db1.example',
    state: 'up',
    steps: [
      step('ssh', 'Log in by SSH'),
      step('inspect', 'Look for Erlang and Elixir', { detail: 'OTP 27, Elixir 1.18.3' }),
      step('list', 'List the nodes of the host', { detail: 'billing@db1, metrics@db1' }),
    ],
    summary: 'OTP 27, Elixir 1.18.3 on db1 (Linux x86_64)',
    capabilities,
    nodes: [
      { name: 'billing@db1', port: 41_234, source: 'epmd', answers: true, user: 'app' },
      { name: 'metrics@db1', port: 41_300, source: 'process', answers: true, user: 'ops' },
    ],
  };
}

/** Railway with an open environment and two nodes there. */
export function openRailway(): RailwayView {
  return {
    label: 'Railway',
    hasOwnToken: false,
    account: { kind: 'workspace', owner: 'Example Ltd', projects: [{ id: 'p1', name: 'shop' }] },
    images: { elixir: 'repo:example/shop' },
    budget: { limit: 1000, remaining: 934 },
    places: [
      {
        id: 'place-1',
        name: 'railway:shop/production',
        project: 'shop',
        environment: 'production',
        capabilities,
        nodes: [
          {
            name: 'shop-1@shop-1.railway.internal',
            kind: 'elixir',
            service: 'shop-1',
            isStopped: false,
            status: 'SUCCESS',
            region: 'europe-west4',
          },
          {
            name: 'shop-2@shop-2.railway.internal',
            kind: 'elixir',
            service: 'shop-2',
            isStopped: true,
            status: 'REMOVED',
            region: 'us-west2',
          },
        ],
      },
    ],
  };
}

/** What the doctor finds about a node whose name EPMD does not know. */
export function foundFault(node: string): DiagnosisView {
  return {
    node,
    from: 'the console',
    ok: false,
    steps: [
      { name: 'resolve', label: 'Resolve the host', status: 'ok', detail: '127.0.0.1', durationMs: 1 },
      {
        name: 'epmd',
        label: 'Ask EPMD',
        status: 'failed',
        detail: 'the name is not registered',
        durationMs: 3,
      },
    ],
    fault: {
      code: 'EPMD_NAME_UNKNOWN',
      sentence: `${node} is not registered in the EPMD of 127.0.0.1.`,
      evidence: ['Registered there: web, app-1, store.'],
      remedy: 'Start the node, or compare its name with the output of `epmd -names`.',
    },
    warnings: [],
  };
}
