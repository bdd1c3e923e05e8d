/** Settings: the workspace, its members and keys, and one's own profile. */
import type { ReactNode } from 'react'
import { t } from '../lib/language.ts'
import { useMe } from '../lib/session.ts'
import { useUrl } from '../lib/url.ts'
import { Page } from '../ui/Page.tsx'
import { Tabs } from '../ui/Tabs.tsx'
import { KeysTab } from './KeysTab.tsx'
import { MembersTab } from './MembersTab.tsx'
import { ProfileTab } from './ProfileTab.tsx'
import { settingsTabs } from './settingsTabs.ts'
import { WorkspaceTab } from './WorkspaceTab.tsx'

const bodies: Readonly<Record<string, ReactNode>> = {
  workspace: <WorkspaceTab />,
  members: <MembersTab />,
  keys: <KeysTab />,
  profile: <ProfileTab />,
}

export function SettingsPage() {
  const [{ tab }, setTab] = useUrl(['tab'])
  const tabs = settingsTabs(useMe()?.scopes ?? [])
  const chosen = tabs.find(({ id }) => id === tab) ?? tabs[0]
  return (
    <Page title={t('Settings')}>
      <Tabs
        label={t('Settings')}
        value={chosen?.id ?? ''}
        onChange={(next) => setTab({ tab: next })}
        tabs={tabs.map(({ id, title }) => ({ id, title, body: bodies[id] }))}
      />
    </Page>
  )
}
