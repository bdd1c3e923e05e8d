/** Single keys: `?` tells them all, `/` goes to the search, `g` and a letter to a page. Never while somebody types. */
import { useNavigate } from '@tanstack/react-router'
import { useEffect, useRef } from 'react'
import { isTyping } from '../lib/useEscape.ts'

export const goKeys: Readonly<Record<string, string>> = {
  o: '/',
  m: '/messages',
  c: '/contacts',
  t: '/templates',
  s: '/senders',
  j: '/journeys',
  a: '/opens',
  l: '/audit',
}

const OFF = 'beckon-keys-off' // in this browser
const PAIR_MS = 1_500 // between `g` and its letter

export const areKeysOn = (): boolean => localStorage.getItem(OFF) === null

export function switchKeys(on: boolean): void {
  if (on) localStorage.removeItem(OFF)
  else localStorage.setItem(OFF, '1')
}

export function useKeys(onHelp: () => void): void {
  const navigate = useNavigate()
  const wentAt = useRef(0)
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      const { key, metaKey, ctrlKey, altKey } = event
      const isFree = !metaKey && !ctrlKey && !altKey && !isTyping(event)
      if (!isFree || !areKeysOn() || document.querySelector('[role=dialog]')) return
      const to = performance.now() - wentAt.current < PAIR_MS && goKeys[key]
      wentAt.current = key === 'g' ? performance.now() : 0
      if (to) void navigate({ to })
      else if (key === '?') onHelp()
      else if (key === '/') focusSearch(event)
    }
    addEventListener('keydown', listen)
    return () => removeEventListener('keydown', listen)
  }, [navigate, onHelp])
}

function focusSearch(event: KeyboardEvent): void {
  const field = document.querySelector<HTMLElement>('main input[type=search]')
  if (!field) return
  event.preventDefault() // else it is typed there
  field.focus()
}
