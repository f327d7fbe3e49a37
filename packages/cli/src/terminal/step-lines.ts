/** Formats the steps of a launch or a connection for people. */

interface Step {
  readonly label: string;
  readonly state: 'running' | 'done' | 'failed';
  readonly startedAt: number;
  readonly endedAt?: number | undefined;
  readonly detail?: string | undefined;
}

/** The line for a step that has ended; `undefined` while it runs. */
export function describeStep({ label, state, startedAt, endedAt, detail }: Step): string | undefined {
  if (endedAt === undefined) return undefined;
  const said = detail === undefined ? '' : `: ${detail}`;
  return `${state === 'failed' ? 'FAILED' : 'ok'}  ${label}${said}  (${endedAt - startedAt} ms)`;
}
