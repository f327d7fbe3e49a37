/** The rest of what is done with the lines: search the stored ones, copy, download, clear. */

import type { JSX } from 'preact';
import { consoleUrl } from '../../console-link/console-url.ts';
import { nodeTitle } from '../../state/clusters/node-titles.ts';
import { compileFilter, isFiltering } from '../../state/logs/filter/line-filter.ts';
import { followedNodes } from '../../state/logs/log-scope.ts';
import type { LogSession } from '../../state/logs/log-session.ts';
import { linesAsText } from '../../state/logs/log-text.ts';
import { chosenFilter } from '../../state/logs/log-view.ts';
import { copyText } from '../../state/page/copy-text.ts';
import { formatCount } from '../../state/page/format.ts';
import { Glyph } from '../glyphs.tsx';
import { MenuButton, type MenuItem } from '../menu.tsx';

/** More would not fit into the window. */
const mostOffered = 12;

function shownText({ stream }: LogSession): string {
  const isMany = followedNodes.value.length > 1;
  return linesAsText(stream.shown.value, (node) => (isMany ? nodeTitle(node) : undefined));
}

/** Has the browser save what is at an address. */
function save(address: string, name: string): void {
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
}

function saveShown(session: LogSession): void {
  const address = URL.createObjectURL(new Blob([shownText(session), '\n'], { type: 'text/plain' }));
  save(address, 'lines.log');
  // The browser reads it after the click.
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}

/** The log of a node as the console has stored it: what matches the filter. */
function saveStored(node: string, format: 'text' | 'jsonl'): void {
  const compiled = compileFilter(chosenFilter());
  const { level, match } = compiled.isValid ? compiled.condition.query : {};
  const query = new URLSearchParams({ format });
  if (level !== undefined) query.set('level', level);
  if (match !== undefined) query.set('match', match);
  const path = `/api/nodes/${encodeURIComponent(node)}/logs/download?${query.toString()}`;
  save(consoleUrl(path).href, '');
}

function loadOlder({ stream, stay }: LogSession): void {
  stay();
  for (const { id } of followedNodes.value) void stream.loadOlder(id);
}

function downloads(): readonly MenuItem[] {
  const nodes = followedNodes.value.slice(0, mostOffered);
  const what = isFiltering(chosenFilter()) ? 'Matching lines' : 'Log';
  const item = (id: string, format: 'text' | 'jsonl', name: string): MenuItem => ({
    id: `download-${format}-${id}`,
    section: 'Download what is stored',
    label: `${what} of ${nodeTitle(id)}, as ${name}`,
    onSelect: () => saveStored(id, format),
  });
  return nodes.flatMap(({ id }) => [
    item(id, 'text', 'text'),
    ...(nodes.length === 1 ? [item(id, 'jsonl', 'JSON lines')] : []),
  ]);
}

function itemsOf(session: LogSession): readonly MenuItem[] {
  const { shown } = session.stream;
  const count = shown.value.length;
  const lines = formatCount(count, 'line');
  const section = 'Lines shown';
  return [
    {
      id: 'older',
      section: 'Stored lines',
      label: isFiltering(chosenFilter()) ? 'Search older lines' : 'Load older lines',
      disabled: followedNodes.value.every(({ id }) => !session.stream.history.mayHaveOlder(id)),
      onSelect: () => loadOlder(session),
    },
    {
      id: 'copy',
      section,
      label: `Copy ${lines}`,
      disabled: count === 0,
      onSelect: () => copyText(shownText(session), `Copied ${lines}`),
    },
    {
      id: 'save',
      section,
      label: `Download ${lines}`,
      disabled: count === 0,
      onSelect: () => saveShown(session),
    },
    { id: 'clear', section, label: 'Clear the view', onSelect: () => session.stream.clear() },
    ...downloads(),
  ];
}

export function LogMenu({ session }: { readonly session: LogSession }): JSX.Element {
  return (
    <MenuButton
      label="Copy, download, older lines"
      buttonClass="button log-menu"
      items={() => itemsOf(session)}
      emptyText=""
      testId="logs-menu"
    >
      <Glyph name="more" />
    </MenuButton>
  );
}
