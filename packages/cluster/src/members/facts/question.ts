/**
 * A question to an Erlang node: several calls in one, without any code of ours. `lists:zipwith3(fun erlang:apply/3, Modules,
 * Functions, Arguments)` runs compiled, loads no module and answers with a list. So the calls must exist in every release of
 * OTP, must not fail, and must not change anything: `statistics(reductions)`, for instance, is not asked, because it resets
 * what the next caller sees as "since the last call". Pure.
 */

import { atom, ExportFun, type Term } from '@convoy/node/etf';

/** A call to evaluate on a node. */
export interface MemberCall {
  readonly module: string;
  readonly function: string;
  readonly args: readonly Term[];
}

/** One call of a question, by the name of its value. */
export type QuestionRows<Name extends string> = readonly (readonly [Name, MemberCall])[];

/** A row: `row('otp', 'erlang', 'system_info', atom('otp_release'))`. */
// oxlint-disable-next-line max-params -- name, module, function, arguments: the order every Erlang user knows
export function row<Name extends string>(
  name: Name,
  module: string,
  functionName: string,
  ...args: readonly Term[]
): readonly [Name, MemberCall] {
  return [name, { module, function: functionName, args }];
}

/** The one call that asks all rows. */
export function callOf(rows: QuestionRows<string>): MemberCall {
  const calls = rows.map(([, call]) => call);
  return {
    module: 'lists',
    function: 'zipwith3',
    args: [
      new ExportFun('erlang', 'apply', 3),
      calls.map((call) => atom(call.module)),
      calls.map((call) => atom(call.function)),
      calls.map((call) => [...call.args]),
    ],
  };
}

/** The values by name; `undefined` if this is not an answer to these rows. */
export function valuesOf<Name extends string>(
  rows: QuestionRows<Name>,
  answer: Term,
): Readonly<Record<Name, Term>> | undefined {
  if (!Array.isArray(answer) || answer.length !== rows.length) return undefined;
  const values = answer as readonly Term[];
  return Object.fromEntries(rows.map(([name], index) => [name, values[index]])) as Record<Name, Term>;
}
