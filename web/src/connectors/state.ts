/** How a connection is, in words. */
import type { Answer } from '../lib/api.ts'
import { ago } from '../lib/format.ts'
import { t } from '../lib/language.ts'
import type { Standing } from '../ui/Standing.tsx'

export function stateOf(connection: Answer<'/connectors/{id}'>): Standing {
  const { status, status_reason, settings_fault, tasks } = connection
  if (settings_fault) return { tone: 'bad', words: t('Wrong settings'), why: settings_fault }
  if (status === 'paused') return { tone: 'warn', words: t('Paused'), why: status_reason }
  if (status === 'disabled') return { tone: 'plain', words: t('Off'), why: status_reason }
  const failing = tasks.find(({ failures }) => failures > 0)
  if (failing) return { tone: 'bad', words: t('Cannot read'), why: failing.last_error }
  const limited = tasks.find((task) => task.limited)
  if (limited?.next_at)
    return {
      tone: 'info',
      words: t('Waits for their limit'),
      why: t('They take no more calls for now. It goes on {when} by itself.', {
        when: ago(limited.next_at),
      }),
    }
  if (tasks.some(({ running }) => running)) return { tone: 'info', words: t('Reading'), why: null }
  return { tone: 'good', words: t('Works'), why: null }
}
