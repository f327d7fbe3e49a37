/**
 * The order in which one hop is offered what we have: keys that were named, the agent's, the keys of the configuration and
 * the defaults, a password. Knows when it waits for a person, so that nobody's typing counts as a timeout.
 */

import type {
  AnyAuthMethod,
  KeyboardInteractiveAuthMethod,
  NextAuthHandler,
  ParsedKey,
  SigningRequestOptions,
} from 'ssh2';
import { listAgentKeys, type AgentKey, SingleKeyAgent } from './key-agent.ts';
import { explainUnusable, type Identity, readIdentity, unlock } from './private-keys.ts';
import type { SshOptions } from '../connection/ssh-connection.ts';
import { passwordQuestion } from './password-question.ts';
import type { LoginTrace } from '../connection/ssh-failures.ts';
import type { ResolvedHop } from '../config/ssh-hops.ts';

type KeyboardPrompt = KeyboardInteractiveAuthMethod['prompt'];
type Ask = (question: string) => Promise<string | undefined>;

/** What ssh2 takes for the end of the list, which its types do not know. */
const noMoreMethods = false as unknown as AnyAuthMethod;
/** OpenSSH allows six tries by default and counts every key. */
const maxPasswords = 3;

/** What is paused while a person types. */
interface TimeLimit {
  pause(): void;
  resume(): void;
}

export class SshLogin implements LoginTrace {
  readonly #hop: ResolvedHop;
  readonly #hopName: string;
  readonly #options: SshOptions;
  readonly #timeLimit: TimeLimit;
  readonly #steps: AsyncGenerator<AnyAuthMethod>;
  readonly #offeredKeys: ParsedKey[] = [];
  #serverMethods: readonly string[] = [];
  /** By the person who was asked. */
  #isGivenUp = false;
  readonly offered: string[] = [];
  readonly skipped: string[] = [];
  /** What must end the login, rather than be tried past. */
  failure: unknown;
  /** What to say when nothing else let us in: a key that was named could not be used. */
  unusedKey: unknown;

  constructor(
    hop: ResolvedHop,
    context: {
      readonly hopName: string;
      readonly options: SshOptions;
      /** The time limit of the login, which does not run while a person is being asked. */
      readonly timeLimit: TimeLimit;
    },
  ) {
    this.#hop = hop;
    this.#hopName = context.hopName;
    this.#options = context.options;
    this.#timeLimit = context.timeLimit;
    this.#steps = this.#plan();
  }

  get serverMethods(): readonly string[] {
    return this.#serverMethods;
  }

  /** For ssh2: called for the first method and after each one that was refused, or was not enough. */
  readonly next = (
    methodsLeft: readonly string[] | null,
    _isPartial: boolean | null,
    offer: NextAuthHandler,
  ): void => {
    // A server that wants two proofs names other methods once it has the first.
    if (methodsLeft !== null && methodsLeft.length > 0) this.#serverMethods = methodsLeft;
    void this.#nextMethod().then(offer);
  };

