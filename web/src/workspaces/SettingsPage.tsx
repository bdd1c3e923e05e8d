/** Settings: the workspace, its members and keys, and one's own profile. */
import { t } from '../lib/language.ts'
import { useMe } from '../lib/session.ts'
import { useUrl } from '../lib/url.ts'
import { Page } from '../ui/Page.tsx'
import { Tabs } from '../ui/Tabs.tsx'
import { KeysTab } from './KeysTab.tsx'
import { MembersTab } from './MembersTab.tsx'
import { ProfileTab } from './ProfileTab.tsx'
import { WorkspaceTab } from './WorkspaceTab.tsx'

export function SettingsPage() {
  const [{ tab }, setTab] = useUrl(['tab'])
  const scopes = useMe()?.scopes ?? []
  const tabs = [
    { id: 'workspace', title: t('Workspace'), body: <WorkspaceTab />, scope: 'workspaces:write' },
    { id: 'members', title: t('Members'), body: <MembersTab />, scope: 'members:read' },
    { id: 'keys', title: t('API keys'), body: <KeysTab />, scope: 'keys:write' },
    { id: 'profile', title: t('Your profile'), body: <ProfileTab />, scope: '' },
  ].filter(({ scope }) => scope === '' || scopes.some((each) => each === scope))
  const chosen = tabs.find(({ id }) => id === tab) ?? tabs[0]
  return (
    <Page title={t('Settings')}>
      <Tabs
        label={t('Settings')}
        value={chosen?.id ?? ''}
        onChange={(next) => setTab({ tab: next })}
        tabs={tabs}
      />
    </Page>
  )
}
