/** What stands round every page: navigation, the bar above, and the page itself. */
import { Link, Outlet, useRouterState } from '@tanstack/react-router'
import { Menu as MenuIcon, Search } from 'lucide-react'
import { lazy, Suspense, useCallback, useEffect, useState, useSyncExternalStore } from 'react'
import { t, told } from '../lib/language.ts'
import { useMe } from '../lib/session.ts'
import { Button } from '../ui/Button.tsx'
import { Dialog } from '../ui/Dialog.tsx'
import { Choices } from './Choices.tsx'
import { useKeys } from './keys.ts'
import { pages } from './pages.ts'
import { WorkspaceChoice } from './WorkspaceChoice.tsx'

const Palette = lazy(async () => ({ default: (await import('./Palette.tsx')).Palette }))
const Shortcuts = lazy(async () => ({ default: (await import('./Shortcuts.tsx')).Shortcuts }))

/** Room for the navigation beside the page; else it is not made before somebody opens it. */
const wide = matchMedia('(min-width: 64rem)') // `lg`
function onWidth(listener: () => void): () => void {
  wide.addEventListener('change', listener)
  return () => wide.removeEventListener('change', listener)
}

export function Shell() {
  const [drawer, setDrawer] = useState(false)
  const [palette, setPalette] = useState(false)
  const [help, setHelp] = useState(false)
  useKeys(useCallback(() => setHelp(true), []))
  const isWide = useSyncExternalStore(onWidth, () => wide.matches)
  const path = useRouterState({ select: ({ location }) => location.pathname })
  // biome-ignore lint/correctness/useExhaustiveDependencies: the drawer closes when the page changes
  useEffect(() => setDrawer(false), [path])
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() !== 'k' || !(event.metaKey || event.ctrlKey)) return
      event.preventDefault()
      setPalette((open) => !open)
    }
    addEventListener('keydown', listen)
    return () => removeEventListener('keydown', listen)
  }, [])
  return (
    <div className="flex min-h-dvh">
      <a
        href="#main"
        className="sr-only focus:not-sr-only focus:fixed focus:start-2 focus:top-2 focus:z-50 focus:rounded-md focus:bg-card focus:p-2"
      >
        {t('Skip to the page')}
      </a>
      {isWide && (
        <aside className="sticky top-0 flex h-dvh w-60 shrink-0 flex-col overflow-y-auto border-e bg-sidebar p-3">
          <Brand />
          <Navigation />
        </aside>
      )}
      <div className="flex min-w-0 flex-1 flex-col">
        <header className="sticky top-0 z-20 flex h-14 items-center gap-2 border-b bg-card/95 px-3 backdrop-blur sm:px-6">
          <Button
            look="ghost"
            size="icon"
            className="lg:hidden"
            aria-label={t('Navigation')}
            onClick={() => setDrawer(true)}
          >
            <MenuIcon />
          </Button>
          <Button
            className="w-full max-w-sm min-w-0 shrink justify-start text-muted-foreground"
            aria-keyshortcuts="Control+K Meta+K"
            onClick={() => setPalette(true)}
          >
            <Search />
            <span className="flex-1 truncate text-start">{t('Search or go to…')}</span>
            <kbd className="code hidden rounded border px-1.5 text-xs sm:inline">Ctrl K</kbd>
          </Button>
          <div className="flex-1" />
          <Choices />
        </header>
        <main id="main" tabIndex={-1} className="min-w-0 flex-1 outline-none">
          <Outlet />
        </main>
      </div>
      <Dialog open={drawer} onClose={() => setDrawer(false)} side="start" title="Beckon">
        <Navigation />
      </Dialog>
      <Suspense>{palette && <Palette open onClose={() => setPalette(false)} />}</Suspense>
      <Suspense>{help && <Shortcuts onClose={() => setHelp(false)} />}</Suspense>
    </div>
  )
}

function Brand() {
  return (
    <div className="mb-3 px-3 py-2">
      <p className="text-lg font-bold tracking-tight">Beckon</p>
      <WorkspaceChoice />
    </div>
  )
}

function Navigation() {
  const me = useMe()
  const shown = pages.filter(({ title, scope }) => title && (!scope || me?.scopes.includes(scope)))
  return (
    <nav aria-label={t('Pages')}>
      <ul className="flex flex-col gap-0.5">
        {shown.map(({ path, title = '', icon: Icon }) => (
          <li key={path}>
            <Link
              to={path}
              activeOptions={{ exact: path === '/', includeSearch: false }}
              className="flex items-center gap-3 rounded-md px-3 py-1.5 text-sm text-muted-foreground hover:bg-muted aria-[current=page]:bg-accent aria-[current=page]:font-medium aria-[current=page]:text-foreground"
            >
              {Icon && <Icon aria-hidden className="size-4" />}
              {told(title)}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  )
}
