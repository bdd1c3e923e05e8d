/** Where the dashboard starts: language first, so that nothing is drawn twice. */
import { QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { Direction } from 'radix-ui'
import { StrictMode, startTransition, useSyncExternalStore } from 'react'
import { createRoot } from 'react-dom/client'
import { router } from './app/router.tsx'
import { VerifyDialog } from './app/VerifyDialog.tsx'
import { direction, language, onLanguage, setLanguage, startingLanguage } from './lib/language.ts'
import { client } from './lib/query.ts'
import { Toasts } from './ui/Toasts.tsx'
import './app/app.css'

function App() {
  const code = useSyncExternalStore(onLanguage, language)
  return (
    <Direction.Provider dir={direction()} key={code}>
      <QueryClientProvider client={client}>
        <RouterProvider router={router} />
        <VerifyDialog />
        <Toasts />
      </QueryClientProvider>
    </Direction.Provider>
  )
}

// Where Radix finds the nonce for the one style element that it makes (it keeps the page behind a dialog still).
const nonce = document.querySelector<HTMLMetaElement>('meta[property=csp-nonce]')?.nonce
Object.assign(globalThis, { __webpack_nonce__: nonce })

// The first picture is a whole page: until then stands the frame that the server sent.
await setLanguage(startingLanguage())
await router.load().catch(() => {}) // the router shows what went wrong
const root = document.getElementById('root')
// In small steps: what somebody touches meanwhile is heard between them.
if (root)
  startTransition(() =>
    createRoot(root).render(
      <StrictMode>
        <App />
      </StrictMode>,
    ),
  )
