/** Floats that JavaScript cannot distinguish from integers. */

import { EncodeError } from '../errors.ts';
import { wrongType } from './argument-checks.ts';

/**
 * A float whose value is a whole number (or -0.0), distinct from the integer of the same value. The constructor throws
 * `EncodeError` for a value that is not a finite number.
 */
export class Float {
  /** The value of the float. */
  readonly value: number;
  constructor(value: number) {
    if (typeof value !== 'number') throw wrongType('the value of a float', 'a number', value);
    if (!Number.isFinite(value)) {
      throw new EncodeError('ENCODE_RANGE', `${value} cannot be encoded: Erlang floats are finite`);
    }
    this.value = value;
  }
  /** The value of the float. */
  valueOf(): number {
    return this.value;
  }
}

/** Creates a float from any finite number; `encode` writes it as a float even if it is a whole number. */
export function float(value: number): Float {
  return new Float(value);
}
