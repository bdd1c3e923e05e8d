/** The workspace itself: its name, zone, language, country; its brand. */
import type { FormEvent } from 'react'
import { useAct } from '../lib/act.ts'
import { type Answer, put } from '../lib/api.ts'
import { t } from '../lib/language.ts'
import { fieldFaults } from '../lib/problem.ts'
import { useWorkspace } from '../lib/session.ts'
import { Button } from '../ui/Button.tsx'
import { Card } from '../ui/Card.tsx'
import { CheckField, SelectField, TextField } from '../ui/Field.tsx'
import { Code } from '../ui/Small.tsx'
import { Fault, Loading } from '../ui/States.tsx'
import { BrandCard } from './BrandCard.tsx'

export function WorkspaceTab() {
  const workspace = useWorkspace()
  return (
    <div className="flex flex-col gap-5">
      <Card
        title={t('Workspace')}
        className="max-w-2xl"
        note={workspace && <Code>{workspace.slug}</Code>}
      >
        {workspace ? <WorkspaceForm workspace={workspace} /> : <Loading />}
      </Card>
      {workspace && <BrandCard id={workspace.id} name={workspace.name} />}
    </div>
  )
}

function WorkspaceForm({ workspace }: { workspace: Answer<'/workspaces/{id}'> }) {
  const save = useAct(
    (form: FormData) =>
      put('/workspaces/{id}', {
        params: { id: workspace.id },
        body: {
          name: String(form.get('name')),
          time_zone: String(form.get('time_zone')),
          locale: String(form.get('locale')),
          default_country: String(form.get('default_country')).toUpperCase() || null,
          honeypot_link: form.has('honeypot_link'),
        },
      }),
    { refreshes: ['/workspaces', '/auth/me'], quiet: true, done: t('Saved.') },
  )
  const faults = fieldFaults(save.error)
  function handleSubmit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault()
    save.mutate(new FormData(event.currentTarget))
  }
  return (
    <form onSubmit={handleSubmit} className="flex flex-col gap-4">
      <Fault error={save.error} />
      <TextField
        label={t('Name')}
        name="name"
        defaultValue={workspace.name}
        required
        dir="auto"
        fault={faults['name']}
      />
      <SelectField
        label={t('Time zone')}
        name="time_zone"
        defaultValue={workspace.time_zone}
        hint={t('Days of the figures and hours of sending are counted in it.')}
        options={zones(workspace.time_zone).map((zone) => [zone, zone])}
        dir="ltr"
        fault={faults['time_zone']}
      />
      <TextField
        label={t('Language of messages')}
        name="locale"
        defaultValue={workspace.locale}
        hint={t('Such as en or he: for contacts whose own is not known.')}
        dir="ltr"
        fault={faults['locale']}
      />
      <TextField
        label={t('Country of phone numbers')}
        name="default_country"
        defaultValue={workspace.default_country ?? ''}
        maxLength={2}
        hint={t('Two letters, such as IL: for numbers without a country.')}
        dir="ltr"
        fault={faults['default_country']}
      />
      <CheckField
        label={t('Hidden link in tracked emails')}
        name="honeypot_link"
        defaultChecked={workspace.honeypot_link}
        hint={t(
          'Only machines follow it, which tells their clicks from people’s. Spam filters may think less of emails with hidden links.',
        )}
      />
      <Button look="primary" type="submit" className="self-start" disabled={save.isPending}>
        {t('Save')}
      </Button>
    </form>
  )
}

/** All that the browser knows, with the workspace's own and UTC, which some leave out. */
const zones = (own: string): readonly string[] => [
  ...new Set(['UTC', own, ...Intl.supportedValuesOf('timeZone')]),
]
