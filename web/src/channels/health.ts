/** A sender in words: its name, and how it is. */
import type { Row } from '../lib/api.ts'
import { t } from '../lib/language.ts'
import type { Standing } from '../ui/Standing.tsx'

export function healthOf(sender: Row<'/providers'>): Standing {
  const { status, status_reason, settings_fault, circuit, provider } = sender
  if (settings_fault) return { tone: 'bad', words: t('Wrong settings'), why: settings_fault }
  if (status === 'disabled') return { tone: 'plain', words: t('Off'), why: status_reason }
  if (status === 'paused') return { tone: 'warn', words: t('Paused'), why: status_reason }
  if (circuit.open_until && new Date(circuit.open_until) > new Date())
    return { tone: 'bad', words: t('Rests after failures'), why: circuit.reason }
  return provider === 'sandbox'
    ? { tone: 'info', words: t('Sandbox'), why: null }
    : { tone: 'good', words: t('Works'), why: null }
}

/** The sandboxes that are there from the start have no name of their own. */
export const nameOf = ({ origin, name }: Pick<Row<'/providers'>, 'origin' | 'name'>): string =>
  origin === 'builtin' ? t('Sandbox') : name
