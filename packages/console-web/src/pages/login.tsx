/** The login page, which asks for the token in the link that `convoy up` printed. */

import type { JSX } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { Brand, Glyph } from '../components/glyphs.tsx';
import { isWelcomed } from '../state/connection.ts';
import { isBusy, loginProblem, submitToken } from '../state/session.ts';

function WhereToFind(): JSX.Element {
  return (
    <details class="login-help">
      <summary>Where is the token?</summary>
      <ul>
        <li>
          In the link that <code>npm start</code> or <code>convoy up</code> printed; opening that link logs
          you in.
        </li>
        <li>
          In the file <code>token</code> of the console's data directory, readable by its owner only.
        </li>
      </ul>
    </details>
  );
}

export function LoginPage(): JSX.Element {
  const [text, setText] = useState('');
  const [isEmpty, setEmpty] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  useLayoutEffect(() => field.current?.focus(), []);
  const problem = isEmpty ? 'Paste the link, or the token from it.' : loginProblem.value;
  const submit = (event: Event): void => {
    event.preventDefault();
    setEmpty(text.trim() === '');
    field.current?.focus();
    if (text.trim() !== '' && !isBusy.value) void submitToken(text);
  };
  return (
    <main class="login">
      <form class="login-card" noValidate onSubmit={submit}>
        <div class="login-head">
          <Brand />
          <h1>Convoy</h1>
        </div>
        <p>
          {isWelcomed.value
            ? 'Your session has ended. Log in again to continue.'
            : 'This console can start programs and run code on your nodes, so it asks who you are.'}
        </p>
        <label class="field">
          <span>Token, or the whole link</span>
          <input
            type="password"
            value={text}
            autocomplete="current-password"
            spellcheck={false}
            ref={field}
            data-testid="login-token"
            aria-invalid={problem !== undefined}
            aria-describedby="login-problem"
            onInput={(event) => {
              setText(event.currentTarget.value);
              setEmpty(false);
            }}
          />
        </label>
        <p id="login-problem" class="login-problem" role="alert" data-testid="login-problem">
          {problem !== undefined && (
            <>
              <Glyph name="warning" />
              {problem}
            </>
          )}
        </p>
        <button type="submit" class="button primary wide" data-testid="login-submit" aria-busy={isBusy.value}>
          Log in
        </button>
        <WhereToFind />
      </form>
    </main>
  );
}
