/** The steps of a launch or of a connection, as lines for people. */

interface Step {
  readonly label: string;
  readonly state: 'running' | 'done' | 'failed';
  readonly startedAt: number;
  readonly endedAt?: number | undefined;
  readonly detail?: string | undefined;
}

/** The line of a step that is over; `undefined` while it runs. */
export function describeStep({ label, state, startedAt, endedAt, detail }: Step): string | undefined {
  if (endedAt === undefined) return undefined;
  const said = detail === undefined ? '' : `: ${detail}`;
  return `${state === 'failed' ? 'FAILED' : 'ok'}  ${label}${said}  (${endedAt - startedAt} ms)`;
}
