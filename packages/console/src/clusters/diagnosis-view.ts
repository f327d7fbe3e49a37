/** A diagnosis as clients see it. Pure. */

import type { Diagnosis } from '@convoy/cluster/doctor';
import type { DiagnosisView } from '../protocol/index.ts';

type Fault = NonNullable<Diagnosis['fault']>;

/** Copies a diagnosis, so that what is shown does not change with it. */
export function diagnosisView({ node, from, ok, steps, fault, warnings }: Diagnosis): DiagnosisView {
  return {
    node,
    from,
    ok,
    steps: steps.map((step) => ({ ...step })),
    fault: fault && faultView(fault),
    warnings: warnings.map(faultView),
  };
}

function faultView({
  code,
  sentence,
  evidence,
  remedy,
  possible,
  value,
}: Fault): DiagnosisView['warnings'][number] {
  return {
    code,
    sentence,
    evidence: [...evidence],
    remedy,
    possible: possible?.map((one) => ({ ...one })),
    value,
  };
}
