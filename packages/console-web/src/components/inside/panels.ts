/** The panels of a node in the order of their tabs. Each is loaded when it is opened first. */

import type { PanelComponent } from './parts/panel-props.ts';

export interface Panel {
  /** As the address names it. */
  readonly id: string;
  readonly title: string;
  readonly load: () => Promise<PanelComponent>;
}

export const panels: readonly Panel[] = [
  {
    id: 'overview',
    title: 'Overview',
    load: async () => (await import('./overview/overview-panel.tsx')).OverviewPanel,
  },
  {
    id: 'processes',
    title: 'Processes',
    load: async () => (await import('./processes/processes-panel.tsx')).ProcessesPanel,
  },
  {
    id: 'applications',
    title: 'Applications',
    load: async () => (await import('./applications/applications-panel.tsx')).ApplicationsPanel,
  },
  {
    id: 'tables',
    title: 'Tables',
    load: async () => (await import('./tables/tables-panel.tsx')).TablesPanel,
  },
  {
    id: 'mnesia',
    title: 'Mnesia',
    load: async () => (await import('./mnesia/mnesia-panel.tsx')).MnesiaPanel,
  },
  {
    id: 'ports',
    title: 'Ports',
    load: async () => (await import('./ports/ports-panel.tsx')).PortsPanel,
  },
  {
    id: 'names',
    title: 'Names',
    load: async () => (await import('./names/names-panel.tsx')).NamesPanel,
  },
  {
    id: 'modules',
    title: 'Modules',
    load: async () => (await import('./modules/modules-panel.tsx')).ModulesPanel,
  },
  {
    id: 'trace',
    title: 'Trace',
    load: async () => (await import('./trace/trace-panel.tsx')).TracePanel,
  },
  {
    id: 'send',
    title: 'Send and call',
    load: async () => (await import('./messages/messages-panel.tsx')).MessagesPanel,
  },
];

export function findPanel(id: string): Panel | undefined {
  return panels.find((panel) => panel.id === id);
}
