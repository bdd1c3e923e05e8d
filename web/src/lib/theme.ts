/** Light, dark, or what the system says. Colours follow `color-scheme` (app.css), so a class is all there is to it. */
import { readCookie, writeCookie } from './cookies.ts'

export const themes = ['system', 'light', 'dark'] as const
export type Theme = (typeof themes)[number]

const COOKIE = 'theme' // the server reads it too

export function theme(): Theme {
  const chosen = readCookie(COOKIE)
  return themes.find((each) => each === chosen) ?? 'system'
}

export function chooseTheme(next: Theme): void {
  writeCookie(COOKIE, next)
  applyTheme()
}

function applyTheme(): void {
  const { classList } = document.documentElement
  classList.remove('light', 'dark')
  if (theme() !== 'system') classList.add(theme())
  for (const listener of listeners) listener()
}

/** Whether the screen is dark now: for what is drawn by script. */
export function isDark(): boolean {
  if (theme() !== 'system') return theme() === 'dark'
  return matchMedia('(prefers-color-scheme: dark)').matches
}

const listeners = new Set<() => void>()
export function onTheme(listener: () => void): () => void {
  const system = matchMedia('(prefers-color-scheme: dark)')
  listeners.add(listener)
  system.addEventListener('change', listener)
  return () => {
    listeners.delete(listener)
    system.removeEventListener('change', listener)
  }
}
