/**
 * Runs the code of one shell in its own context, evaluated through V8's inspector in console mode. This provides top-level
 * `await`, declarations that persist and may be repeated, a limit for loops that never yield, and inspection of values
 * without side effects. No port is opened: the inspector session is internal to this process.
 */

import { Session } from 'node:inspector';
import { types } from 'node:util';
import { promiseHooks } from 'node:v8';
import { constants, createContext } from 'node:vm';
import { withoutExperimentalWarning } from './source.ts';

/** What became of evaluated code: its value, or what it threw. */
export type EvaluationOutcome =
  | { readonly kind: 'value'; readonly value: unknown }
  | { readonly kind: 'thrown'; readonly error: unknown };

/** What V8 reports about a value: enough to retrieve the value itself. */
interface RemoteObject {
  readonly type: string;
  readonly objectId?: string;
  readonly unserializableValue?: string;
  readonly value?: unknown;
}

interface Evaluation {
  readonly result: RemoteObject;
  readonly exceptionDetails?: { readonly text: string; readonly exception?: RemoteObject };
}

export interface ContextOptions {
  /** Global names of the code, in addition to those of the platform. */
  readonly scope: Readonly<Record<string, unknown>>;
  /** How long code may run without yielding, in milliseconds. It blocks the whole node during that time. */
  readonly blockLimitMs: number;
}

const resultGroup = 'result';
/** That of an evaluation is created first, before any of its code runs. */
const heldPromises = 4;
let contexts = 0;

/**
 * The node recognises objects of these kinds, created by the code, by their class, so the code gets the node's own classes.
 * Classes with a literal syntax (`{}`, `[]`, functions) remain those of the context.
 */
const sharedClasses = [
  ...['Map', 'Set', 'WeakMap', 'WeakSet', 'WeakRef', 'Date', 'ArrayBuffer', 'SharedArrayBuffer', 'DataView'],
  ...[
    'Int8Array',
    'Uint8Array',
    'Uint8ClampedArray',
    'Int16Array',
    'Uint16Array',
    'Int32Array',
    'Uint32Array',
  ],
  ...['Float32Array', 'Float64Array', 'BigInt64Array', 'BigUint64Array'],
];

export class EvaluationContext {
  readonly #session = new Session();
  readonly #globals: Record<string, unknown>;
  readonly #contextId: number;
  readonly #blockLimitMs: number;
  /** Transfers values out of the context; the code cannot access it. */
  readonly #holder: { value: unknown } = { value: undefined };
  readonly #holderId: string;
  /**
   * The promises of evaluations that are under way. When the promise of one is collected, because nothing can settle it any more,
   * V8 answers the evaluation from within the garbage collection, and Node.js, which calls a function for it, ends the process.
   */
  readonly #pending = new Set<readonly Promise<unknown>[]>();

