/** A button that opens a menu. Arrow keys move in it; Escape and a click elsewhere close it. */

import type { ComponentChildren, JSX } from 'preact';
import { useEffect, useId, useLayoutEffect, useRef, useState } from 'preact/hooks';

export interface MenuItem {
  readonly id: string;
  readonly label: ComponentChildren;
  readonly section?: string;
  readonly disabled?: boolean;
  readonly onSelect: () => void;
}

export interface MenuButtonProps {
  readonly label: string;
  readonly children: ComponentChildren;
  /** The items, or what makes them once the menu is open: for a menu in each row of a table. */
  readonly items: readonly MenuItem[] | (() => readonly MenuItem[]);
  /** Text of the menu when it has no items. */
  readonly emptyText?: string;
  /** A sentence above the items, made once the menu is open. */
  readonly note?: () => string | undefined;
  readonly buttonClass?: string;
  readonly testId?: string;
  readonly disabled?: boolean;
}

interface Place {
  readonly left: number;
  readonly top: number;
}

/** Places the menu below the button, or above it if there is no room; always within the window. */
function placeMenu(button: DOMRect, menu: DOMRect): Place {
  const gap = 4;
  const edge = 8;
  const below = button.bottom + gap;
  const fits = below + menu.height <= innerHeight - edge;
  const top = fits ? below : Math.max(edge, button.top - gap - menu.height);
  const left = Math.max(edge, Math.min(button.left, innerWidth - menu.width - edge));
  return { left, top };
}

function moveFocus(list: HTMLElement, key: string): void {
  const items = [...list.querySelectorAll<HTMLElement>('[role="menuitem"]:not([aria-disabled="true"])')];
  const current = items.indexOf(document.activeElement as HTMLElement);
  const steps: Readonly<Record<string, number>> = {
    ArrowDown: current + 1,
    ArrowUp: current - 1,
    Home: 0,
    End: -1,
  };
  const next = steps[key];
  if (next !== undefined) items.at(next >= items.length ? 0 : next)?.focus();
}

/** `refocus`: the focus returns to the button; `elsewhere`: the user has already moved it. */
type Closing = 'refocus' | 'elsewhere';

/** Closes the menu when the user presses elsewhere, or scrolls its button away from it. */
function useClosing(
  list: { readonly current: HTMLElement | null },
  anchor: HTMLElement,
  onClose: (how: Closing) => void,
): void {
  useEffect(() => {
    const isOutside = ({ target }: Event): boolean =>
      target instanceof Node && !list.current?.contains(target) && !anchor.contains(target);
    const press = (event: Event): void => {
      if (isOutside(event)) onClose('elsewhere');
    };
    // The menu would stay where its button no longer is.
    const scroll = (event: Event): void => {
      if (isOutside(event)) onClose('refocus');
    };
    document.addEventListener('pointerdown', press, true);
    addEventListener('scroll', scroll, true);
    return () => {
      document.removeEventListener('pointerdown', press, true);
      removeEventListener('scroll', scroll, true);
    };
  }, [anchor, onClose]);
}

function MenuList(props: {
  readonly id: string;
  readonly anchor: HTMLElement;
  readonly menu: MenuButtonProps;
  readonly onClose: (how: Closing) => void;
}): JSX.Element {
  const { id, anchor, menu, onClose } = props;
  const items = typeof menu.items === 'function' ? menu.items() : menu.items;
  const note = menu.note?.() ?? (items.length === 0 ? menu.emptyText : undefined);
  const list = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const element = list.current;
    if (element === null) return;
    element.showPopover();
    const { left, top } = placeMenu(anchor.getBoundingClientRect(), element.getBoundingClientRect());
    element.style.left = `${left}px`;
    element.style.top = `${top}px`;
    moveFocus(element, 'Home');
  }, [anchor]);
  useClosing(list, anchor, onClose);
  const onKeyDown = (event: KeyboardEvent): void => {
    event.stopPropagation();
    if (event.key === 'Escape' || event.key === 'Tab') onClose('refocus');
    if (list.current !== null) moveFocus(list.current, event.key);
    if (event.key.startsWith('Arrow')) event.preventDefault();
  };
  return (
    <div
      ref={list}
      id={id}
      class="menu"
      role="menu"
      popover="manual"
      aria-label={menu.label}
      onKeyDown={onKeyDown}
    >
      {note !== undefined && (
        // Only menu items are allowed in a menu.
        <p class="menu-note" role="presentation">
          {note}
        </p>
      )}
      {items.map((item, index) => (
        <>
          {item.section !== undefined && item.section !== items[index - 1]?.section && (
            <div class="menu-section" role="presentation">
              {item.section}
            </div>
          )}
          <MenuEntry key={item.id} item={item} onClose={onClose} />
        </>
      ))}
    </div>
  );
}

function MenuEntry(props: {
  readonly item: MenuItem;
  readonly onClose: (how: Closing) => void;
}): JSX.Element {
  const { item, onClose } = props;
  return (
    <button
      type="button"
      role="menuitem"
      class="menu-item"
      tabIndex={-1}
      aria-disabled={item.disabled === true ? 'true' : undefined}
      data-item={item.id}
      onClick={() => {
        if (item.disabled === true) return;
        onClose('refocus');
        item.onSelect();
      }}
    >
      {item.label}
    </button>
  );
}

export function MenuButton(props: MenuButtonProps): JSX.Element {
  const [isOpen, setOpen] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const id = useId();
  const close = (how: Closing): void => {
    setOpen(false);
    if (how === 'refocus') button.current?.focus({ preventScroll: true });
  };
  return (
    <>
      <button
        ref={button}
        type="button"
        class={props.buttonClass ?? 'button'}
        aria-haspopup="menu"
        aria-expanded={isOpen}
        aria-controls={isOpen ? id : undefined}
        aria-label={props.label}
        title={props.label}
        data-testid={props.testId}
        disabled={props.disabled}
        onClick={() => setOpen(!isOpen)}
      >
        {props.children}
      </button>
      {isOpen && button.current !== null && (
        <MenuList id={id} anchor={button.current} menu={props} onClose={close} />
      )}
    </>
  );
}
