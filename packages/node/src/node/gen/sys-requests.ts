/**
 * The system messages that every OTP process answers, "Special processes" of the OTP design principles: `sys:get_state`, `get_status`,
 * `suspend`, `resume`, `terminate` and the others. Pure: a request in, what is to be done and the answer out.
 */

import { atom, atomName, atomOf, Pid, type Term, Tuple, tuple } from '../../etf/index.ts';
import { aliasOf, type GenCaller } from './gen-requests.ts';
import type { SysDebug } from './sys-debug.ts';

/** A system message: `{system, {Pid, Tag}, Request}`. */
export interface SysRequest {
  readonly from: GenCaller;
  readonly request: Term;
}

/** What a server says of itself. */
export interface SysStatus {
  readonly pid: Pid;
  /** The name that it was started under. */
  readonly name: string | undefined;
  readonly state: Term;
  readonly isSuspended: boolean;
  readonly debug: SysDebug;
}

/** What a request asks for, besides its answer. */
export type SysAct =
  | { readonly kind: 'none' | 'suspend' | 'resume' }
  | { readonly kind: 'terminate'; readonly reason: Term };

const ok = atom('ok');
const none: SysAct = { kind: 'none' };

/** Reads a system message; `undefined` for any other. */
export function parseSysRequest(message: Term): SysRequest | undefined {
  if (!(message instanceof Tuple) || message.length !== 3 || atomName(message.at(0)) !== 'system')
    return undefined;
  const from = message.at(1);
  if (!(from instanceof Tuple) || from.length !== 2) return undefined;
  const pid = from.at(0);
  return pid instanceof Pid ? { from: { pid, tag: from.at(1) }, request: message.at(2) } : undefined;
}

/** The answer to a system message, and what is to be done after it was sent. */
export function answerSys(
  { from, request }: SysRequest,
  status: SysStatus,
): { readonly answer: Term; readonly act: SysAct } {
  const parts: readonly Term[] = request instanceof Tuple ? request.elements : [request];
  switch (atomName(parts[0])) {
    case 'suspend':
      return { answer: ok, act: { kind: 'suspend' } };
    case 'resume':
      return { answer: ok, act: { kind: 'resume' } };
    case 'terminate':
      return { answer: ok, act: { kind: 'terminate', reason: parts[1] } };
    case 'get_state':
      return { answer: takesBareState(from.tag) ? status.state : tuple(ok, status.state), act: none };
    case 'debug':
      return { answer: status.debug.answer(parts[1]), act: none };
    case 'get_status':
      return { answer: statusOf(status), act: none };
    case 'replace_state':
      return { answer: noReplacement, act: none };
    default:
      return { answer: tuple(atom('error'), tuple(atom('unknown_system_msg'), request)), act: none };
  }
}

/** As OTP answers when the callback that replaces the state fails. */
const noReplacement: Term = tuple(
  atom('error'),
  tuple(
    atom('callback_failed'),
    tuple(atom('gen_server'), atom('system_replace_state')),
    tuple(
      atom('error'),
      tuple(
        atom('convoy_error'),
        atom('CALL_UNSUPPORTED'),
        'a TypeScript server cannot run the fun that would replace its state',
      ),
    ),
  ),
);

/** The words of every reference before OTP 26; since then an alias has more. */
const oldAliasWords = 3;

/**
 * Whether the caller expects `State` instead of `{ok, State}`. OTP changed the answer to `get_state` in 26.1, and nothing in the question
 * tells; but the aliases of 26 are longer.
 */
function takesBareState(tag: Term): boolean {
  return (aliasOf(tag)?.words.length ?? 0) <= oldAliasWords;
}

/* {status, Pid, {module, Module}, [Dictionary, SysState, Parent, Debug, Misc]} */
function statusOf({ pid, name, state, isSuspended }: SysStatus): Term {
  const sysState = atom(isSuspended ? 'suspended' : 'running');
  const header = Array.from(`Status for generic server ${name ?? pid.toString()}`, codeOf);
  const misc = [
    tuple(atom('header'), header),
    tuple(atom('data'), [
      tuple(text('Status'), sysState),
      tuple(text('Parent'), pid),
      tuple(text('Logged events'), []),
    ]),
    tuple(atom('data'), [tuple(text('State'), state)]),
  ];
  const module = tuple(atom('module'), atomOf('gen_server'));
  return tuple(atom('status'), pid, module, [[], sysState, pid, [], misc]);
}

/** A string of Erlang: a list of code points. */
function text(value: string): Term {
  return Array.from(value, codeOf);
}

function codeOf(character: string): number {
  return character.codePointAt(0) ?? 0;
}
