/** Where the dashboard starts: language first, so that nothing is drawn twice. */
import { QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { Direction } from 'radix-ui'
import { StrictMode, useSyncExternalStore } from 'react'
import { createRoot } from 'react-dom/client'
import { Toaster } from 'sonner'
import { router } from './app/router.tsx'
import { VerifyDialog } from './app/VerifyDialog.tsx'
import {
  direction,
  language,
  onLanguage,
  setLanguage,
  startingLanguage,
  t,
} from './lib/language.ts'
import { client } from './lib/query.ts'
import { isDark, onTheme } from './lib/theme.ts'
import './app/app.css'

function App() {
  const code = useSyncExternalStore(onLanguage, language)
  const isNight = useSyncExternalStore(onTheme, isDark)
  return (
    <Direction.Provider dir={direction()} key={code}>
      <QueryClientProvider client={client}>
        <RouterProvider router={router} />
        <VerifyDialog />
        <Toaster
          dir={direction()}
          position={direction() === 'rtl' ? 'bottom-left' : 'bottom-right'}
          theme={isNight ? 'dark' : 'light'}
          containerAriaLabel={t('Messages of this page')}
          richColors
        />
      </QueryClientProvider>
    </Direction.Provider>
  )
}

await setLanguage(startingLanguage())
const root = document.getElementById('root')
if (root)
  createRoot(root).render(
    <StrictMode>
      <App />
    </StrictMode>,
  )
