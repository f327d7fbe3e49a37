/** The whole page: rail, current page, dock and dialogs. Decides only which of these are shown. */

import type { JSX } from 'preact';
import { AuditBanner } from './components/audit-banner.tsx';
import { ClusterDialog } from './components/attaching/cluster-dialog.tsx';
import { ConnectDialog } from './components/attaching/connect-dialog.tsx';
import { ClusterSwitch } from './components/clusters/cluster-switch.tsx';
import { DisconnectDialog } from './components/clusters/disconnect-dialog.tsx';
import { LeaveDialog } from './components/clusters/leave-dialog.tsx';
import { ProductionQuestion } from './components/clusters/production-question.tsx';
import { ReconnectedDialog } from './components/clusters/reconnected-dialog.tsx';
import { GoneBanner } from './components/gone-banner.tsx';
import { Brand } from './components/glyphs.tsx';
import { Dock } from './components/dock/dock.tsx';
import { EndShellQuestion } from './components/dock/end-shell-question.tsx';
import { SshDialog } from './components/hosts/ssh-dialog.tsx';
import { KeysDialog } from './components/commands/key-list.tsx';
import { ConfirmDelete } from './components/nodes/confirm-delete.tsx';
import { DoctorDialog } from './components/nodes/doctor-dialog.tsx';
import { ConfirmBulkDelete } from './components/nodes/table/confirm-bulk-delete.tsx';
import { LaunchDialog } from './components/launching/launch-dialog.tsx';
import { Palette } from './components/commands/palette.tsx';
import { RailwayDialog } from './components/railway/railway-dialog.tsx';
import { Rail } from './components/rail.tsx';
import { SocketStateChip } from './components/socket-state.tsx';
import { Toasts } from './components/toasts.tsx';
import { lazyPage } from './pages/lazy-page.tsx';
import { LoginPage } from './pages/login.tsx';
import { NotFoundPage } from './pages/not-found.tsx';
import { NodesPage } from './pages/nodes.tsx';
import { SettingsPage } from './pages/settings.tsx';
import { ShellsPage } from './pages/shells.tsx';
import { insideOf, type Route, route } from './router.ts';
import { openDialog } from './state/page/dialogs.ts';
import { dockSize } from './state/shells/dock.ts';
import { sessionPhase } from './state/session.ts';
import { shellTabs } from './state/shells/shell-tabs.ts';

const InsidePage = lazyPage('Node', async () => (await import('./pages/inside.tsx')).InsidePage);

const pages: Readonly<Record<Route['page'], () => JSX.Element>> = {
  mesh: lazyPage('Mesh', async () => (await import('./pages/mesh.tsx')).MeshPage),
  nodes: NodesPage,
  shells: ShellsPage,
  logs: lazyPage('Logs', async () => (await import('./pages/logs.tsx')).LogsPage),
  settings: SettingsPage,
  nowhere: NotFoundPage,
};

function OpenDialogs(): JSX.Element | null {
  const dialog = openDialog.value;
  if (dialog === undefined) return null;
  if (dialog.kind === 'palette') return <Palette />;
  if (dialog.kind === 'endShell') return <EndShellQuestion shellId={dialog.shellId} />;
  if (dialog.kind === 'delete') return <ConfirmDelete id={dialog.node} />;
  if (dialog.kind === 'deleteMany') return <ConfirmBulkDelete ids={dialog.nodes} />;
  if (dialog.kind === 'keys') return <KeysDialog />;
  if (dialog.kind === 'doctor') return <DoctorDialog request={dialog.request} />;
  if (dialog.kind === 'railway') return <RailwayDialog id={dialog.place} />;
  if (dialog.kind === 'ssh') return <SshDialog id={dialog.host} />;
  if (dialog.kind === 'connect') return <ConnectDialog id={dialog.cluster} />;
  if (dialog.kind === 'cluster') return <ClusterDialog id={dialog.cluster} />;
  if (dialog.kind === 'leaveCluster') return <LeaveDialog id={dialog.cluster} />;
  if (dialog.kind === 'disconnect') return <DisconnectDialog node={dialog.node} other={dialog.other} />;
  if (dialog.kind === 'reconnected')
    return <ReconnectedDialog cluster={dialog.cluster} result={dialog.result} />;
  return <LaunchDialog of={dialog.of} place={dialog.place} refused={dialog.refused} />;
}

function Starting(): JSX.Element {
  return (
    <main class="starting" aria-busy="true">
      <Brand />
      <SocketStateChip />
    </main>
  );
}

function Workspace(): JSX.Element {
  const Page = insideOf(route.value) === undefined ? pages[route.value.page] : InsidePage;
  const isCovered = dockSize.value === 'maximised' && shellTabs.value.length > 0;
  return (
    <div class="workspace">
      <a
        class="skip-link"
        href="#content"
        onClick={(event) => {
          event.preventDefault();
          document.getElementById('content')?.focus();
        }}
      >
        Skip to the page
      </a>
      <Rail>
        <ClusterSwitch />
      </Rail>
      <div class="banners">
        <GoneBanner />
        <AuditBanner />
      </div>
      <main id="content" class="content" tabIndex={-1} hidden={isCovered}>
        <Page />
      </main>
      <Dock />
      <OpenDialogs />
      <ProductionQuestion />
    </div>
  );
}

export function App(): JSX.Element {
  const phase = sessionPhase.value;
  return (
    <>
      {phase === 'login' && <LoginPage />}
      {phase === 'starting' && <Starting />}
      {phase === 'in' && <Workspace />}
      <Toasts />
    </>
  );
}
