/** Preferences of this browser, keyboard shortcuts, and information about the console. */

import type { Capability } from '@convoy/console/protocol';
import type { ComponentChildren, JSX } from 'preact';
import { KeyList } from '../components/commands/key-list.tsx';
import { KindMark } from '../components/kind-mark.tsx';
import { consoleInfo, kindNames } from '../state/nodes/nodes.ts';
import {
  type Contrast,
  largestFont,
  prefer,
  preferences,
  smallestFont,
  type Theme,
} from '../state/page/preferences.ts';
import { endSession } from '../state/session.ts';
import { PageFrame } from './page-frame.tsx';

const themes: readonly (readonly [Theme, string])[] = [
  ['system', 'System'],
  ['light', 'Light'],
  ['dark', 'Dark'],
];

const contrasts: readonly (readonly [Contrast, string])[] = [
  ['system', 'System'],
  ['more', 'High'],
];

function Choice<Value extends string>(props: {
  readonly legend: string;
  readonly name: string;
  readonly value: Value;
  readonly options: readonly (readonly [Value, string])[];
  readonly onChoose: (value: Value) => void;
}): JSX.Element {
  return (
    <fieldset class="setting">
      <legend>{props.legend}</legend>
      <div class="segments">
        {props.options.map(([value, label]) => (
          <label key={value}>
            <input
              type="radio"
              name={props.name}
              value={value}
              checked={props.value === value}
              onChange={() => props.onChoose(value)}
            />
            <span>{label}</span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}

function Appearance(): JSX.Element {
  const { theme, contrast } = preferences.value;
  return (
    <section class="group">
      <h2>Appearance</h2>
      <Choice
        legend="Theme"
        name="theme"
        value={theme}
        options={themes}
        onChoose={(value) => prefer({ theme: value })}
      />
      <Choice
        legend="Contrast"
        name="contrast"
        value={contrast}
        options={contrasts}
        onChoose={(value) => prefer({ contrast: value })}
      />
    </section>
  );
}

function ShellSettings(): JSX.Element {
  const { terminalFontSize, screenReader } = preferences.value;
  return (
    <section class="group">
      <h2>Shells</h2>
      <label class="setting">
        <span>Font size</span>
        <span class="range">
          <input
            type="range"
            min={smallestFont}
            max={largestFont}
            value={terminalFontSize}
            onInput={(event) => prefer({ terminalFontSize: event.currentTarget.valueAsNumber })}
          />
          <output>{terminalFontSize} px</output>
        </span>
      </label>
      <label class="setting">
        <span>
          Screen reader mode
          <small>
            Keeps the shell's lines as text that a screen reader can walk through and announces new output.
          </small>
        </span>
        <input
          type="checkbox"
          role="switch"
          class="switch"
          checked={screenReader}
          data-testid="screen-reader"
          onChange={(event) => prefer({ screenReader: event.currentTarget.checked })}
        />
      </label>
    </section>
  );
}

function Keys(): JSX.Element {
  return (
    <section class="group">
      <h2>Keys</h2>
      <KeyList />
    </section>
  );
}

function Fact({
  name,
  children,
}: {
  readonly name: string;
  readonly children: ComponentChildren;
}): JSX.Element {
  return (
    <>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </>
  );
}

/** How the programs of a kind were found, unless they are simply on PATH. */
function foundText({ foundBy }: Capability): string {
  return foundBy === undefined || foundBy === 'on PATH' ? '' : `, found ${foundBy}`;
}

function About(): JSX.Element | null {
  const info = consoleInfo.value;
  if (info === undefined) return null;
  return (
    <section class="group">
      <h2>This console</h2>
      <dl class="facts">
        <Fact name="Version">{info.version}</Fact>
        <Fact name="Its own node">
          <code>{info.node}</code>
        </Fact>
        <Fact name="Computer">{info.host}</Fact>
        <Fact name="EPMD">
          {info.epmd === 'system' ? "this computer's" : "Convoy's own"}, port {info.epmdPort}
        </Fact>
        <Fact name="Node limit">{info.nodeLimit}</Fact>
      </dl>
      <ul class="capabilities">
        {info.capabilities.map((capability) => (
          <li key={capability.kind}>
            <KindMark kind={capability.kind} size="small" />
            <strong>{kindNames[capability.kind]}</strong>
            <span>
              {capability.available
                ? `${capability.version ?? 'ready'}${foundText(capability)}`
                : (capability.remedy ?? 'not installed')}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

export function SettingsPage(): JSX.Element {
  return (
    <PageFrame
      title="Settings"
      note="Kept in this browser"
      actions={
        <button type="button" class="button" data-testid="log-out" onClick={() => void endSession()}>
          Log out
        </button>
      }
    >
      <div class="settings">
        <Appearance />
        <ShellSettings />
        <Keys />
        <About />
      </div>
    </PageFrame>
  );
}
