import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';

import { mock } from './dev/mock';

// HAAT_URL: develop against a real server; without it a mock in memory answers.
const server = process.env['HAAT_URL'];

export default defineConfig({
  plugins: [svelte(), ...(server ? [] : [mock()])],
  build: {
    target: 'es2022',
    manifest: true,
    // Nothing inline: the pages run under Content-Security-Policy "default-src 'self'".
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  server: {
    fs: { allow: ['..'] },
    ...(server ? { proxy: { '/api': server } } : {}),
  },
  test: { include: ['tests/**/*.test.ts'], environment: 'node' },
});
