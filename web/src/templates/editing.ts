/** What the editor of templates does: saves, by a key too, and knows what can be filled in. */
import { useEffect, useRef } from 'react'
import { useContacts } from '../contacts/ContactChoice.tsx'
import { useAct } from '../lib/act.ts'
import { type Answer, put } from '../lib/api.ts'
import { t } from '../lib/language.ts'
import { client } from '../lib/query.ts'
import { bodyOf, type Drafts } from './drafts.ts'

/** What every template knows without being told. */
const common = ['unsubscribe_url', 'preferences_url', 'contact.name', 'contact.locale']

/** `onSaved` is told at once: what it shows afterwards is read again while the draft is one no more. */
export function useSave(
  id: string,
  drafts: Drafts,
  onSaved: (drafts: Drafts, version: number) => void,
) {
  const work = async () => {
    const answer = await put('/templates/{id}', { params: { id }, body: bodyOf(drafts) })
    const { warnings: _, ...template } = answer
    client.setQueryData(['/templates/{id}', id], template)
    onSaved(drafts, answer.version)
    return answer
  }
  return useAct(work, {
    refreshes: ['/templates', '/templates/{id}', '/templates/{id}/versions'],
    quiet: true,
    done: ({ version }) => t('Saved as version {version}.', { version }),
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
