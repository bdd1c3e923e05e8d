/** How the dashboard is built: into web/dist, which src/http/dashboard.ts serves under /app. */
import tailwindcss from '@tailwindcss/vite'
import react from '@vitejs/plugin-react'
import { defineConfig, type Plugin } from 'vite'
import { catalogs } from './catalogs.ts'
import { compressed } from './compressed.ts'
import { preloads } from './preloads.ts'

/** What stands round every page, and what most of them draw with. Charts, canvas and editor come with their page. */
function isOfShell(id: string): boolean {
  if (/\/web\/src\/(app|lib|ui)\//.test(id)) return !OF_SOME_PAGES.test(id)
  const [, name = ''] = /\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(id) ?? []
  return SHELL.some((each) => name === each || (each.endsWith('/') && name.startsWith(each)))
}

const OF_SOME_PAGES =
  /\/(Palette|Drawing|HeatMap|useDrawn|useCells|Shortcuts|Json\w+|jsonSchema|numberOf|SchemaForm|PropertyField|MappingField|WrittenField|AddConfigured|Configured|TakeOver|keeper|useKeeper|sameJson)\.tsx?$/

const SHELL = [
  ...['react', 'react-dom', 'scheduler', 'use-sync-external-store', '@tanstack/', '@lingui/'],
  ...['radix-ui', '@radix-ui/', '@floating-ui/', 'aria-hidden', 'react-remove-scroll'],
  ...[
    'react-remove-scroll-bar',
    'react-style-singleton',
    'use-callback-ref',
    'use-sidecar',
    'get-nonce',
  ],
  ...['lucide-react', 'clsx', 'tailwind-merge', 'class-variance-authority', 'tslib'],
]

/** The styles stand behind the frame that the page begins with, so that it is drawn while they come. */
const stylesBehindFrame: Plugin = {
  name: 'styles-behind-frame',
  transformIndexHtml: {
    order: 'post',
    handler(html) {
      const [styles = ''] = /<link rel="stylesheet"[^>]*>/.exec(html) ?? []
      return html.replace(styles, '').replace('<noscript>', `${styles}\n    <noscript>`)
    },
  },
}

export default defineConfig({
  root: import.meta.dirname,
  base: '/app/',
  // The server puts a fresh nonce in its place in every answer.
  html: { cspNonce: 'NONCE-OF-THIS-ANSWER' },
  plugins: [react(), tailwindcss(), catalogs(), compressed(), preloads(), stylesBehindFrame],
  build: {
    outDir: process.env['WEB_OUT'] ?? 'dist',
    emptyOutDir: true,
    target: 'es2022',
    cssTarget: ['chrome123', 'firefox120', 'safari17.5'],
    reportCompressedSize: false,
    chunkSizeWarningLimit: 1000,
    assetsInlineLimit: 0,
    rolldownOptions: {
      output: {
        // One file of what every page needs, instead of thirty: each costs a phone a turn on the network.
        codeSplitting: { groups: [{ name: 'shell', test: isOfShell }] },
      },
    },
  },
})
