/** The status of a node: a shape and a word, never only a colour, and the running step with its duration. */

import type { NodeStatus, NodeView, Step } from '@convoy/console/protocol';
import type { JSX } from 'preact';
import { fastClock, slowClock } from '../../state/page/clock.ts';
import { formatSeconds, formatUptime } from '../../state/page/format.ts';
import { currentStep, statusNames } from '../../state/nodes/nodes.ts';

const marks: Readonly<Record<NodeStatus, JSX.Element>> = {
  launching: <circle class="spin" cx="6" cy="6" r="4.2" pathLength="100" stroke-dasharray="70 30" />,
  up: <circle class="solid" cx="6" cy="6" r="4" />,
  unreachable: <circle cx="6" cy="6" r="4" stroke-dasharray="2.2 2.2" />,
  stopping: <rect class="solid" x="2.6" y="2.6" width="6.8" height="6.8" rx="1.4" />,
  stopped: <rect x="2.6" y="2.6" width="6.8" height="6.8" rx="1.4" />,
  left: <path d="M4.6 2.4H2.4v7.2h2.2M6.2 6h4M8.4 4l2 2-2 2" />,
  failed: <path d="m2.8 2.8 6.4 6.4M9.2 2.8 2.8 9.2" />,
  crashed: <path class="solid" d="M7.2 0.8 2 7h3.2L4.6 11.2 10 4.8H6.6z" />,
};

export function StatusMark({ status }: { readonly status: NodeStatus }): JSX.Element {
  return (
    <svg class="status-mark" viewBox="0 0 12 12" width="12" height="12" aria-hidden="true">
      {marks[status]}
    </svg>
  );
}

/** Counts up while the step is running. */
export function StepSeconds({ step }: { readonly step: Step }): JSX.Element {
  const end = step.endedAt ?? (step.state === 'running' ? fastClock.value : step.startedAt);
  return <span class="seconds">{formatSeconds(end - step.startedAt)}</span>;
}

export function Uptime({ since }: { readonly since: number }): JSX.Element {
  return <span class="seconds">{formatUptime(slowClock.value - since)}</span>;
}

function UpNote({ node }: { readonly node: NodeView }): JSX.Element | null {
  const failed = node.steps.find((one) => one.state === 'failed');
  if (failed !== undefined)
    return (
      <span class="status-warning" title={failed.detail}>
        failed: {failed.label}
      </span>
    );
  if (node.upSince === undefined) return null;
  return (
    <span class="status-uptime">
      for <Uptime since={node.upSince} />
    </span>
  );
}

function StatusNote({ node }: { readonly node: NodeView }): JSX.Element | null {
  const step = currentStep(node);
  if (node.status === 'up') return <UpNote node={node} />;
  if (step === undefined || (node.status !== 'launching' && step.state === 'done')) return null;
  return (
    <>
      <span class="status-step">{step.label}</span> <StepSeconds step={step} />
    </>
  );
}

export function StatusChip({ node }: { readonly node: NodeView }): JSX.Element {
  return (
    <div class="status">
      <span class={`chip status-${node.status}`}>
        <StatusMark status={node.status} />
        {statusNames[node.status]}
      </span>
      <span class="status-note">
        <StatusNote node={node} />
      </span>
    </div>
  );
}
