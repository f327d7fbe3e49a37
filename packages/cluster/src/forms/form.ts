/**
 * What a platform asks a person, as data: before it is used at all, before a place of it is opened, and before nodes are
 * launched there. Labels and explanations belong to the program that shows the form. Pure.
 */

import { nodeKinds } from '@convoy/node/names';
import { launchVariableLimits, maxNameLength, maxProgramLength, nameForm } from './launch-limits.ts';

/** A field of a form. */
export interface FormField {
  /** Name of its value in a request. */
  readonly key: string;
  /**
   * `secret` is a text that is not shown. `choice` is one of `choices`. `variables` are environment variables by name, whose
   * values are secrets.
   */
  readonly type: 'text' | 'secret' | 'choice' | 'number' | 'flag' | 'variables';
  readonly required: boolean;
  /** The value is an object with one value for each of these, none of which is required. */
  readonly each?: readonly string[];
  /** Regular expression that the text must match. */
  readonly pattern?: string;
  /** Limits of a number, of the length of a text, or of the number of variables. */
  readonly min?: number;
  readonly max?: number;
  /** Values of a choice. Left out when the platform offers them only once somebody has logged in. */
  readonly choices?: readonly string[];
  readonly default?: string | number | boolean;
  /** Values to offer, besides any other. */
  readonly suggestions?: readonly string[];
}

/** The forms of a platform. A form without fields is not shown. */
export interface PlatformForm {
  /** To use the platform at all. */
  readonly login: readonly FormField[];
  /** To open a place: a host, an environment. */
  readonly open: readonly FormField[];
  /** To launch nodes in a place. */
  readonly launch: readonly FormField[];
}

/** Memory limits in MB that a form accepts: an Erlang node starts within the lowest. */
const memoryLimits = { min: 128, max: 1_048_576 } as const;

/** What else a platform asks that starts the processes of nodes itself. */
export const processFields: readonly FormField[] = [
  { key: 'keep', type: 'flag', required: false },
  { key: 'memoryMb', type: 'number', required: false, ...memoryLimits },
  { key: 'program', type: 'text', required: false, min: 1, max: maxProgramLength },
];

/** What every platform asks before it launches nodes. `count` nodes are as many requests. */
export function launchFields({ nodeLimit }: { readonly nodeLimit: number }): readonly FormField[] {
  return [
    { key: 'kind', type: 'choice', required: true, choices: nodeKinds },
    { key: 'count', type: 'number', required: false, min: 1, max: nodeLimit, default: 1 },
    { key: 'name', type: 'text', required: false, max: maxNameLength, pattern: nameForm.source },
    { key: 'join', type: 'flag', required: false, default: true },
    { key: 'variables', type: 'variables', required: false, max: launchVariableLimits.count },
  ];
}
