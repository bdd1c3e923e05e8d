/** Choices that the server must know before the page is drawn: language and theme. Never secrets. */

const YEAR_SECONDS = 365 * 24 * 60 * 60

export function readCookie(name: string): string | undefined {
  const found = document.cookie.split('; ').find((each) => each.startsWith(`${name}=`))
  return found?.slice(name.length + 1)
}

export function writeCookie(name: string, value: string): void {
  // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is not in every browser
  document.cookie = `${name}=${value}; path=/app; max-age=${YEAR_SECONDS}; samesite=lax`
}
