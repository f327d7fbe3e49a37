/** The loaded modules of a node, by name. */

import type { JSX } from 'preact';
import { moduleSummary, moduleView, showModules, versionOf } from '../../../state/inside/panels/modules.ts';
import { askModules, type ModuleList as List } from '../../../state/inside/panels/part-questions.ts';
import { useSettled } from '../../../state/inside/panels/use-settled.ts';
import { usePoll } from '../../../state/inside/use-poll.ts';
import { CutText } from '../../cut-text.tsx';
import { Glyph } from '../../glyphs.tsx';
import { PageLink } from '../../page-link.tsx';
import { FilterField } from '../parts/filter-field.tsx';
import { Freshness } from '../parts/freshness.tsx';
import { PanelBody } from '../parts/panel-body.tsx';
import { LimitSelect } from '../parts/segments.tsx';

const limits = [50, 200, 500, 2000];
const leastMs = 10_000;

type ModuleRow = List['rows'][number];

function Row({ node, row }: { readonly node: string; readonly row: ModuleRow }): JSX.Element {
  const { module, path, origin, hasOldCode } = row;
  return (
    <tr data-testid="module-row" data-module={module}>
      <th scope="row" class="cell-process">
        <PageLink class="process-name" to={{ page: 'nodes', node, panel: 'modules', item: module }}>
          <strong>
            <CutText text={module} />
          </strong>
        </PageLink>
      </th>
      <td class="cell-text">
        {hasOldCode && (
          <span class="old-code" title="Its former code is still there, because processes may run it.">
            <Glyph name="warning" />
            old code
          </span>
        )}
      </td>
      <td class="cell-text">
        <code>{versionOf(row)}</code>
      </td>
      <td class="cell-text cell-path" title={path}>
        {path ?? origin}
      </td>
    </tr>
  );
}

function Table({ node, list }: { readonly node: string; readonly list: List }): JSX.Element {
  return (
    <div class="data-frame">
      <table class="data-table list-table module-table" aria-label="Loaded modules">
        <thead>
          <tr>
            <th scope="col" class="cell-process">
              Module
            </th>
            <th scope="col" class="cell-old">
              Old code
            </th>
            <th scope="col">Version</th>
            <th scope="col" class="cell-path">
              File
            </th>
          </tr>
        </thead>
        <tbody>
          {list.rows.map((row) => (
            <Row key={row.module} node={node} row={row} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

export function ModuleList({ node }: { readonly node: string }): JSX.Element {
  const { filter, limit, isOldOnly } = moduleView.value;
  const wanted = useSettled(filter.trim());
  const key = `${node} ${limit} ${isOldOnly} ${wanted}`;
  const poll = usePoll<List>(node, {
    key,
    isLive: true,
    leastMs,
    ask: () => askModules(node, { filter: wanted, limit, isOldOnly }),
  });
  return (
    <>
      <div class="panel-tools">
        <FilterField
          value={filter}
          placeholder="Name"
          label="Filter modules by name"
          testId="module-filter"
          onType={(text) => showModules({ filter: text })}
        />
        <label class="check">
          <input
            type="checkbox"
            checked={isOldOnly}
            data-testid="old-only"
            onChange={(event) => showModules({ isOldOnly: event.currentTarget.checked })}
          />
          Only with old code
        </label>
        <LimitSelect
          of="modules"
          value={limit}
          options={limits}
          onChoose={(chosen) => showModules({ limit: chosen })}
        />
        <Freshness poll={poll} what="This list" isLive />
      </div>
      <PanelBody poll={poll} asked={key}>
        {(list) => (
          <>
            <p class="panel-summary" data-testid="module-summary">
              {moduleSummary(list)}
            </p>
            {list.rows.length > 0 && <Table node={node} list={list} />}
          </>
        )}
      </PanelBody>
    </>
  );
}
