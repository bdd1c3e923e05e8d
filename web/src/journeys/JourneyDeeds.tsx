/** Switching a journey on, pausing it, putting it away. */
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useAct } from '../lib/act.ts'
import { post, remove } from '../lib/api.ts'
import { t } from '../lib/language.ts'
import { useMay } from '../lib/session.ts'
import { searchOf } from '../lib/url.ts'
import { Button } from '../ui/Button.tsx'
import { Confirm } from '../ui/Confirm.tsx'
import { Menu } from '../ui/Menu.tsx'
import { toast } from '../ui/toast.ts'
import type { JourneyView } from './words.ts'

export function JourneyDeeds({ journey }: { journey: JourneyView }) {
  const [asking, setAsking] = useState(false)
  const navigate = useNavigate()
  const params = { id: journey.id }
  const refreshes = ['/journeys', '/journeys/{id}']
  const mayWrite = useMay('journeys:write')
  const enable = useAct(() => post('/journeys/{id}/enable', { params }), {
    refreshes,
    done: t('The journey is on.'),
  })
  const pause = useAct(() => post('/journeys/{id}/pause', { params, body: {} }), {
    refreshes,
    onDone: () =>
      toast('good', t('The journey is paused. Those in it wait.'), () => enable.mutate(undefined)),
  })
  const archive = useAct(() => remove('/journeys/{id}', { params }), {
    refreshes: ['/journeys'],
    done: t('The journey is put away. Its name is free again.'),
    onDone: () => void navigate({ to: '/journeys' }),
  })
  if (!mayWrite || journey.status === 'archived') return null
  return (
    <>
      {journey.status === 'active' ? (
        <Button disabled={pause.isPending} onClick={() => pause.mutate(undefined)}>
          {t('Pause')}
        </Button>
      ) : (
        <Button look="primary" disabled={enable.isPending} onClick={() => enable.mutate(undefined)}>
          {t('Switch it on')}
        </Button>
      )}
      {journey.origin === 'member' && (
        <Menu
          button={<Button>{t('More')}</Button>}
          items={[
            {
              label: t('Make a copy'),
              onSelect: () =>
                void navigate({ to: '/journeys/new', search: searchOf({ from: journey.id }) }),
            },
            { label: t('Put it away'), danger: true, onSelect: () => setAsking(true) },
          ]}
        />
      )}
      {asking && (
        <Confirm
          title={t('Put the journey away?')}
          note={t('Nobody comes in any more. It cannot be switched on again.')}
          act={t('Put it away')}
          pending={archive.isPending}
          onClose={() => setAsking(false)}
          onConfirm={() => archive.mutate(undefined)}
        />
      )}
    </>
  )
}
