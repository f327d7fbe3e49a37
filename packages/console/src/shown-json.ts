/** Responses and messages of the console as JSON whose texts a page or a terminal can show as they are. Pure. */

import { visibleText } from '@convoy/node';

/** Names, log lines and errors come from nodes. Their characters stand for themselves in JSON, so its text can be taken. */
export function shownJson(value: object): string {
  return visibleText(JSON.stringify(value));
}
