/** What `event` resolves with; `undefined` if that takes longer. */
export function within<Result>(timeoutMs: number, event: Promise<Result>): Promise<Result | undefined> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => resolve(undefined), timeoutMs);
    event
      .then(resolve, reject)
      .finally(() => clearTimeout(timer))
      .catch(reject);
  });
}
