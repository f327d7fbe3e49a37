/** Encodes responses and messages as JSON whose texts are safe to show in a page or a terminal. Pure. */

import { visibleText } from '@convoy/node';

/** `value` as JSON without invisible characters. Names, log lines and errors come from nodes, and JSON leaves their characters as they are. */
export function shownJson(value: object): string {
  return visibleText(JSON.stringify(value));
}
