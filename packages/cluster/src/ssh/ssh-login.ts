/**
 * The order in which one hop is offered what we have: keys that were named, the agent, the keys of the configuration and
 * the defaults, a password. Knows when it waits for a person, so that nobody's typing counts as a timeout.
 */

import ssh2, {
  type AnyAuthMethod,
  type BaseAgent,
  type KeyboardInteractiveAuthMethod,
  type NextAuthHandler,
  type ParsedKey,
} from 'ssh2';
import { loadPrivateKey } from './private-keys.ts';
import type { SshOptions } from './ssh-connection.ts';
import type { LoginTrace } from './ssh-failures.ts';
import type { SettledHop } from './ssh-hops.ts';

type KeyboardPrompt = KeyboardInteractiveAuthMethod['prompt'];

/** What ssh2 takes for the end of the list, which its types do not know. */
const noMore = false as unknown as AnyAuthMethod;
/** OpenSSH allows six tries by default and counts every key. */
const maxPasswords = 3;

export class SshLogin implements LoginTrace {
  readonly #hop: SettledHop;
  readonly #hopName: string;
  readonly #options: SshOptions;
  readonly #onWaiting: (isWaiting: boolean) => void;
  readonly #steps: AsyncGenerator<AnyAuthMethod>;
  #serverMethods: readonly string[] = [];
  readonly offered: string[] = [];
  /** What must end the login, rather than be tried past. */
  failure: unknown;

  constructor(
    hop: SettledHop,
    context: {
      readonly hopName: string;
      readonly options: SshOptions;
      /** Told when a person is being asked, and when that is over. */
      readonly onWaiting: (isWaiting: boolean) => void;
    },
  ) {
    this.#hop = hop;
    this.#hopName = context.hopName;
    this.#options = context.options;
    this.#onWaiting = context.onWaiting;
    this.#steps = this.#plan();
  }

  get serverMethods(): readonly string[] {
    return this.#serverMethods;
  }

  /** For ssh2: called for the first method and after each one that was refused. */
  readonly next = (
    methodsLeft: readonly string[] | null,
    _isPartial: boolean | null,
    offer: NextAuthHandler,
  ): void => {
    if (methodsLeft !== null && this.#serverMethods.length === 0) this.#serverMethods = methodsLeft;
    void this.#nextMethod().then(offer);
  };

  /** `false` ends the login. */
  async #nextMethod(): Promise<AnyAuthMethod> {
    try {
      const { value, done } = await this.#steps.next();
      return done === true ? noMore : value;
    } catch (error) {
      this.failure = error;
      return noMore;
    }
  }

  async *#plan(): AsyncGenerator<AnyAuthMethod> {
    const { user: username, wantedKeys, optionalKeys, identitiesOnly } = this.#hop;
    // Asks what the server takes; some let anybody in.
    yield { type: 'none', username };
    if (this.#takes('publickey')) {
      yield* this.#keys(wantedKeys, true);
      if (!identitiesOnly) yield* this.#agent();
      yield* this.#keys(optionalKeys, false);
    }
    yield* this.#passwords();
  }

  #takes(method: string): boolean {
    return this.#serverMethods.length === 0 || this.#serverMethods.includes(method);
  }

  async *#keys(files: readonly string[], isWanted: boolean): AsyncGenerator<AnyAuthMethod> {
    const { user: username } = this.#hop;
    for (const file of files) {
      const key: ParsedKey | undefined = await loadPrivateKey({
        file,
        isWanted,
        passphrase: this.#asking(this.#options.passphrase),
      });
      if (key === undefined) continue;
      this.offered.push(file);
      yield { type: 'publickey', username, key };
    }
  }

  async *#agent(): AsyncGenerator<AnyAuthMethod> {
    const { agent, user: username } = this.#hop;
    if (agent === undefined) return;
    const client: BaseAgent = ssh2.createAgent(agent);
    const count = await countIdentities(client);
    if (count === 0) return;
    this.offered.push(`${count} key${count === 1 ? '' : 's'} of the agent`);
    yield { type: 'agent', username, agent: client };
  }

  async *#passwords(): AsyncGenerator<AnyAuthMethod> {
    const { user: username } = this.#hop;
    const ask = this.#asking(this.#options.password);
    if (ask === undefined) return;
    for (let attempt = 1; attempt <= maxPasswords; attempt += 1) {
      if (!this.#takes('password') && !this.#takes('keyboard-interactive')) return;
      const password = await ask(this.#hopName);
      if (password === undefined) return;
      this.offered.push('a password');
      if (this.#takes('password')) yield { type: 'password', username, password };
      else {
        // The prompts and what takes the answers follow name, instructions and language.
        const prompt = (...[, , , prompts, finish]: Parameters<KeyboardPrompt>): void =>
          finish(prompts.map(() => password));
        yield { type: 'keyboard-interactive', username, prompt };
      }
    }
  }

  #asking<Question>(
    ask: ((question: Question) => Promise<string | undefined>) | undefined,
  ): ((question: Question) => Promise<string | undefined>) | undefined {
    if (ask === undefined) return undefined;
    return async (question) => {
      this.#onWaiting(true);
      try {
        return await ask(question);
      } finally {
        this.#onWaiting(false);
      }
    };
  }
}

/** An agent that does not answer has no keys: others may do. */
function countIdentities(agent: BaseAgent): Promise<number> {
  return new Promise((resolve) => {
    agent.getIdentities((error, keys) =>
      resolve(error === undefined || error === null ? (keys?.length ?? 0) : 0),
    );
  });
}
