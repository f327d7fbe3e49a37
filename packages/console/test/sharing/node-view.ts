/** A node as a console shows it. */

import type { NodeView } from '../../src/protocol/index.ts';

export function nodeView(over: Partial<NodeView>): NodeView {
  return {
    id: 'app@h',
    name: 'app@h',
    kind: 'elixir',
    origin: 'launched',
    place: { key: 'local', kind: 'local' },
    provider: 'local',
    cluster: 'local',
    status: 'up',
    join: true,
    steps: [],
    peers: [],
    startedAt: 1_796_000_000_000,
    memoryHistory: [],
    lastOutput: [],
    ...over,
  };
}
