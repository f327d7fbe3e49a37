/** What can be done with the shell that has the focus. */

import type { JSX } from 'preact';
import { focusedTab, searchTab } from '../../state/shells/dock.ts';
import { takeOverSize } from '../../state/shells/shell-sizes.ts';
import { findTab, type ShellTab } from '../../state/shells/shell-tabs.ts';
import { closeTab, endShell } from '../../state/shells/shells.ts';
import { Glyph } from '../glyphs.tsx';
import { MenuButton, type MenuItem } from '../menu.tsx';

function itemsOf({ key, shellId, phase, foreignSize }: ShellTab): readonly MenuItem[] {
  const search = {
    id: 'search-shell',
    label: (
      <>
        <span>Search</span>
        <kbd>Ctrl Shift F</kbd>
      </>
    ),
    onSelect: () => searchTab(key),
  };
  const resize = {
    id: 'take-size',
    label: <span>Use the size of this window</span>,
    onSelect: () => takeOverSize(key),
  };
  const close = {
    id: 'close-tab',
    label: <span>Close the tab</span>,
    onSelect: () => closeTab(key),
  };
  const isOpen = shellId !== undefined && phase !== 'ended' && phase !== 'failed';
  const end = {
    id: 'end-shell',
    label: <span class="danger-text">End the shell</span>,
    onSelect: () => shellId !== undefined && endShell(shellId),
  };
  return [search, ...(foreignSize === undefined ? [] : [resize]), close, ...(isOpen ? [end] : [])];
}

export function ShellMenu(): JSX.Element | null {
  const tab = findTab((one) => one.key === focusedTab.value);
  if (tab === undefined) return null;
  return (
    <MenuButton
      label="This shell"
      buttonClass="icon-button"
      items={itemsOf(tab)}
      emptyText=""
      testId="shell-menu"
    >
      <Glyph name="more" />
    </MenuButton>
  );
}
