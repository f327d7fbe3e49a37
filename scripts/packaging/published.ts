/** The folders in `packages` that are published to npm, in the order in which they depend on each other. */
export const published = ['node', 'cluster', 'railway-simulator', 'shell', 'console', 'cli'] as const;
