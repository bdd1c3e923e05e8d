/** How the dashboard is built: into web/dist, which src/http/dashboard.ts serves under /app. */
import tailwindcss from '@tailwindcss/vite'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'
import { catalogs } from './catalogs.ts'
import { compressed } from './compressed.ts'

export default defineConfig({
  root: import.meta.dirname,
  base: '/app/',
  // The server puts a fresh nonce in its place in every answer.
  html: { cspNonce: 'NONCE-OF-THIS-ANSWER' },
  plugins: [react(), tailwindcss(), catalogs(), compressed()],
  build: {
    outDir: process.env['WEB_OUT'] ?? 'dist',
    emptyOutDir: true,
    target: 'es2022',
    cssTarget: ['chrome123', 'firefox120', 'safari17.5'],
    reportCompressedSize: false,
    chunkSizeWarningLimit: 1000,
    assetsInlineLimit: 0,
  },
})
