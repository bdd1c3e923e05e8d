/** What the editor of templates does: publishes, keeps by a key too, and knows what can be filled in. */
import { useEffect, useRef } from 'react'
import { useContacts } from '../contacts/ContactChoice.tsx'
import { useAct } from '../lib/act.ts'
import { type Answer, post } from '../lib/api.ts'
import { t } from '../lib/language.ts'
import { client } from '../lib/query.ts'
import type { useDrafts } from './drafts.ts'
import type { KeptDraft } from './useKept.ts'

/** What every template knows without being told. */
const common = ['unsubscribe_url', 'preferences_url', 'contact.name', 'contact.locale']

/** All that is written is kept first; what is written meanwhile stays a draft. */
export function usePublish(
  id: string,
  mine: ReturnType<typeof useDrafts>,
  keeping: KeptDraft,
  onDone: (warnings: readonly string[]) => void,
) {
  const { drafts } = mine
  const work = async (note: string) => {
    const kept = await keeping.flush()
    const answer = await post('/templates/{id}/publish', {
      params: { id },
      body: note ? { note } : {},
      seen: kept?.revision,
    })
    const { warnings: _, ...template } = answer
    client.setQueryData(['/templates/{id}', id], template)
    keeping.saw(0)
    mine.published(drafts, answer.version)
    return answer
  }
  return useAct(work, {
    refreshes: ['/templates', '/templates/{id}', '/templates/{id}/versions'],
    quiet: true,
    done: ({ version }) => t('Published as version {version}.', { version }),
    onDone: ({ warnings }) => onDone(warnings),
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
