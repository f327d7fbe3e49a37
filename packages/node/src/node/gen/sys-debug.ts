/**
 * The debug requests of `sys`: statistics are counted, a log or a trace is not kept.
 */

import { atom, atomName, type Term, Tuple, tuple } from '../../etf/index.ts';

interface Statistics {
  readonly startedAt: Date;
  messagesIn: number;
  messagesOut: number;
}

const ok = atom('ok');
/** How OTP refuses a debug request that it does not know. */
const unknownDebug = atom('unknown_debug');

/** What `sys` collects about one server. */
export class SysDebug {
  #statistics: Statistics | undefined;

  noteIn(): void {
    if (this.#statistics !== undefined) this.#statistics.messagesIn += 1;
  }

  noteReply(): void {
    if (this.#statistics !== undefined) this.#statistics.messagesOut += 1;
  }

  /** The answer to `{debug, What}`. */
  answer(what: Term): Term {
    const [name, flag]: readonly Term[] = what instanceof Tuple ? what.elements : [what];
    switch (atomName(name)) {
      case 'statistics':
        return this.#answerStatistics(flag);
      case 'no_debug':
        this.#statistics = undefined;
        return ok;
      case 'remove':
        return ok;
      case 'log':
        if (atomName(flag) === 'get') return tuple(ok, []);
        return flag === false ? ok : unknownDebug;
      case 'trace':
        return flag === false ? ok : unknownDebug;
      case 'log_to_file':
        return flag === false ? ok : tuple(atom('error'), atom('open_file'));
      default:
        return unknownDebug;
    }
  }

  #answerStatistics(flag: Term): Term {
    if (flag === true) this.#statistics = { startedAt: new Date(), messagesIn: 0, messagesOut: 0 };
    else if (flag === false) this.#statistics = undefined;
    else if (atomName(flag) === 'get') return tuple(ok, this.#shown());
    else return unknownDebug;
    return ok;
  }

  #shown(): Term {
    if (this.#statistics === undefined) return atom('no_statistics');
    const { startedAt, messagesIn, messagesOut } = this.#statistics;
    return [
      tuple(atom('start_time'), dateTime(startedAt)),
      tuple(atom('current_time'), dateTime(new Date())),
      // Nothing counts reductions in a TypeScript node.
      tuple(atom('reductions'), 0),
      tuple(atom('messages_in'), messagesIn),
      tuple(atom('messages_out'), messagesOut),
    ];
  }
}

/** `{{Year, Month, Day}, {Hour, Minute, Second}}` in local time. */
function dateTime(date: Date): Term {
  return tuple(
    tuple(date.getFullYear(), date.getMonth() + 1, date.getDate()),
    tuple(date.getHours(), date.getMinutes(), date.getSeconds()),
  );
}
