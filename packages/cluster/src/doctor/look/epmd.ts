/** Asks EPMD daemons for a name, and says what came of it. */

import { EpmdError } from '@convoy/node';
import { anySignal } from '@convoy/node/async';
import { EpmdClient } from '@convoy/node/epmd';
import type { EpmdSeen } from '../model/seen.ts';
import { codeOf, dialPort, outcomeOf, readGreeting } from './dial.ts';

const maxNames = 512;
const secondLookMs = 500;

/** The answer of an EPMD to a question for one name, and all names that it knows. */
export async function askClient(epmd: EpmdClient, name: string): Promise<EpmdSeen> {
  const found = await epmd.lookup(name);
  // A daemon that does not list its names, or not to everybody, may still know one.
  const listed = await epmd.names().catch(() => ({ nodes: [] }));
  const others = listed.nodes.filter((one) => one.name !== name).slice(0, maxNames);
  const own = found === undefined ? [] : [{ name, port: found.port }];
  return { outcome: 'answered', message: '', names: [...own, ...others] };
}

/** Asks the EPMD at an address. */
export async function askEpmdAt(
  where: { readonly address: string; readonly port: number; readonly timeoutMs: number },
  name: string,
  signal: AbortSignal,
): Promise<EpmdSeen> {
  const { address, port, timeoutMs } = where;
  try {
    return await askClient(new EpmdClient({ host: address, port, timeoutMs, signal }), name);
  } catch (error) {
    const outcome = await outcomeOfError(where, error, signal);
    const message = error instanceof EpmdError ? error.message : `EPMD at ${address}: no answer in time`;
    return { outcome, message, names: [] };
  }
}

type Failure = Exclude<EpmdSeen['outcome'], 'answered'>;

async function outcomeOfError(
  { address, port }: { readonly address: string; readonly port: number },
  error: unknown,
  signal: AbortSignal,
): Promise<Failure> {
  if (!(error instanceof EpmdError)) return signal.aborted ? 'silent' : 'failed';
  if (error.code === 'EPMD_UNREACHABLE' && codeOf(error.cause) === 'ECONNREFUSED') return 'refused';
  if (error.code === 'EPMD_BAD_REPLY') {
    const ask = '\u0000\u0001n';
    return (await readGreeting(address, port, { ask, signal })) === '' ? 'closed' : 'stranger';
  }
  if (outcomeOf(codeOf(error.cause)) === 'closed') return 'closed';
  // Whether it accepts connections; and a refusal of this machine looks like one of the network until it is dialled.
  const { outcome } = await dialPort(address, port, anySignal(signal, AbortSignal.timeout(secondLookMs)));
  const first = outcomeOf(codeOf(error.cause));
  if (outcome === 'open') return error.code === 'EPMD_TIMEOUT' ? 'mute' : 'closed';
  if (error.code === 'EPMD_TIMEOUT') return outcome === 'silent' ? 'silent' : outcome;
  return first === 'unreachable' && outcome === 'no-route' ? 'no-route' : first;
}
