/** Remedies for calls that got no answer. */

export const callRemedies = {
  timeout: 'Raise `timeoutMs` if it needs longer.',
  lost: 'Call again once the node is connected; it may have done what it was asked.',
  exit: 'The log of that node may have the cause.',
} as const;
