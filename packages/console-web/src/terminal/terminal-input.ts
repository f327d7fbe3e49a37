/**
 * Input from a terminal: keys, pastes and compositions of the user, never replies of the terminal itself. A node's output
 * may contain queries, and a reply would be typed into the shell, once per page that shows it.
 */

import type { Terminal } from '@xterm/xterm';

/** Replies that no key produces: device attributes, cursor position with a `?`, focus reports, DCS, OSC. */
const reply = /^\u001b(?:\[[?>=][\d;]*[cnRuy$]|\[\d*(?:;\d*)*c|\[[IO]$|\[0n|[P\]_^])/;

export function isReply(data: string): boolean {
  return reply.test(data);
}

/** Prevents xterm.js from replying to queries, and output from controlling the mouse, focus or clipboard. */
export function silenceQueries({ parser }: Terminal): void {
  const swallow = (): boolean => true;
  for (const prefix of ['', '>', '=']) {
    const id = prefix === '' ? { final: 'c' } : { prefix, final: 'c' };
    parser.registerCsiHandler(id, swallow);
  }
  parser.registerCsiHandler({ final: 'n' }, swallow);
  parser.registerCsiHandler({ prefix: '?', final: 'n' }, swallow);
  parser.registerCsiHandler({ intermediates: '$', final: 'p' }, swallow);
  parser.registerCsiHandler({ prefix: '?', intermediates: '$', final: 'p' }, swallow);
  parser.registerCsiHandler({ prefix: '>', final: 'q' }, swallow);
  parser.registerCsiHandler({ prefix: '?', final: 'u' }, swallow);
  parser.registerCsiHandler({ final: 't' }, swallow);
  // Mouse and focus reporting: reports are not keys, and a selection must stay possible.
  parser.registerCsiHandler({ prefix: '?', final: 'h' }, (params) => params.some(isReportingMode));
  parser.registerDcsHandler({ intermediates: '$', final: 'q' }, swallow);
  parser.registerDcsHandler({ intermediates: '+', final: 'q' }, swallow);
  for (const command of [4, 10, 11, 12, 52]) parser.registerOscHandler(command, swallow);
}

const reportingModes = new Set([9, 1000, 1001, 1002, 1003, 1004, 1005, 1006, 1015, 1016]);

function isReportingMode(param: number | number[]): boolean {
  return typeof param === 'number' && reportingModes.has(param);
}

/**
 * Removes control characters from a paste, except for tabs and line ends: `ESC[201~` would end the paste, and the rest
 * would be typed as keys that run at once.
 */
export function cleanPaste(text: string): string {
  return text.replaceAll(/\r\n?/g, '\n').replaceAll(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, '');
}

const mostLinesWithoutQuestion = 5;

/** Number of lines of a paste that needs confirmation; `undefined` for a short one. */
export function linesToConfirm(text: string): number | undefined {
  const count = text.replaceAll(/\r\n?/g, '\n').trimEnd().split('\n').length;
  return count > mostLinesWithoutQuestion ? count : undefined;
}

const escape = '\u001b';
/** The Escape key, in a form that is not the start of another key's sequence. */
const clearEscape = '\u001b[27u';

/** What a terminal sends for a key, made clear. Each key comes by itself, so an escape character alone is the Escape key. */
export function clearKeys(data: string): string {
  return data === escape ? clearEscape : data;
}

export type KeyAction = 'copy' | 'browser' | 'search' | 'shell';

type KeyPress = Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'shiftKey' | 'altKey' | 'metaKey'>;

/** Who handles a key; `browser` keys are left to the browser or the page. */
export function keyAction(event: KeyPress, hasSelection: boolean): KeyAction {
  const key = event.key.toLowerCase();
  const isControl = event.ctrlKey && !event.altKey && !event.metaKey;
  if (key === 'f1' || key === 'f6' || (event.metaKey && key === 'k')) return 'browser';
  if (!isControl) return 'shell';
  if (key === 'c' && (event.shiftKey || hasSelection)) return 'copy';
  if (key === 'f' && event.shiftKey) return 'search';
  // Left to the browser, whose paste event contains the text without a permission for the clipboard.
  if (key === 'v') return 'browser';
  if (key === '`') return 'browser';
  return 'shell';
}
