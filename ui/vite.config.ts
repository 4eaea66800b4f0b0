import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vite';
import { precompress } from './precompress.ts';

const api = 'http://127.0.0.1:8000';

export default defineConfig({
  plugins: [svelte(), precompress()],
  build: { outDir: 'dist', emptyOutDir: true, target: 'es2022', assetsInlineLimit: 0 },
  server: { port: 8501, proxy: { '/api': api, '/docs': api, '/openapi.json': api } },
});
