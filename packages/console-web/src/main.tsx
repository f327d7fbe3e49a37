/** Starts the page: styles, preferences, keys, session, and the app itself. */

import '@xterm/xterm/css/xterm.css';
import './styles/tokens.css';
import './styles/base.css';
import './styles/frame.css';
import './styles/controls.css';
import './styles/overlays.css';
import './styles/marks.css';
import './styles/nodes/nodes.css';
import './styles/nodes/node-table.css';
import './styles/nodes/node-detail.css';
import './styles/nodes/hosts.css';
import './styles/nodes/launch.css';
import './styles/nodes/launch-form.css';
import './styles/nodes/nodes-narrow.css';
import './styles/nodes/mesh.css';
import './styles/clusters/cluster-marks.css';
import './styles/clusters/cluster-switch.css';
import './styles/clusters/cluster-forms.css';
import './styles/dock.css';
import './styles/shell-pane.css';
import './styles/pages/pages.css';
import './styles/pages/settings.css';
import './styles/pages/pages-narrow.css';
import { effect } from '@preact/signals';
import { render } from 'preact';
import { App } from './app.tsx';
import { places } from './components/rail.tsx';
import { route, startRouter } from './router.ts';
import { startFocusKeeper } from './state/page/focus-keeper.ts';
import { applyPreferences, preferences } from './state/page/preferences.ts';
import { startDeepLinks } from './state/deep-links.ts';
import { startSession } from './state/session.ts';
import { startShortcuts } from './state/shortcuts.ts';
import { restyleTerminals } from './terminal/terminal-registry.ts';

function followTheme(): void {
  effect(() => {
    void preferences.value;
    // After the document's attributes have changed.
    requestAnimationFrame(restyleTerminals);
  });
  for (const query of ['(prefers-color-scheme: dark)', '(prefers-contrast: more)'])
    matchMedia(query).addEventListener('change', () => restyleTerminals());
}

/** The page inside a node has a title of its own, which it sets afterwards. */
function followTitle(): void {
  effect(() => {
    const place = places.find(({ page }) => page === route.value.page);
    document.title = `${place?.label ?? 'Not found'} · Convoy`;
  });
}

const root = document.getElementById('app');
if (root === null) throw new Error('the page has no element #app');
applyPreferences();
followTheme();
followTitle();
startFocusKeeper();
startRouter();
startDeepLinks();
startShortcuts();
render(<App />, root);
void startSession();
