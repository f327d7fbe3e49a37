/** The dock at the bottom of every page: shells as tabs, up to three side by side, resizable by mouse and keyboard. */

import type { JSX } from 'preact';
import { dockHeight, dockPanes, dockSize, leastDockHeight, resizeDock } from '../../state/shells/dock.ts';
import { findTab, shellTabs } from '../../state/shells/shell-tabs.ts';
import { DockBar } from './dock-bar.tsx';
import { ShellPane } from './shell-pane.tsx';

const keyboardStep = 24;

function startDrag(event: PointerEvent): void {
  const handle = event.currentTarget as HTMLElement;
  const fromY = event.clientY;
  const fromHeight = dockHeight();
  handle.setPointerCapture(event.pointerId);
  const move = (moved: PointerEvent): void => resizeDock(fromHeight + fromY - moved.clientY);
  const end = (): void => {
    handle.removeEventListener('pointermove', move);
    handle.removeEventListener('pointerup', end);
    handle.removeEventListener('pointercancel', end);
  };
  handle.addEventListener('pointermove', move);
  handle.addEventListener('pointerup', end);
  handle.addEventListener('pointercancel', end);
  event.preventDefault();
}

function resizeByKey(event: KeyboardEvent): void {
  const heights: Readonly<Record<string, number>> = {
    ArrowUp: dockHeight() + keyboardStep,
    ArrowDown: dockHeight() - keyboardStep,
    Home: leastDockHeight,
    End: innerHeight,
  };
  const height = heights[event.key];
  if (height === undefined) return;
  event.preventDefault();
  resizeDock(height);
}

function ResizeHandle(): JSX.Element {
  return (
    <div
      class="dock-handle"
      role="separator"
      tabIndex={0}
      aria-orientation="horizontal"
      aria-label="Height of the shells"
      aria-valuenow={dockHeight()}
      aria-valuemin={leastDockHeight}
      aria-valuemax={innerHeight}
      data-testid="dock-handle"
      onPointerDown={startDrag}
      onKeyDown={resizeByKey}
    />
  );
}

export function Dock(): JSX.Element {
  const size = shellTabs.value.length === 0 ? 'folded' : dockSize.value;
  const panes = dockPanes.value.flatMap((key) => findTab((tab) => tab.key === key) ?? []);
  return (
    <section
      class={`dock dock-${size}`}
      aria-label="Shells"
      data-testid="dock"
      style={size === 'open' ? { height: `${dockHeight()}px` } : {}}
    >
      {size === 'open' && <ResizeHandle />}
      <DockBar />
      {size !== 'folded' && (
        <div class="dock-panes">
          {panes.map((tab) => (
            <ShellPane key={tab.key} tab={tab} />
          ))}
        </div>
      )}
    </section>
  );
}
