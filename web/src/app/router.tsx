/** Addresses of the dashboard. All but the sign-in pages need somebody who is signed in. */
import {
  createRootRoute,
  createRoute,
  createRouter,
  Outlet,
  parseSearchWith,
  redirect,
  stringifySearchWith,
} from '@tanstack/react-router'
import { t } from '../lib/language.ts'
import { isSignedOut } from '../lib/problem.ts'
import { client, setOnSignedOut } from '../lib/query.ts'
import { readMe } from '../lib/session.ts'
import { Nowhere } from '../ui/FailedPage.tsx'
import { Failed, Loading } from '../ui/States.tsx'
import { pages } from './pages.ts'
import { part } from './part.tsx'
import { Shell } from './Shell.tsx'

const root = createRootRoute({ component: Outlet })

const login = createRoute({
  getParentRoute: () => root,
  path: '/login',
  component: part(async () => (await import('../workspaces/LoginPage.tsx')).LoginPage),
})
const invitation = createRoute({
  getParentRoute: () => root,
  path: '/invitation',
  component: part(async () => (await import('../workspaces/InvitationPage.tsx')).InvitationPage),
})
const reset = createRoute({
  getParentRoute: () => root,
  path: '/password',
  component: part(async () => (await import('../workspaces/ResetPage.tsx')).ResetPage),
})

const inside = createRoute({
  getParentRoute: () => root,
  id: 'inside',
  component: Shell,
  beforeLoad: async ({ location }) => {
    try {
      await readMe()
    } catch (error) {
      if (!isSignedOut(error)) throw error
      throw redirect({ to: '/login', search: { next: location.href } as never }) // any text: see below
    }
  },
})

const routes = pages.map(({ path, load }) =>
  createRoute({
    getParentRoute: () => inside,
    path,
    component: part(load),
  }),
)

const nowhere = createRoute({
  getParentRoute: () => inside,
  path: '$',
  component: () => <Nowhere to="/" others={t('Overview')} />,
})

export const router = createRouter({
  routeTree: root.addChildren([login, invitation, reset, inside.addChildren([...routes, nowhere])]),
  basepath: '/app',
  // Addresses hold plain text, not JSON: ?status=failed. Pages read them with useUrl.
  parseSearch: parseSearchWith((text) => text),
  stringifySearch: stringifySearchWith(String),
  defaultPreload: 'intent',
  defaultPendingComponent: () => <Loading />,
  defaultErrorComponent: ({ error, reset }) => <Failed error={error} onRetry={reset} />,
  scrollRestoration: true,
})

/** Pages of people who are not signed in. */
const open = new Set(['/login', '/invitation', '/password'])

/** The session ended while a page was open: sign in, and come back to it. */
setOnSignedOut(() => {
  const { pathname, href } = router.state.location
  if (open.has(pathname)) return
  client.clear()
  void router.navigate({ to: '/login', search: { next: href, ended: '1' } as never })
})
