/** Floats that JavaScript cannot tell from integers. */
import { EncodeError } from '../errors.ts';
import { wrongType } from './argument-checks.ts';

/**
 * A float whose value is a whole number (or -0.0), kept apart from the integer of the same value. Constructors of terms
 * throw EncodeError for arguments that no such term can hold.
 */
export class Float {
  readonly value: number;
  constructor(value: number) {
    if (typeof value !== 'number') throw wrongType('the value of a float', 'a number', value);
    if (!Number.isFinite(value)) {
      throw new EncodeError('ENCODE_RANGE', `${value} has no Erlang form; floats are finite`);
    }
    this.value = value;
  }
  valueOf(): number {
    return this.value;
  }
}

/** Makes a float of any finite number; `encode` writes it as a float even when it is whole. */
export function float(value: number): Float {
  return new Float(value);
}
