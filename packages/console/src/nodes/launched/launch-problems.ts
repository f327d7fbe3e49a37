/** What is said about a node that did not launch, did not join, or has ended. */

import { HostError } from '@convoy/cluster/ssh';
import { type NodeExit, ProviderError } from '@convoy/cluster';
import { ConsoleError, problemOf } from '../../errors.ts';
import type { Problem } from '../../protocol/index.ts';

/** The last lines of output that an error brings. */
export function lastOutputOf(error: unknown): readonly string[] {
  return error instanceof ProviderError || error instanceof HostError ? error.lastOutput : [];
}

/** A node that is up, but is not connected to all others. */
export function notJoined(node: string, failures: readonly string[]): Problem {
  return problemOf(
    new ConsoleError(
      'CONSOLE_NOT_JOINED',
      `${node} is up, but has not joined all other nodes: ${failures.join('; ')}`,
      {
        remedy: 'Connect them once the cause is gone; the doctor finds it.',
      },
    ),
  );
}

/** The error for a node that this console has not launched. */
export function notLaunched(
  name: string,
  remedy = 'Only nodes that this console launched can be deleted.',
): ProviderError {
  return new ProviderError('PROVIDER_NO_NODE', `${name} was not launched by this console`, {
    node: name,
    remedy,
  });
}

/** Why a node has ended that the console did not stop. */
export function endProblem(name: string, exit: NodeExit): Problem {
  return exit.isDeliberate ? stopProblem(name, exit) : crashProblem(name, exit);
}

function howIt(exit: NodeExit): string {
  const code = exit.code === undefined ? (exit.reason ?? 'exit code ?') : `exit code ${exit.code}`;
  return exit.signal === undefined ? code : `signal ${exit.signal}`;
}

/** A node that was stopped on purpose, but not by this console. */
function stopProblem(name: string, exit: NodeExit): Problem {
  return {
    code: 'NODE_STOPPED',
    message: `${name} was stopped (${howIt(exit)})`,
    remedy: 'It was stopped from outside of this console or by its own code. Launch it again, or delete it.',
  };
}

function crashProblem(name: string, exit: NodeExit): Problem {
  if (exit.memoryLimitMb !== undefined) {
    return {
      code: 'NODE_OUT_OF_MEMORY',
      message: `${name} ran out of memory (${howIt(exit)}): its limit is ${exit.memoryLimitMb} MB`,
      remedy: 'Find out what fills its memory, or delete it and launch it with a larger limit.',
    };
  }
  return {
    code: 'NODE_CRASHED',
    message: `${name} ended unexpectedly (${howIt(exit)})`,
    remedy: 'Its last lines of output may show the cause. Launch it again, or delete it.',
  };
}
