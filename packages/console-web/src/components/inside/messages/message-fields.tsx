/** The fields of a message: its process or function, its language, and the term itself. */

import type { JSX } from 'preact';
import {
  acts,
  changeForm,
  examples,
  type MessageForm,
  messageForm,
  syntaxes,
} from '../../../state/inside/messages/message-form.ts';
import { Segments } from '../parts/segments.tsx';

const timeouts: readonly (readonly [ms: number, text: string])[] = [
  [1000, 'for up to 1 s'],
  [5000, 'for up to 5 s'],
  [30_000, 'for up to 30 s'],
  [60_000, 'for up to 1 min'],
];

function Line(props: {
  readonly label: string;
  readonly value: string;
  readonly placeholder: string;
  readonly testId: string;
  readonly onType: (text: string) => void;
}): JSX.Element {
  const { label, value, placeholder, testId, onType } = props;
  return (
    <label class="field message-line">
      <span>{label}</span>
      <input
        type="text"
        value={value}
        maxLength={510}
        placeholder={placeholder}
        spellcheck={false}
        autocapitalize="off"
        autocomplete="off"
        data-testid={testId}
        onInput={(event) => onType(event.currentTarget.value)}
      />
    </label>
  );
}

function Target({ form }: { readonly form: MessageForm }): JSX.Element {
  if (form.act === 'rpc')
    return (
      <Line
        label="Function"
        value={form.function}
        placeholder="shop_cart:total or Shop.Cart.total"
        testId="message-function"
        onType={(text) => changeForm({ function: text })}
      />
    );
  return (
    <Line
      label="Process"
      value={form.to}
      placeholder="cache, Shop.Cart or <0.85.0>"
      testId="message-to"
      onType={(text) => changeForm({ to: text })}
    />
  );
}

function Term({ form }: { readonly form: MessageForm }): JSX.Element {
  const { act, syntax, term } = form;
  const isArguments = act === 'rpc';
  const example = examples[syntax][isArguments ? 'args' : 'message'];
  return (
    <label class="field message-term">
      <span>{isArguments ? 'Arguments, as a list' : 'Message'}</span>
      <textarea
        rows={4}
        value={term}
        maxLength={65_536}
        placeholder={isArguments ? `${example}, or empty for none` : example}
        spellcheck={false}
        autocapitalize="off"
        autocomplete="off"
        data-testid="message-term"
        aria-describedby="term-note"
        onInput={(event) => changeForm({ term: event.currentTarget.value })}
        onKeyDown={(event) => {
          if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
          event.preventDefault();
          event.currentTarget.form?.requestSubmit();
        }}
      />
    </label>
  );
}

function TimeoutSelect({ form }: { readonly form: MessageForm }): JSX.Element | null {
  if (form.act === 'send') return null;
  return (
    <select
      class="filter-select"
      aria-label="How long an answer is waited for"
      data-testid="message-timeout"
      value={String(form.timeoutMs)}
      onChange={(event) => changeForm({ timeoutMs: Number(event.currentTarget.value) })}
    >
      {timeouts.map(([ms, text]) => (
        <option key={ms} value={String(ms)}>
          Wait {text}
        </option>
      ))}
    </select>
  );
}

export function MessageFields(): JSX.Element {
  const form = messageForm.value;
  const { act, syntax } = form;
  return (
    <>
      <div class="panel-tools">
        <Segments
          label="What to do"
          name="act"
          value={act}
          options={acts}
          onChoose={(chosen) => changeForm({ act: chosen })}
        />
        <Segments
          label="Language of the term"
          name="syntax"
          value={syntax}
          options={syntaxes}
          onChoose={(chosen) => changeForm({ syntax: chosen })}
        />
        <TimeoutSelect form={form} />
      </div>
      <Target form={form} />
      <Term form={form} />
      <p class="quiet message-note" id="term-note">
        The term is a literal: it is read, never evaluated. Every node gets the same one. Ctrl+Enter sends it.
      </p>
    </>
  );
}
