/** A second factor by an authenticator app (TOTP, RFC 6238), with recovery codes. */

import { type FormEvent, lazy, Suspense } from 'react'
import { useAct } from '../lib/act.ts'
import { post, remove } from '../lib/api.ts'
import { t } from '../lib/language.ts'
import { AskButton } from '../ui/AskButton.tsx'
import { Badge } from '../ui/Badge.tsx'
import { Button } from '../ui/Button.tsx'
import { Card } from '../ui/Card.tsx'
import { CodeField } from '../ui/Credentials.tsx'
import { CodeBlock } from '../ui/Small.tsx'
import { Fault, Note } from '../ui/States.tsx'

const QrCode = lazy(async () => ({ default: (await import('./QrCode.tsx')).QrCode }))
const refreshes = ['/auth/me', '/members']

export function SecondFactor({ isOn }: { isOn: boolean }) {
  const begin = useAct(() => post('/auth/totp'))
  const confirm = useAct((code: string) => post('/auth/totp/confirmation', { body: { code } }), {
    refreshes,
    quiet: true,
  })
  const end = useAct(() => remove('/auth/totp'), {
    refreshes,
    done: t('The second factor is off.'),
  })
  function handleConfirm(event: FormEvent<HTMLFormElement>) {
    event.preventDefault()
    confirm.mutate(String(new FormData(event.currentTarget).get('code')).replaceAll(' ', ''))
  }
  return (
    <Card
      title={
        <span className="flex items-center gap-2">
          {t('Second factor')}{' '}
          <Badge tone={isOn ? 'good' : 'plain'}>{isOn ? t('on') : t('off')}</Badge>
        </span>
      }
      note={t('Besides the password, signing in asks for a code of an app on your phone.')}
    >
      <div className="flex flex-col gap-3">
        {confirm.data && (
          <>
            <Note tone="warn">
              {t(
                'Keep these recovery codes: each opens the door once when the phone is lost. They are shown once.',
              )}
            </Note>
            <CodeBlock label={t('Recovery codes')} text={confirm.data.recovery_codes.join('\n')} />
          </>
        )}
        {isOn && (
          <div>
            <AskButton
              title={t('Switch the second factor off?')}
              note={t('The password alone opens the door then. The recovery codes are void.')}
              act={t('Switch it off')}
              disabled={end.isPending}
              onConfirm={() => end.mutate(undefined)}
            />
          </div>
        )}
        {!isOn && !begin.data && (
          <Button
            className="self-start"
            disabled={begin.isPending}
            onClick={() => begin.mutate(undefined)}
          >
            {t('Set it up')}
          </Button>
        )}
        {!isOn && begin.data && (
          <form onSubmit={handleConfirm} className="flex flex-col gap-3">
            <p className="text-sm">
              {t('Scan this with your app or enter the secret there, then the code that it shows.')}
            </p>
            <div className="flex flex-wrap items-start gap-4">
              <Suspense fallback={<div className="size-48 rounded-md border bg-white" />}>
                <QrCode text={begin.data.url} label={t('QR code of the secret, for your app')} />
              </Suspense>
              <div className="flex min-w-[min(100%,20rem)] flex-1 flex-col gap-3">
                <CodeBlock label={t('Secret')} text={begin.data.secret} />
                <a className="text-sm text-primary underline" href={begin.data.url}>
                  {t('Open it in an app on this device')}
                </a>
              </div>
            </div>
            <Fault error={confirm.error} />
            <CodeField label={t('Code')} inputMode="numeric" required />
            <Button look="primary" type="submit" className="self-start">
              {t('Switch it on')}
            </Button>
          </form>
        )}
      </div>
    </Card>
  )
}
