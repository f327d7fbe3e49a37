/** The steps of a launch: a track inside the row while it runs, afterwards a list with the result of each. */

import type { Step } from '@convoy/console/protocol';
import type { JSX } from 'preact';
import { StepSeconds } from './status-chip.tsx';

const stateWords = { running: 'running', done: 'done', failed: 'failed' } as const;

function StepMark({ state }: { readonly state: Step['state'] }): JSX.Element {
  return (
    <svg class={`step-mark step-${state}`} viewBox="0 0 12 12" width="12" height="12" role="img">
      <title>{stateWords[state]}</title>
      {state === 'done' && <path d="m2.4 6.4 2.4 2.4 4.8-5.2" />}
      {state === 'failed' && <path d="m3 3 6 6M9 3 3 9" />}
      {state === 'running' && (
        <circle class="spin" cx="6" cy="6" r="4.2" pathLength="100" stroke-dasharray="70 30" />
      )}
    </svg>
  );
}

export function StepTrack({ steps }: { readonly steps: readonly Step[] }): JSX.Element {
  return (
    <ol class="step-track" aria-label="Launch steps">
      {steps.map((step) => (
        <li key={step.name} class={`step-${step.state}`} title={step.detail ?? step.label}>
          <StepMark state={step.state} />
          <span class="step-label">{step.label}</span>
          <StepSeconds step={step} />
        </li>
      ))}
    </ol>
  );
}

export function StepList({ steps }: { readonly steps: readonly Step[] }): JSX.Element {
  return (
    <ol class="step-list">
      {steps.map((step) => (
        <li key={step.name} class={`step-${step.state}`}>
          <StepMark state={step.state} />
          <span class="step-label">
            {step.label}
            {step.detail !== undefined && <span class="step-detail">{step.detail}</span>}
          </span>
          <StepSeconds step={step} />
        </li>
      ))}
    </ol>
  );
}
