import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { attack } from '../../../../../test/support/attack.ts';
import { CallError, ErlangError, RemoteError } from '../../../src/errors.ts';
import { atom, Reference, tuple, type Term } from '../../../src/etf/index.ts';
import { exitReasonOf, plainExitReason, resultOfExit } from '../../../src/node/calls/erpc.ts';
import { resultOfRex, rexResultOf } from '../../../src/node/calls/rex-results.ts';
import { thrownOutcome, undefinedFunction } from '../../../src/node/calls/exposed-functions.ts';

const ref = new Reference('us@h', 1, [1, 2, 3]);
const site = { node: 'app@h', module: 'lists', function: 'nth', arity: 2 };
const stack = [tuple(atom('lists'), atom('nth'), 2, [])];

function failure(run: () => Term): RemoteError | CallError {
  try {
    run();
  } catch (error) {
    assert.ok(error instanceof RemoteError || error instanceof CallError);
    return error;
  }
  assert.fail('it did not throw');
}

describe('outcomes of erpc', () => {
  it('gives the value of a return', () => {
    assert.equal(resultOfExit(tuple(ref, atom('return'), 5), ref, site), 5);
  });

  it('maps each class of exception to a code, with its reason', () => {
    const cases: [Term, string][] = [
      [tuple(ref, atom('throw'), atom('x')), 'REMOTE_THROW'],
      [tuple(ref, atom('exit'), atom('x')), 'REMOTE_EXIT'],
      [tuple(ref, atom('error'), atom('x'), stack), 'REMOTE_ERROR'],
    ];
    for (const [reason, code] of cases) {
      const error = failure(() => resultOfExit(reason, ref, site));
      assert.equal(error.code, code);
      assert.equal(error.reason, atom('x'));
      assert.match(error.message, /^lists:nth\/2 on app@h .*x/);
    }
  });

  it('tells a missing function from one that calls a missing function', () => {
    const own = failure(() => resultOfExit(tuple(ref, atom('error'), atom('undef'), stack), ref, site));
    assert.equal(own.code, 'REMOTE_UNDEF');
    assert.match(own.message, /lists:nth\/2 on app@h is not defined or not exported there/);
    const inner = [tuple(atom('deep'), atom('down'), [1, 2, 3], [])];
    const other = failure(() => resultOfExit(tuple(ref, atom('error'), atom('undef'), inner), ref, site));
    assert.match(other.message, /called an undefined function, deep:down\/3/);
  });

  it('shows what a Convoy node says about a refused call', () => {
    const refused = undefinedFunction({ module: 'lists', function: 'nth', args: [1, 2] }, [
      tuple(atom('convoy'), new TextEncoder().encode('open its shell with: convoy shell')),
    ]);
    const error = failure(() => resultOfExit(exitReasonOf(ref, refused), ref, site));
    assert.match(error.message, /convoy shell/);
  });

  attack('Terms and frames', 'what a node says about a refused call is cut to a few sentences', () => {
    for (const said of ['x'.repeat(10_000), new Uint8Array(10_000).fill(0x78)]) {
      const top = tuple(atom('lists'), atom('nth'), 2, [tuple(atom('convoy'), said)]);
      const error = failure(() => resultOfExit(tuple(ref, atom('error'), atom('undef'), [top]), ref, site));
      assert.match(error.message, /: x{1000}$/);
    }
  });

  it('takes any other exit for a lost call', () => {
    const cases: [Term, string][] = [
      [atom('noconnection'), 'CALL_NODEDOWN'],
      [atom('killed'), 'CALL_EXIT'],
      [atom('notsup'), 'CALL_UNSUPPORTED'],
      [tuple(new Reference('us@h', 1, [9, 9, 9]), atom('return'), 5), 'CALL_EXIT'],
    ];
    for (const [reason, code] of cases)
      assert.equal(failure(() => resultOfExit(reason, ref, site)).code, code);
  });

  it('writes outcomes the way it reads them', () => {
    assert.equal(resultOfExit(exitReasonOf(ref, { class: 'return', value: 7 }), ref, site), 7);
    const thrown = exitReasonOf(ref, { class: 'throw', reason: 7 });
    assert.equal(failure(() => resultOfExit(thrown, ref, site)).code, 'REMOTE_THROW');
    const failed = exitReasonOf(ref, { class: 'error', reason: 7, stack });
    assert.equal(failure(() => resultOfExit(failed, ref, site)).code, 'REMOTE_ERROR');
  });

  it('ends a plain process as Erlang ends one whose function fails', () => {
    assert.equal(plainExitReason({ class: 'return', value: 1 }), atom('normal'));
    assert.equal(plainExitReason({ class: 'exit', reason: atom('bye') }), atom('bye'));
    assert.deepEqual(plainExitReason({ class: 'throw', reason: 1 }), tuple(tuple(atom('nocatch'), 1), []));
    assert.deepEqual(plainExitReason({ class: 'error', reason: 1, stack }), tuple(1, stack));
  });
});

describe('outcomes of rex', () => {
  it('gives values and throws alike', () => {
    assert.equal(resultOfRex(rexResultOf({ class: 'return', value: 3 }), site), 3);
    assert.equal(resultOfRex(rexResultOf({ class: 'throw', reason: 3 }), site), 3);
  });

  it('tells errors from exits by their stack', () => {
    const failed = rexResultOf({ class: 'error', reason: atom('badarg'), stack });
    assert.equal(failure(() => resultOfRex(failed, site)).code, 'REMOTE_ERROR');
    const exited = rexResultOf({ class: 'exit', reason: atom('bye') });
    assert.equal(failure(() => resultOfRex(exited, site)).code, 'REMOTE_EXIT');
    const lost = tuple(atom('badrpc'), atom('nodedown'));
    assert.equal(failure(() => resultOfRex(lost, site)).code, 'CALL_EXIT');
  });
});

describe('exceptions of exposed functions', () => {
  it('keeps the class an ErlangError asks for', () => {
    assert.deepEqual(thrownOutcome(new ErlangError('ERLANG_THROW', 1)), { class: 'throw', reason: 1 });
    assert.deepEqual(thrownOutcome(new ErlangError('ERLANG_EXIT', 1)), { class: 'exit', reason: 1 });
    assert.deepEqual(thrownOutcome(new ErlangError('ERLANG_ERROR', 1)), {
      class: 'error',
      reason: 1,
      stack: [],
    });
  });

  it('passes on the exception of a remote call of its own', () => {
    const remote = new RemoteError('REMOTE_ERROR', 'text', { reason: atom('badarg'), stack });
    assert.deepEqual(thrownOutcome(remote), { class: 'error', reason: atom('badarg'), stack });
  });

  it('makes a term of any other error', () => {
    const reasonOf = (thrown: unknown): Term => {
      const outcome = thrownOutcome(thrown);
      return outcome.class === 'error' ? outcome.reason : assert.fail('no error');
    };
    assert.deepEqual(reasonOf(new Error('no')), tuple(atom('convoy_error'), null, 'no'));
    assert.deepEqual(reasonOf('text'), tuple(atom('convoy_error'), null, 'text'));
    const coded = new CallError('CALL_TIMEOUT', 'late', { target: 'x' });
    assert.deepEqual(reasonOf(coded), tuple(atom('convoy_error'), atom('CALL_TIMEOUT'), 'late'));
  });
});
