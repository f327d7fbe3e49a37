/** Looks into a node over a connection of the command's own. */

import { askDirectly, createInspector, createOperator } from '@convoy/cluster/inspect';
import type { Visit } from '../visits/visitor.ts';
import type { InspectedNode } from './inspected-node.ts';
import { partsDirectly } from './inspected-parts.ts';

/** The node of a visit. `timeoutMs` is how long each question may take; default: that of the question. */
export function directly({ node, target, cluster }: Visit, timeoutMs: number | undefined): InspectedNode {
  const asker = askDirectly(node);
  const [inspector, operator] = [createInspector(asker), createOperator(asker)];
  const common = { timeoutMs };
  return {
    node: target,
    cluster,
    overview: () => inspector.overview(target, { ...common, measureSchedulers: true }),
    processes: (listed) => inspector.processes(target, { ...common, ...listed }),
    process: (pid, withState) => inspector.process(target, pid, { ...common, withState }),
    applications: () => inspector.applications(target, common),
    tree: (application) => inspector.supervisionTree(target, application, common),
    tables: (sort, limit) => inspector.ets(target, { ...common, sort, limit }),
    rows: (table, listed) => inspector.rows(target, table, { ...common, ...listed }),
    ...partsDirectly(asker, target, common),
    async collectGarbage(pid) {
      const answer = await operator.collectGarbage(target, pid, common);
      if (answer.state === 'unavailable') return answer;
      const { wasAlive, memoryBytesBefore: memoryBefore, memoryBytesAfter: memoryAfter } = answer.value;
      return { ...answer, value: { wasAlive, memoryBefore, memoryAfter } };
    },
    kill: (pid) => operator.kill(target, pid, common),
  };
}
