/** The names of a node: registered ones, those of `global`, and the groups of `pg`. */

import type { JSX } from 'preact';
import { nameKinds, nameView, showNames } from '../../../state/inside/panels/names.ts';
import {
  askGroups,
  askNames,
  type GroupScopes,
  type Names,
} from '../../../state/inside/panels/part-questions.ts';
import { useSettled } from '../../../state/inside/panels/use-settled.ts';
import type { Poll } from '../../../state/inside/poll.ts';
import { usePoll } from '../../../state/inside/use-poll.ts';
import { FilterField } from '../parts/filter-field.tsx';
import { Freshness } from '../parts/freshness.tsx';
import { PanelBody } from '../parts/panel-body.tsx';
import type { PanelProps } from '../parts/panel-props.ts';
import { LimitSelect, Segments } from '../parts/segments.tsx';
import { GroupList } from './group-list.tsx';
import { NameList } from './name-list.tsx';
import '../../../styles/inside/panel.css';
import '../../../styles/inside/processes.css';
import '../../../styles/inside/lists.css';

const limits = [50, 100, 200, 500];
const leastMs = 5000;

function Tools({ poll }: { readonly poll: Poll<unknown> }): JSX.Element {
  const { kind, filter, limit } = nameView.value;
  return (
    <div class="panel-tools">
      <Segments
        label="Which names"
        name="names"
        value={kind}
        options={nameKinds}
        onChoose={(chosen) => showNames({ kind: chosen })}
      />
      <FilterField
        value={filter}
        placeholder="Name"
        label="Filter by name"
        testId="name-filter"
        onType={(text) => showNames({ filter: text })}
      />
      <LimitSelect
        of={kind === 'groups' ? 'groups' : 'names'}
        value={limit}
        options={limits}
        onChoose={(chosen) => showNames({ limit: chosen })}
      />
      <Freshness poll={poll} what="This list" isLive />
    </div>
  );
}

/** Only what is shown is asked for. */
function usePolls(node: string, filter: string) {
  const { kind, limit } = nameView.value;
  const key = `${node} ${limit} ${filter}`;
  const areGroups = kind === 'groups';
  const names = usePoll<Names>(node, {
    key,
    isLive: !areGroups,
    isUrgent: !areGroups,
    leastMs,
    ask: () => askNames(node, { filter, limit }),
  });
  const groups = usePoll<GroupScopes>(node, {
    key,
    isLive: areGroups,
    isUrgent: areGroups,
    leastMs,
    ask: () => askGroups(node, { filter, limit }),
  });
  return { key, areGroups, names, groups };
}

export function NamesPanel({ node }: PanelProps): JSX.Element {
  const wanted = useSettled(nameView.value.filter.trim());
  const { key, areGroups, names, groups } = usePolls(node, wanted);
  return (
    <div class="panel" data-testid="panel-names">
      <Tools poll={areGroups ? groups : names} />
      {areGroups ? (
        <PanelBody key="groups" poll={groups} asked={key}>
          {(scopes) => <GroupList node={node} scopes={scopes} filter={wanted} />}
        </PanelBody>
      ) : (
        <PanelBody key="names" poll={names} asked={key}>
          {(list) => <NameList node={node} names={list} filter={wanted} />}
        </PanelBody>
      )}
    </div>
  );
}
