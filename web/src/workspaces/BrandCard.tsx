/** How the pages behind the links of messages look: their colour and logo. */
import { useQuery } from '@tanstack/react-query'
import { type ChangeEvent, useState } from 'react'
import { useAct } from '../lib/act.ts'
import { type Answer, get, put } from '../lib/api.ts'
import { t } from '../lib/language.ts'
import { fieldFaults } from '../lib/problem.ts'
import { Button } from '../ui/Button.tsx'
import { Card } from '../ui/Card.tsx'
import { Field } from '../ui/Field.tsx'
import { Failed, Fault, Loading } from '../ui/States.tsx'
import { toast } from '../ui/toast.ts'
import { logoOf } from './logo.ts'

type Brand = Answer<'/workspaces/{id}/brand'>
const OURS = '#1f4fd8'

export function BrandCard({ id, name }: { id: string; name: string }) {
  const query = useQuery({
    queryKey: ['/workspaces/{id}/brand', id],
    queryFn: () => get('/workspaces/{id}/brand', { params: { id } }),
  })
  return (
    <Card
      title={t('Brand')}
      className="max-w-2xl"
      note={t('Of the pages where recipients unsubscribe and choose what they get.')}
    >
      {query.isPending && <Loading />}
      {query.isError && <Failed error={query.error} onRetry={() => void query.refetch()} />}
      {query.data && <BrandForm id={id} name={name} brand={query.data} />}
    </Card>
  )
}

function BrandForm({ id, name, brand }: { id: string; name: string; brand: Brand }) {
  const [{ color, logo }, setDraft] = useState(brand)
  const save = useAct(
    () => put('/workspaces/{id}/brand', { params: { id }, body: { color, logo } }),
    { refreshes: ['/workspaces/{id}/brand'], quiet: true, done: t('Saved.') },
  )
  const faults = fieldFaults(save.error)
  async function handleFile({ target }: ChangeEvent<HTMLInputElement>) {
    const [file] = target.files ?? []
    if (!file) return
    const made = await logoOf(file)
    if (made) setDraft({ color, logo: made })
    else toast('bad', t('This is not a picture that can be used. Try a PNG or JPEG file.'))
    target.value = ''
  }
  return (
    <div className="flex flex-col gap-4">
      <Fault error={save.error} />
      <Field label={t('Colour')} fault={faults['color']} hint={t('Of buttons and of the edge.')}>
        {(ids) => (
          <input
            {...ids}
            type="color"
            className="h-9 w-20 cursor-pointer rounded-md border border-input bg-card p-1"
            value={color ?? OURS}
            onChange={({ target }) => setDraft({ color: target.value, logo })}
          />
        )}
      </Field>
      <Field label={t('Logo')} fault={faults['logo']} hint={t('It is made small enough.')}>
        {(ids) => (
          <input
            {...ids}
            type="file"
            accept="image/*"
            className="rounded-md border border-input p-1 text-sm text-muted-foreground file:me-3 file:rounded file:bg-muted file:px-3 file:py-1 file:text-foreground"
            onChange={(event) => void handleFile(event)}
          />
        )}
      </Field>
      <Sample name={name} color={color ?? OURS} logo={logo} />
      <div className="flex gap-2">
        <Button look="primary" disabled={save.isPending} onClick={() => save.mutate(undefined)}>
          {t('Save')}
        </Button>
        {(color || logo) && (
          <Button onClick={() => setDraft({ color: null, logo: null })}>
            {t('Without a brand')}
          </Button>
        )}
      </div>
    </div>
  )
}

/** The head of such a page, as layout() of the server draws it. */
function Sample({ name, color, logo }: { name: string; color: string; logo: string | null }) {
  return (
    <figure className="rounded-lg bg-background p-4">
      <figcaption className="mb-2 text-xs text-muted-foreground">{t('Preview')}</figcaption>
      <p className="mb-3 flex items-center gap-3 font-semibold text-muted-foreground">
        {logo && <img src={logo} alt="" className="max-h-12 max-w-48" />}
        <bdi>{name}</bdi>
      </p>
      <div className="h-10 rounded-lg border-t-4 bg-card" style={{ borderTopColor: color }} />
    </figure>
  )
}
