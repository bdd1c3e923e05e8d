/** A sender in words: its name, and how it is, by which rule. */
import { useQuery } from '@tanstack/react-query'
import { type Answer, get, type Row } from '../lib/api.ts'
import { t } from '../lib/language.ts'
import type { Standing } from '../ui/Standing.tsx'

type Measured = Answer<'/providers/health'>['data'][number]

/** What each sender did in the last minutes; those that did nothing are not there. */
export function useMeasured(): ReadonlyMap<string, Measured> {
  const { data } = useQuery({
    queryKey: ['/providers', 'health'],
    queryFn: () => get('/providers/health'),
  })
  return new Map(data?.data.map((each) => [each.id, each]))
}

const words = {
  good: () => ({ tone: 'good', words: t('Works') }) as const,
  watch: () => ({ tone: 'warn', words: t('Watch it') }) as const,
  bad: () => ({ tone: 'bad', words: t('Fails') }) as const,
}

export function healthOf(sender: Row<'/providers'>, measured: Measured | undefined): Standing {
  const { status, status_reason, settings_fault, circuit, provider } = sender
  if (settings_fault) return { tone: 'bad', words: t('Wrong settings'), why: settings_fault }
  if (status === 'disabled') return { tone: 'plain', words: t('Off'), why: status_reason }
  if (status === 'paused') return { tone: 'warn', words: t('Paused'), why: status_reason }
  if (circuit.open_until && new Date(circuit.open_until) > new Date())
    return { tone: 'bad', words: t('Rests after failures'), why: circuit.reason }
  if (measured && (measured.level !== 'good' || provider !== 'sandbox'))
    return { ...words[measured.level](), why: measured.rule }
  return provider === 'sandbox'
    ? { tone: 'info', words: t('Sandbox'), why: null }
    : { tone: 'plain', words: t('Not used lately'), why: null }
}

/** The sandboxes that are there from the start have no name of their own. */
export const nameOf = ({ origin, name }: Pick<Row<'/providers'>, 'origin' | 'name'>): string =>
  origin === 'builtin' ? t('Sandbox') : name
