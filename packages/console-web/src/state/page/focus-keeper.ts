/**
 * Keeps the keyboard focus on the page. When the focused element vanishes, is hidden or disabled, a browser gives the focus to
 * the body, and the next Tab starts again at the top. Here it goes to what has taken the place of the element, otherwise to
 * its nearest neighbour, to what was focused before, or to the page itself.
 */

type Focusable = HTMLElement | SVGElement;

/** Where an element was: its ancestors from the inside out, each with its position among its siblings. */
type Place = readonly { readonly element: Element; readonly index: number }[];

const tabbable =
  'a[href], button:not(:disabled), input:not(:disabled), select:not(:disabled), textarea:not(:disabled), summary, [tabindex="0"]';
/** Beyond these, a neighbour would be somewhere else entirely. */
const boundary = '#app, #content, dialog, nav, .dock, .toasts';
const mostRemembered = 10;

let held: Place | undefined;
/** What was focused before, the last first. */
let earlier: readonly Focusable[] = [];

/** Starts to keep the focus. */
export function startFocusKeeper(): void {
  document.addEventListener('focusin', ({ target }) => {
    if (isFocusable(target)) hold(target);
  });
  document.addEventListener('focusout', ({ relatedTarget }) => {
    // The user may have clicked where nothing takes the focus; an element that is being removed is gone a moment later.
    if (relatedTarget === null) queueMicrotask(() => (isLost() ? recover() : letGo()));
  });
  const changes = { childList: true, subtree: true, attributeFilter: ['disabled', 'hidden'] };
  new MutationObserver(() => isLost() && recover()).observe(document.body, changes);
  addEventListener('resize', () => isLost() && recover());
}

/** Notes where the focus is, for `restoreFocus`. */
export function noteFocus(): Place | undefined {
  const active = document.activeElement;
  return active === null || active === document.body ? undefined : placeOf(active);
}

/** Gives the focus back to an element, or to what is nearest to where it was. */
export function restoreFocus(place: Place | undefined): void {
  const [first] = place ?? [];
  if (first !== undefined && isFocusable(first.element) && isUsable(first.element)) first.element.focus();
  else focusNear(place ?? []);
}

function hold(element: Focusable): void {
  earlier = [element, ...earlier.filter((one) => one !== element)].slice(0, mostRemembered);
  held = placeOf(element);
}

function letGo(): void {
  if (document.activeElement === document.body) held = undefined;
}

function placeOf(element: Element): Place {
  const place = [];
  for (let one: Element | null = element; one !== null && one !== document.body; one = one.parentElement)
    place.push({
      element: one,
      index: one.parentElement === null ? 0 : [...one.parentElement.children].indexOf(one),
    });
  return place;
}

/** Whether the element that had the focus cannot have it any more, and no other has it. */
function isLost(): boolean {
  const [first] = held ?? [];
  if (first === undefined || isUsable(first.element)) return false;
  const active = document.activeElement;
  return active === null || active === document.body || active === first.element;
}

function recover(): void {
  if (held !== undefined) focusNear(held);
}

function focusNear(place: Place): void {
  const target = neighbourOf(place) ?? earlier.find(isUsable) ?? document.getElementById('content');
  target?.focus();
}

/** What is in the place of the element now, or next to it, within the nearest boundary. */
function neighbourOf(place: Place): Focusable | undefined {
  for (const [step, { element, index }] of place.entries()) {
    const home = place[step + 1]?.element;
    if (home === undefined || element.matches(boundary)) return undefined;
    if (!home.isConnected) continue;
    // Another page has come, or the login: it is read from its start.
    if (home.matches('#content, #app')) return undefined;
    const around = [...home.children];
    const candidates = [...around.slice(index), ...around.slice(0, index).reverse()];
    const found = candidates.flatMap((one) => firstTabbable(one) ?? [])[0];
    if (found !== undefined) return found;
  }
  return undefined;
}

function firstTabbable(within: Element): Focusable | undefined {
  const preferred = within.querySelectorAll('[data-autofocus]');
  return [...preferred, within, ...within.querySelectorAll(tabbable)]
    .filter(isFocusable)
    .find((one) => (one.matches(tabbable) || one.matches('[data-autofocus]')) && isUsable(one));
}

function isFocusable(target: unknown): target is Focusable {
  return target instanceof HTMLElement || target instanceof SVGElement;
}

function isUsable(element: Element): boolean {
  return element.isConnected && !element.matches(':disabled') && element.checkVisibility();
}
