/** The door `@convoy/cluster/doctor`: why a node, or a pair of nodes, does not connect. */

export { diagnosePair, type DiagnosePairOptions } from './diagnose-pair.ts';
export { diagnose } from './diagnose.ts';
export type { DiagnoseOptions, DiagnoseVia } from './diagnose-options.ts';
export type { Diagnosis, DiagnosisStep, Fault, FaultCode, Possibility } from './model/diagnosis.ts';
