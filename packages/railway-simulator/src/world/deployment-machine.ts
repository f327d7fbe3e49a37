/**
 * The lifecycle of one deployment with Railway's statuses, as a state machine: an input and a state return the new state and the
 * effects. It never starts a second container, and a deployment that is over has none. Pure; the engine executes the effects.
 */

import type {
  DeploymentEventStep,
  DeploymentInstanceStatus,
  DeploymentStatus,
} from '@convoy/cluster/railway';

type KnownStatus = Exclude<DeploymentStatus, 'UNKNOWN'>;
type KnownInstanceStatus = Exclude<DeploymentInstanceStatus, 'UNKNOWN'>;
type KnownStep = Exclude<DeploymentEventStep, 'UNKNOWN'>;

export interface DeploymentState {
  readonly status: KnownStatus;
  /** `undefined` before there is a container. */
  readonly instance: KnownInstanceStatus | undefined;
  readonly container: 'none' | 'starting' | 'running' | 'stopping';
  /** What happens when the container ends. */
  readonly goal: 'run' | 'restart' | 'stop' | 'remove';
  /** Restarts after a crash since the last start on request. */
  readonly restarts: number;
}

export interface RestartPolicy {
  readonly type: 'ALWAYS' | 'NEVER' | 'ON_FAILURE';
  readonly maxRetries: number;
}

export type DeploymentInput =
  | { readonly kind: 'advance' }
  /** The deployment needs approval before it is built. */
  | { readonly kind: 'askApproval' }
  | { readonly kind: 'approve' }
  /** There is nothing to deploy. */
  | { readonly kind: 'skip' }
  | { readonly kind: 'built' }
  | { readonly kind: 'buildFailed'; readonly reason: string }
  | { readonly kind: 'started' }
  | { readonly kind: 'startFailed'; readonly reason: string }
  | { readonly kind: 'exited'; readonly isFailure: boolean }
  | { readonly kind: 'restart' }
  | { readonly kind: 'stop' }
  | { readonly kind: 'cancel' }
  | { readonly kind: 'remove' };

export type DeploymentEffect =
  /** Dispatch `advance` later. */
  | { readonly kind: 'advance' }
  | { readonly kind: 'build' }
  | { readonly kind: 'abortBuild' }
  | { readonly kind: 'start' }
  | { readonly kind: 'stop' }
  | {
      readonly kind: 'step';
      readonly step: KnownStep;
      readonly phase: 'begin' | 'complete' | 'fail';
      readonly error?: string | undefined;
    };

export interface Transition {
  readonly state: DeploymentState;
  readonly effects: readonly DeploymentEffect[];
}

export const firstState: DeploymentState = {
  status: 'INITIALIZING',
  instance: undefined,
  container: 'none',
  goal: 'run',
  restarts: 0,
};

const waiting: ReadonlySet<string> = new Set(['INITIALIZING', 'QUEUED', 'NEEDS_APPROVAL', 'BUILDING']);
const over: ReadonlySet<string> = new Set(['FAILED', 'REMOVED', 'SKIPPED']);

/** Returns the state unchanged for an input that does not apply to it. */
export function stepDeployment(
  state: DeploymentState,
  input: DeploymentInput,
  policy: RestartPolicy,
): Transition {
  const same: Transition = { state, effects: [] };
  if (over.has(state.status)) return input.kind === 'remove' ? to(state, { status: 'REMOVED' }) : same;
  switch (input.kind) {
    case 'advance':
      return advance(state);
    case 'askApproval':
      return state.status === 'QUEUED' ? to(state, { status: 'NEEDS_APPROVAL' }) : same;
    case 'approve':
      if (state.status !== 'NEEDS_APPROVAL') return same;
      return to(state, { status: 'QUEUED' }, { kind: 'advance' });
    case 'skip':
      return state.status === 'QUEUED' ? to(state, { status: 'SKIPPED' }) : same;
    case 'built':
      return state.status === 'BUILDING' ? built(state) : same;
    case 'buildFailed':
      return state.status === 'BUILDING' ? buildFailed(state, input.reason) : same;
    case 'started':
      return state.container === 'starting' ? started(state) : same;
    case 'startFailed':
      return state.container === 'starting' ? startFailed(state, input.reason) : same;
    case 'exited':
      return exited(state, input.isFailure, policy);
    case 'restart':
      return restart(state);
    case 'stop':
      return stop(state);
    case 'cancel':
      return waiting.has(state.status) ? cancelled(state) : same;
    case 'remove':
      return remove(state);
  }
}

function to(
  state: DeploymentState,
  change: Partial<DeploymentState>,
  ...effects: DeploymentEffect[]
): Transition {
  return { state: { ...state, ...change }, effects };
}

function step(step: KnownStep, phase: 'begin' | 'complete' | 'fail', error?: string): DeploymentEffect {
  return { kind: 'step', step, phase, error };
}

