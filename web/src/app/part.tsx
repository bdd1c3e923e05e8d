/**
 * The code of a page, had when it is opened. Where it cannot be had, the router reads the whole page again, which
 * is right when the dashboard was built anew; while the server is away it would leave the browser's own blank page.
 */
import { lazyRouteComponent } from '@tanstack/react-router'
import { type ComponentType, useCallback, useEffect } from 'react'
import { get } from '../lib/api.ts'
import { t } from '../lib/language.ts'
import { isUnreachable, ProblemError } from '../lib/problem.ts'
import { Page } from '../ui/Page.tsx'
import { Failed } from '../ui/States.tsx'

export const part = (load: () => Promise<ComponentType>) =>
  lazyRouteComponent(async () => {
    try {
      return { default: await load() }
    } catch (error) {
      if (await isThere()) throw error
      return { default: Away }
    }
  })

/** Whatever it answers. */
const isThere = (): Promise<boolean> =>
  get('/auth/me').then(
    () => true,
    (error: unknown) => !isUnreachable(error),
  )

/** Stands for the page until the server answers again. */
function Away() {
  const again = useCallback(async () => {
    if (await isThere()) location.reload()
  }, [])
  useEffect(() => {
    const tryAgain = () => void again()
    tryAgain()
    addEventListener('online', tryAgain)
    return () => removeEventListener('online', tryAgain)
  }, [again])
  const error = new ProblemError({ status: 0, code: 'unreachable', title: '' })
  return (
    <Page title={t('Not connected')}>
      <Failed error={error} onRetry={() => void again()} />
    </Page>
  )
}