  constructor({ scope, blockLimitMs }: ContextOptions) {
    contexts += 1;
    const name = `convoy-shell-${contexts}`;
    this.#blockLimitMs = blockLimitMs;
    this.#globals = createGlobals(scope);
    withoutExperimentalWarning(() =>
      createContext(this.#globals, {
        name,
        importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
      }),
    );
    this.#session.connect();
    this.#contextId = this.#findContext(name);
    this.#holderId = this.#findHolder();
  }

  /** The global object of the code. */
  get globals(): Readonly<Record<string, unknown>> {
    return this.#globals;
  }

  setGlobal(name: string, value: unknown): void {
    Object.defineProperty(this.#globals, name, {
      value,
      writable: true,
      configurable: true,
      enumerable: false,
    });
  }

  /** Runs code to the end of its last `await`. Never rejects. `name` appears in stack traces. */
  evaluate(code: string, name: string): Promise<EvaluationOutcome> {
    const expression = `${code}\n//# sourceURL=${name}`;
    const parameters = { expression, contextId: this.#contextId, objectGroup: resultGroup };
    return new Promise((resolve) => {
      this.#whileHeld((release) =>
        this.#session.post(
          'Runtime.evaluate',
          { ...parameters, replMode: true, timeout: this.#blockLimitMs },
          (error: Error | null, evaluation?: object) => {
            release();
            const outcome: EvaluationOutcome =
              error === null
                ? this.#outcome(evaluation as Evaluation)
                : { kind: 'thrown', error: this.#stopped() };
            resolve(outcome);
          },
        ),
      );
    });
  }

  /** Starts an evaluation, and holds the promises that it creates until `release` is called. */
  #whileHeld(start: (release: () => void) => void): void {
    const promises: Promise<unknown>[] = [];
    const stop = promiseHooks.onInit((promise) => {
      if (promises.length < heldPromises) promises.push(promise);
    }) as () => void;
    this.#pending.add(promises);
    try {
      withoutExperimentalWarning(() => start(() => void this.#pending.delete(promises)));
    } finally {
      stop();
    }
  }

  /** The value of an expression without side effects; `undefined` if it has side effects or fails. */
  peek(expression: string): unknown {
    let value: unknown;
    this.#session.post(
      'Runtime.evaluate',
      {
        expression,
        contextId: this.#contextId,
        objectGroup: resultGroup,
        throwOnSideEffect: true,
        timeout: 100,
      },
      (error: Error | null, answer?: object) => {
        const evaluation = answer as Evaluation | undefined;
        if (error !== null || evaluation === undefined || evaluation.exceptionDetails !== undefined) return;
        value = this.#take(evaluation.result);
      },
    );
    return value;
  }

  /** The names declared with `const`, `let` and `class`. */
  declaredNames(): string[] {
    let names: string[] = [];
    this.#session.post(
      'Runtime.globalLexicalScopeNames',
      { executionContextId: this.#contextId },
      (error, found) => {
        if (error === null) ({ names } = found);
      },
    );
    return [...new Set(names)];
  }

  /** Whether the code created a promise. */
  owns(promise: object): boolean {
    return Object.getPrototypeOf(promise) === this.#promisePrototype;
  }

  dispose(): void {
    this.#session.disconnect();
    this.#pending.clear();
  }

  get #promisePrototype(): unknown {
    return this.peek('Promise.prototype');
  }

  #findContext(name: string): number {
    let id: number | undefined;
    this.#session.on('Runtime.executionContextCreated', ({ params }) => {
      if (params.context.name === name) id = params.context.id;
    });
    this.#session.post('Runtime.enable');
    // If it stayed enabled, it would retain everything that is logged.
    this.#session.post('Runtime.disable');
    if (id === undefined)
      throw new Error('this Node.js runtime was built without the inspector, which the shell requires');
    return id;
  }

  #findHolder(): string {
    const key = '__holder';
    this.setGlobal(key, this.#holder);
    let id: string | undefined;
    this.#session.post(
      'Runtime.evaluate',
      { expression: key, contextId: this.#contextId },
      (_, evaluation) => {
        id = evaluation?.result.objectId;
      },
    );
    delete this.#globals[key];
    if (id === undefined) throw new Error('the inspector returned no object');
    return id;
  }

  #outcome(evaluation: Evaluation): EvaluationOutcome {
    const { result, exceptionDetails } = evaluation;
    const outcome: EvaluationOutcome =
      exceptionDetails === undefined
        ? { kind: 'value', value: this.#take(result) }
        : { kind: 'thrown', error: this.#take(exceptionDetails.exception ?? result) };
    this.#session.post('Runtime.releaseObjectGroup', { objectGroup: resultGroup });
    // A promise that is returned as a value counts as handled: it must not end the program when it rejects.
    if (outcome.kind === 'value' && types.isPromise(outcome.value)) outcome.value.catch(() => undefined);
    return outcome;
  }

  #take(object: RemoteObject): unknown {
    const { objectId, unserializableValue, value } = object;
    const argument =
      objectId !== undefined
        ? { objectId }
        : unserializableValue !== undefined
          ? { unserializableValue }
          : { value };
    this.#holder.value = undefined;
    this.#session.post('Runtime.callFunctionOn', {
      objectId: this.#holderId,
      functionDeclaration: 'function (value) { this.value = value; }',
      arguments: [argument],
    });
    const taken = this.#holder.value;
    this.#holder.value = undefined;
    return taken;
  }

  #stopped(): Error {
    const error = new Error(
      `stopped: it ran for ${this.#blockLimitMs / 1000} s without an await, which blocked the whole node`,
    );
    delete error.stack;
    return error;
  }
}

function createGlobals(scope: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const globals: Record<string, unknown> = {};
  const own = Object.getOwnPropertyDescriptors(globalThis) as Record<string, PropertyDescriptor>;
  const language = new Set(languageGlobals);
  for (const [name, descriptor] of Object.entries(own)) {
    if (!language.has(name) || sharedClasses.includes(name)) Object.defineProperty(globals, name, descriptor);
  }
  for (const [name, value] of Object.entries(scope)) {
    Object.defineProperty(globals, name, { value, writable: true, configurable: true, enumerable: true });
  }
  return globals;
}

/** The names that every context has by itself, and the two names that would lead out of it. */
const languageGlobals: readonly string[] = [
  ...[
    'globalThis',
    'global',
    'Object',
    'Function',
    'Array',
    'Number',
    'parseFloat',
    'parseInt',
    'Infinity',
    'NaN',
  ],
  ...[
    'undefined',
    'Boolean',
    'String',
    'Symbol',
    'Promise',
    'RegExp',
    'Error',
    'AggregateError',
    'EvalError',
  ],
  ...[
    'RangeError',
    'ReferenceError',
    'SyntaxError',
    'TypeError',
    'URIError',
    'JSON',
    'Math',
    'Intl',
    'Atomics',
  ],
  ...['BigInt', 'Proxy', 'Reflect', 'FinalizationRegistry', 'decodeURI', 'decodeURIComponent', 'encodeURI'],
  ...['encodeURIComponent', 'escape', 'unescape', 'eval', 'isFinite', 'isNaN', 'Iterator', 'WebAssembly'],
  ...sharedClasses,
];
