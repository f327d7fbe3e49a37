/** A fault that is staged on real parts, with the verdict that the doctor must give. */

import type { Diagnosis, FaultCode } from '@convoy/cluster/doctor';
import type { Lab } from './lab.ts';

export interface StagedFault {
  /** What is done, for the table in the guide. Unique. */
  readonly staging: string;
  readonly code: FaultCode;
  /** The exact sentence; `<node>`, `<host>`, `<port>` and the like stand for a word that varies. */
  readonly sentence: string;
  /** How many causes the doctor cannot tell apart. Default 0: it is certain. */
  readonly possible?: number;
  /** Whether it is a warning about a node that can be reached. Default false. */
  readonly isWarning?: boolean;
  /** Whether `npm test` runs it: one of each kind. Default: only `npm run test:all` does. */
  readonly isSample?: boolean;
  readonly needs?: 'namespaces' | 'sshd' | 'mounts' | undefined;
  /** Stages it and has the doctor look. */
  stage(lab: Lab): Promise<Diagnosis>;
}

/** Faults of one kind. */
export interface StagedKind {
  readonly kind: string;
  readonly faults: readonly StagedFault[];
}

/** Matches the sentence with the words that vary. */
export function sentencePattern(sentence: string): RegExp {
  const parts = sentence.split(/<[a-z ]+>/);
  return new RegExp(
    `^${parts.map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)).join('\\S+')}$`,
  );
}
