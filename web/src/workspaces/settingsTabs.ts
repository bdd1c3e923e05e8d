/** Which parts the settings have for somebody with these scopes. */
import { t } from '../lib/language.ts'
import type { Scope } from '../lib/session.ts'

export const settingsTabs = (scopes: readonly Scope[]) =>
  [
    { id: 'workspace', title: t('Workspace'), scope: 'workspaces:write' },
    { id: 'members', title: t('Members'), scope: 'members:read' },
    { id: 'keys', title: t('API keys'), scope: 'keys:write' },
    { id: 'profile', title: t('Your profile'), scope: '' },
  ].filter(({ scope }) => scope === '' || scopes.some((each) => each === scope))
