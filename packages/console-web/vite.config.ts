import { fileURLToPath } from 'node:url';
import { defineConfig, type UserConfig } from 'vite';
import { precompress } from './precompress.ts';

const config: UserConfig = defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  // The console puts its base path in the place of the dot as it serves the page.
  base: './',
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  plugins: [precompress()],
  resolve: { conditions: ['@convoy/source', 'module', 'browser', 'development|production'] },
  build: {
    outDir: fileURLToPath(new URL('dist', import.meta.url)),
    emptyOutDir: true,
    target: 'es2023',
    // Older targets would rewrite light-dark() and nesting, which every supported browser has.
    cssTarget: ['chrome123', 'firefox128', 'safari17.5'],
    // A data: URL would need its own exception in the content security policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    // On a busy machine it would tell a newcomer of plugins, in place of the address.
    rolldownOptions: { checks: { bundlerTimings: false } },
    chunkSizeWarningLimit: 700,
  },
});

export default config;
