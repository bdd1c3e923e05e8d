/**
 * Shows HTML that somebody wrote: in a frame without scripts, without network, without access to this
 * page. It inherits this page's Content-Security-Policy, so its style elements get the nonce (good
 * for styles only: scripts have none).
 */
import { useMemo } from 'react'
import { cn } from '../lib/cn.ts'

const POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; font-src data:"

interface Props {
  readonly html: string
  readonly title: string
  readonly width?: number | undefined
  /** As a mail program shows it that has a dark ground. */
  readonly isDark?: boolean
}

export function Frame({ html, title, width, isDark = false }: Props) {
  const ground = isDark ? 'bg-[#121212]' : 'bg-white'
  const document = useMemo(() => safe(html, isDark), [html, isDark])
  return (
    <iframe
      title={title}
      sandbox=""
      referrerPolicy="no-referrer"
      srcDoc={document}
      className={cn('mx-auto block h-[28rem] w-full resize-y rounded-md border', ground)}
      // The frame's own scheme is what its media queries are told.
      style={{ colorScheme: isDark ? 'dark' : 'light', ...(width ? { maxWidth: width } : {}) }}
    />
  )
}

function safe(html: string, isDark: boolean): string {
  const page = new DOMParser().parseFromString(html, 'text/html')
  for (const bad of page.querySelectorAll(
    'script, link, base, object, embed, iframe, meta[http-equiv]',
  ))
    bad.remove()
  // The policy would refuse them too. A pixel of ours must not count this look as an open.
  for (const image of page.querySelectorAll('img:not([src^="data:"])')) {
    image.removeAttribute('src')
    image.removeAttribute('srcset')
  }
  const policy = page.createElement('meta')
  policy.httpEquiv = 'Content-Security-Policy'
  policy.content = POLICY
  page.head.prepend(policy)
  if (isDark) page.documentElement.style.colorScheme = 'dark'
  const nonce = document.querySelector<HTMLMetaElement>('meta[property=csp-nonce]')?.nonce ?? ''
  for (const style of page.querySelectorAll('style')) style.setAttribute('nonce', nonce)
  return `<!doctype html>${page.documentElement.outerHTML}`
}