  /** `false` ends the login. */
  async #nextMethod(): Promise<AnyAuthMethod> {
    if (this.failure !== undefined) return noMoreMethods;
    try {
      const { value, done } = await this.#steps.next();
      return done === true ? noMoreMethods : value;
    } catch (error) {
      this.failure = error;
      return noMoreMethods;
    }
  }

  async *#plan(): AsyncGenerator<AnyAuthMethod> {
    const { user: username, agent, requiredKeys, optionalKeys, identitiesOnly } = this.#hop;
    // Asks what the server takes; some let anybody in.
    yield { type: 'none', username };
    if (this.#takes('publickey')) {
      const held = agent === undefined ? [] : await listAgentKeys(agent);
      yield* this.#files(requiredKeys, { held, isRequired: true });
      if (!identitiesOnly) for (const one of held) yield* this.#agentKey(one, 'a key of the agent');
      yield* this.#files(optionalKeys, { held, isRequired: false });
    }
    yield* this.#passwords();
  }

  #takes(method: string): boolean {
    return this.#serverMethods.length === 0 || this.#serverMethods.includes(method);
  }

  async *#files(
    files: readonly string[],
    { held, isRequired }: { readonly held: readonly AgentKey[]; readonly isRequired: boolean },
  ): AsyncGenerator<AnyAuthMethod> {
    for (const file of files) {
      if (!this.#takes('publickey')) return;
      const identity = await this.#read(file, isRequired);
      if (identity === undefined) continue;
      const { publicKey } = identity;
      const inAgent = publicKey === undefined ? undefined : held.find((one) => isSame(one.key, publicKey));
      if (inAgent === undefined) yield* this.#fileKey(identity);
      else yield* this.#agentKey(inAgent, `${file} (by the agent)`);
    }
  }

  /** What is wrong with a key that was not named is said only if nothing else lets us in. */
  async #read(file: string, isRequired: boolean): Promise<Identity | undefined> {
    try {
      return await readIdentity(file, isRequired);
    } catch (error) {
      if (isRequired) throw error;
      this.skipped.push((error as Error).message);
      return undefined;
    }
  }

  async *#agentKey(held: AgentKey, what: string): AsyncGenerator<AnyAuthMethod> {
    if (this.#takes('publickey') && this.#isNew(held.key, what)) yield* this.#offerThrough(held.offer());
  }

  async *#fileKey(identity: Identity): AsyncGenerator<AnyAuthMethod> {
    const { file, privateKey, publicKey, locked } = identity;
    const { user: username } = this.#hop;
    if (privateKey !== undefined) {
      if (this.#isNew(privateKey, file)) yield { type: 'publickey', username, key: privateKey };
    } else if (locked === undefined || this.#options.passphrase === undefined) {
      this.#skip(identity);
    } else if (publicKey === undefined) {
      const key = await this.#unlock(identity);
      if (key !== undefined && this.#isNew(key, file)) yield { type: 'publickey', username, key };
    } else if (this.#isNew(publicKey, file)) {
      yield* this.#offerThrough(
        new SingleKeyAgent(publicKey, (data, options) => this.#signLocked(identity, data, options)),
      );
    }
  }

  async *#offerThrough(agent: SingleKeyAgent): AsyncGenerator<AnyAuthMethod> {
    const { user: username } = this.#hop;
    yield { type: 'agent', username, agent };
    // ssh2 does not tell here which methods are left when the key was right but is not enough: ask.
    if (agent.wasAskedToSign) yield { type: 'none', username };
  }

  async #signLocked(identity: Identity, data: Buffer, options: SigningRequestOptions): Promise<Buffer> {
    const key = await this.#unlock(identity).catch((error: unknown) => {
      this.failure = error;
      throw error;
    });
    if (key === undefined) throw explainUnusable(identity);
    return key.sign(data, options.hash);
  }

  async #unlock(identity: Identity): Promise<ParsedKey | undefined> {
    try {
      const key = await unlock(identity, this.#withPausedLimit(this.#options.passphrase));
      if (key === undefined) this.#skip(identity);
      return key;
    } catch (error) {
      if (identity.isRequired) throw error;
      this.skipped.push((error as Error).message);
      return undefined;
    }
  }

  #skip(identity: Identity): void {
    const error = explainUnusable(identity);
    if (identity.isRequired) this.unusedKey ??= error;
    else this.skipped.push(error.message);
  }

  /** Whether the server has not seen this key; notes that it does now. */
  #isNew(key: ParsedKey, what: string): boolean {
    if (this.#offeredKeys.some((one) => isSame(one, key))) return false;
    this.#offeredKeys.push(key);
    this.offered.push(what);
    return true;
  }

  async *#passwords(): AsyncGenerator<AnyAuthMethod> {
    const { user: username } = this.#hop;
    const ask = this.#withPausedLimit(this.#options.password);
    if (ask === undefined) return;
    for (let attempt = 1; attempt <= maxPasswords && !this.#isGivenUp; attempt += 1) {
      if (this.#takes('password')) {
        const password = await ask(this.#hopName);
        if (password === undefined) return;
        this.offered.push('a password');
        yield { type: 'password', username, password };
      } else if (this.#takes('keyboard-interactive')) {
        this.offered.push('answers to its questions');
        // The prompts and what takes the answers follow name, instructions and language.
        const prompt = (...[, , , prompts, finish]: Parameters<KeyboardPrompt>): void => {
          void this.#answer(prompts, ask).then((answers) => {
            this.#isGivenUp = answers === undefined;
            finish(answers ?? prompts.map(() => ''));
          });
        };
        yield { type: 'keyboard-interactive', username, prompt };
      } else return;
    }
  }

  /** `undefined` when the person gives up. */
  async #answer(prompts: readonly { readonly prompt: string }[], ask: Ask): Promise<string[] | undefined> {
    const answers: string[] = [];
    try {
      for (const { prompt } of prompts) {
        const answer = await ask(passwordQuestion(this.#hopName, prompt));
        if (answer === undefined) return undefined;
        answers.push(answer);
      }
      return answers;
    } catch (error) {
      this.failure = error;
      return undefined;
    }
  }

  #withPausedLimit(ask: Ask | undefined): Ask | undefined {
    if (ask === undefined) return undefined;
    return async (text) => {
      this.#timeLimit.pause();
      try {
        return await ask(text);
      } finally {
        this.#timeLimit.resume();
      }
    };
  }
}

function isSame(one: ParsedKey, other: ParsedKey): boolean {
  return one.getPublicSSH().equals(other.getPublicSSH());
}
