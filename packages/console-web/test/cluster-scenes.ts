/** Clusters as a test wants them. */

import type { ClusterView, NodeView } from '@convoy/console/protocol';
import { nodeNamed } from './scenes.ts';

/** That of this computer. */
export const ownCluster: ClusterView = {
  id: 'local',
  kind: 'own',
  label: 'this computer',
  color: 'blue',
  production: false,
  acting: true,
  state: 'up',
};

/** A cluster that was attached, and is connected. */
export function attachedCluster(id: string, more: Partial<ClusterView> = {}): ClusterView {
  return {
    id,
    kind: 'attached',
    label: id,
    color: 'amber',
    production: false,
    acting: true,
    state: 'up',
    request: {
      name: id,
      nodes: ['app@10.0.0.5'],
      discover: [],
      proto: 'inet',
      production: false,
      keep: true,
    },
    entry: 'app@10.0.0.5',
    ownNode: 'convoy-5c1e@10.0.0.1',
    ...more,
  };
}

/** A cluster that could not be reached: what its form showed, and what the doctor has found. */
export function failedCluster(id: string): ClusterView {
  const { entry: _entry, ownNode: _own, ...cluster } = attachedCluster(id);
  return {
    ...cluster,
    state: 'failed',
    problem: {
      code: 'CONSOLE_CLUSTER_UNREACHABLE',
      message: 'no entry of the cluster could be reached',
      remedy: 'Check the names and the cookie.',
    },
    diagnosis: {
      node: 'app@10.0.0.5',
      from: 'the console',
      ok: false,
      steps: [
        { name: 'resolve', label: 'Resolve the host', status: 'ok', detail: '10.0.0.5', durationMs: 1 },
        {
          name: 'epmd',
          label: 'Ask EPMD',
          status: 'ok',
          detail: 'app has port 41234',
          durationMs: 3,
        },
        { name: 'handshake', label: 'Shake hands', status: 'failed', detail: 'refused', durationMs: 5 },
      ],
      fault: {
        code: 'COOKIE_MISMATCH',
        sentence: 'app@10.0.0.5 has another cookie.',
        evidence: ['It ended the handshake after the challenge.'],
        remedy: 'Enter the cookie of the cluster.',
      },
      warnings: [],
    },
  };
}

/** A member of an attached cluster. */
export function memberOf(cluster: string, name: string, more: Partial<NodeView> = {}): NodeView {
  const { osPid: _pid, ...node } = nodeNamed(name);
  return {
    ...node,
    id: `${cluster}:${name}`,
    cluster,
    origin: 'member',
    place: { key: 'elsewhere', kind: 'elsewhere' },
    provider: 'elsewhere',
    join: false,
    steps: [],
    ...more,
  };
}

/** Two clusters with nodes of the same names beside that of this computer; one node stands apart, and one has left. */
export function twoClusters(): { readonly clusters: ClusterView[]; readonly nodes: NodeView[] } {
  const [app, web, store] = ['app@10.0.0.5', 'web@10.0.0.6', 'store@10.0.0.7'] as const;
  return {
    clusters: [
      ownCluster,
      attachedCluster('prod', { color: 'red', production: true }),
      attachedCluster('staging', { color: 'teal' }),
    ],
    nodes: [
      nodeNamed('app-1@127.0.0.1', { startedAt: 1 }),
      memberOf('prod', app, {
        startedAt: 2,
        peers: [web],
        missing: [store],
        release: { name: 'shop', version: '2.4.1' },
      }),
      memberOf('prod', web, { startedAt: 3, kind: 'gleam', peers: [app], version: 'OTP 27' }),
      memberOf('prod', store, { startedAt: 4, kind: 'erlang', status: 'left', missing: [app, web] }),
      memberOf('staging', app, { startedAt: 5, peers: [web] }),
      memberOf('staging', web, { startedAt: 6, kind: 'lfe', peers: [app], isHidden: true }),
    ],
  };
}
