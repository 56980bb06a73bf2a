import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const client = new URL('../clients/typescript/src/index.ts', import.meta.url);
const service = 'http://127.0.0.1:3000';

export default defineConfig({
  plugins: [react()],
  resolve: {
    alias: { '@savabegh/client': fileURLToPath(client) },
    // Tools of the repository bring an older one along.
    dedupe: ['react', 'react-dom'],
  },
  build: {
    // Tells the service where there are pages.
    manifest: 'manifest.json',
    target: 'es2022',
    // Every browser that runs these pages preloads by itself; fonts stay files of their own (`font-src 'self'`).
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    reportCompressedSize: false,
    rolldownOptions: { checks: { pluginTimings: false } },
  },
  // While somebody works on a page: requests go to a running service, as if they came from its own pages.
  server: {
    proxy: { '/v1': { target: service, headers: { origin: service } } },
  },
});