function advance(state: DeploymentState): Transition {
  if (state.status === 'INITIALIZING') return to(state, { status: 'QUEUED' }, { kind: 'advance' });
  if (state.status !== 'QUEUED') return to(state, {});
  return to(state, { status: 'BUILDING' }, step('BUILD_IMAGE', 'begin'), { kind: 'build' });
}

function built(state: DeploymentState): Transition {
  return to(
    state,
    { status: 'DEPLOYING', instance: 'CREATED', container: 'starting' },
    step('BUILD_IMAGE', 'complete'),
    step('CREATE_CONTAINER', 'begin'),
    { kind: 'start' },
  );
}

function buildFailed(state: DeploymentState, reason: string): Transition {
  return to(state, { status: 'FAILED' }, step('BUILD_IMAGE', 'fail', reason));
}

function cancelled(state: DeploymentState): Transition {
  const effects: DeploymentEffect[] = state.status === 'BUILDING' ? [{ kind: 'abortBuild' }] : [];
  return to(state, { status: 'REMOVED' }, ...effects);
}

/** Completes the step of a first start. A stop or restart requested in the meantime takes effect now. */
function started(state: DeploymentState): Transition {
  const first = state.status === 'DEPLOYING' || state.instance === 'CREATED';
  const steps = first ? [step('CREATE_CONTAINER', 'complete')] : [];
  if (state.goal === 'remove') {
    return to(state, { container: 'stopping' }, ...steps, step('DRAIN_INSTANCES', 'begin'), { kind: 'stop' });
  }
  if (state.goal !== 'run') {
    return to(state, { status: 'SUCCESS', container: 'stopping' }, ...steps, { kind: 'stop' });
  }
  return to(state, { status: 'SUCCESS', instance: 'RUNNING', container: 'running' }, ...steps);
}

function startFailed(state: DeploymentState, reason: string): Transition {
  const failed = step('CREATE_CONTAINER', 'fail', reason);
  const gone = { container: 'none' } as const;
  if (state.goal === 'remove') return to(state, { ...gone, status: 'REMOVED', instance: 'REMOVED' }, failed);
  const status = state.status === 'DEPLOYING' ? 'FAILED' : 'CRASHED';
  return to(state, { ...gone, status, instance: 'CRASHED', goal: 'run' }, failed);
}

function exited(state: DeploymentState, isFailure: boolean, policy: RestartPolicy): Transition {
  if (state.container !== 'running' && state.container !== 'stopping') return to(state, {});
  const gone = { ...state, container: 'none' } as const;
  if (state.goal === 'remove') {
    return to(gone, { status: 'REMOVED', instance: 'REMOVED' }, step('DRAIN_INSTANCES', 'complete'));
  }
  if (state.goal === 'stop') return to(gone, { instance: 'STOPPED', goal: 'run' });
  if (state.goal === 'restart') return start(gone, 0);
  const mayRestart = policy.type === 'ALWAYS' || (policy.type === 'ON_FAILURE' && isFailure);
  if (mayRestart && state.restarts < policy.maxRetries) return start(gone, state.restarts + 1);
  return isFailure ? to(gone, { status: 'CRASHED', instance: 'CRASHED' }) : to(gone, { instance: 'EXITED' });
}

function start(state: DeploymentState, restarts: number): Transition {
  const change = { instance: 'RESTARTING', container: 'starting', goal: 'run', restarts } as const;
  return to(state, change, { kind: 'start' });
}

function restart(state: DeploymentState): Transition {
  if (waiting.has(state.status) || state.goal === 'remove') return to(state, {});
  if (state.container === 'none') return start({ ...state, status: 'DEPLOYING' }, 0);
  if (state.container !== 'running') return to(state, { goal: 'restart' });
  return to(state, { goal: 'restart', instance: 'RESTARTING', container: 'stopping' }, { kind: 'stop' });
}

function stop(state: DeploymentState): Transition {
  if (waiting.has(state.status) || state.goal === 'remove' || state.container === 'none')
    return to(state, {});
  if (state.container !== 'running') return to(state, { goal: 'stop' });
  return to(state, { goal: 'stop', container: 'stopping' }, { kind: 'stop' });
}

function remove(state: DeploymentState): Transition {
  if (waiting.has(state.status)) return cancelled(state);
  if (state.goal === 'remove') return to(state, {});
  if (state.container === 'none') return to(state, { status: 'REMOVED', instance: 'REMOVED' });
  const change = { status: 'REMOVING', instance: 'REMOVING', goal: 'remove' } as const;
  if (state.container === 'starting') return to(state, change);
  if (state.container === 'stopping') return to(state, change, step('DRAIN_INSTANCES', 'begin'));
  return to(state, { ...change, container: 'stopping' }, step('DRAIN_INSTANCES', 'begin'), { kind: 'stop' });
}

/** Whether it has no container and will not start one without a request. */
export function isStopped(state: DeploymentState): boolean {
  return state.container === 'none' && !waiting.has(state.status) && state.status !== 'DEPLOYING';
}
