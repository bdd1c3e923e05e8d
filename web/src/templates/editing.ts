/** What the editor of templates does: saves, by a key too, and knows what can be filled in. */
import { useEffect, useRef } from 'react'
import { useContacts } from '../contacts/ContactChoice.tsx'
import { useAct } from '../lib/act.ts'
import { type Answer, put } from '../lib/api.ts'
import { t } from '../lib/language.ts'
import { bodyOf, type Drafts } from './drafts.ts'

/** What every template knows without being told. */
const common = ['unsubscribe_url', 'preferences_url', 'contact.name', 'contact.locale']

export function useSave(id: string, drafts: Drafts, onSaved: (drafts: Drafts) => void) {
  return useAct(() => put('/templates/{id}', { params: { id }, body: bodyOf(drafts) }), {
    refreshes: ['/templates', '/templates/{id}', '/templates/{id}/versions'],
    quiet: true,
    done: ({ version }) => t('Saved as version {version}.', { version }),
    onDone: () => onSaved(drafts),
  })
}

/** Ctrl S. */
export function useSaveKey(save: () => void): void {
  const latest = useRef(save)
  latest.current = save
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      if (!(event.ctrlKey || event.metaKey) || event.key !== 's') return
      event.preventDefault()
      latest.current()
    }
    addEventListener('keydown', listen)
    return () => removeEventListener('keydown', listen)
  }, [])
}

/** What is declared, what is built in, and what contacts are known to have. */
export function useVariables(template: Answer<'/templates/{id}'>): readonly string[] {
  const contacts = useContacts().data?.data ?? []
  const traits = contacts.flatMap(({ traits: own }) => Object.keys(own))
  const names = [...template.variables.map(({ name }) => name), ...common]
  return [...new Set([...names, ...traits.map((name) => `contact.${name}`)])]
}
