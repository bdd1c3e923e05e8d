/** Ctrl K: go to a page, find what is in the workspace, change language or theme. */
import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { Command } from 'cmdk'
import { useState } from 'react'
import { get } from '../lib/api.ts'
import { chooseLanguage, language, t, told } from '../lib/language.ts'
import { useMe } from '../lib/session.ts'
import { chooseTheme, isDark } from '../lib/theme.ts'
import { searchOf } from '../lib/url.ts'
import { Dialog } from '../ui/Dialog.tsx'
import { settingsTabs } from '../workspaces/settingsTabs.ts'
import { pages } from './pages.ts'
import { useFound } from './useFound.ts'

const item =
  'flex cursor-pointer items-center gap-2 rounded-md px-3 py-2 text-sm data-[selected=true]:bg-accent'
const heading =
  '[&_[cmdk-group-heading]]:px-3 [&_[cmdk-group-heading]]:py-1 [&_[cmdk-group-heading]]:text-xs [&_[cmdk-group-heading]]:text-muted-foreground'

export function Palette({ open, onClose }: { open: boolean; onClose: () => void }) {
  const [text, setText] = useState('')
  const me = useMe()
  const navigate = useNavigate()
  const contacts = useQuery({
    queryKey: ['/contacts', 'palette', text],
    enabled: text.length >= 2 && (me?.scopes.includes('contacts:read') ?? false),
    queryFn: () => get('/contacts', { query: { q: text, limit: 5 } }),
  })
  const found = useFound(text)
  const go = (to: string, search: Record<string, string> = {}) => {
    onClose()
    void navigate({ to, search: searchOf(search) })
  }
  return (
    <Dialog
      open={open}
      onClose={onClose}
      title={t('Search or go to…')}
      className="top-24 translate-y-0"
    >
      <Command label={t('Search or go to…')} loop>
        <Command.Input
          value={text}
          onValueChange={setText}
          placeholder={t('A page, a contact, an address…')}
          className="mb-2 h-10 w-full rounded-md border border-input bg-card px-3"
        />
        <Command.List className="max-h-80 overflow-y-auto">
          <Command.Empty className="p-3 text-sm text-muted-foreground">
            {t('Nothing found.')}
          </Command.Empty>
          <Command.Group heading={t('Pages')} className={heading}>
            {pages
              .filter(({ title, scope }) => title && (!scope || me?.scopes.includes(scope)))
              .map(({ path, title = '', icon: Icon }) => (
                <Command.Item
                  key={path}
                  value={told(title)}
                  onSelect={() => go(path)}
                  className={item}
                >
                  {Icon && <Icon aria-hidden className="size-4" />}
                  {told(title)}
                </Command.Item>
              ))}
            {settingsTabs(me?.scopes ?? []).map(({ id, title }) => (
              <Command.Item
                key={id}
                value={`${t('Settings')} ${title}`}
                onSelect={() => go('/settings', { tab: id })}
                className={item}
              >
                {t('Settings')} · {title}
              </Command.Item>
            ))}
          </Command.Group>
          {text.length >= 2 && (
            <Command.Group heading={t('Search')} className={heading} forceMount>
              <Command.Item
                forceMount
                value={`messages ${text}`}
                onSelect={() => go('/messages', { q: text })}
                className={item}
              >
                {t('Messages with “{text}”', { text })}
              </Command.Item>
              {found.map(({ to, search, text: name, kind }) => (
                <Command.Item
                  key={`${to} ${search?.['id']}`}
                  forceMount
                  value={`${to} ${search?.['id']} ${text}`}
                  onSelect={() => go(to, search)}
                  className={item}
                >
                  <bdi>{name}</bdi>
                  <span className="text-muted-foreground">{kind}</span>
                </Command.Item>
              ))}
              {contacts.data?.data.map((contact) => (
                <Command.Item
                  key={contact.id}
                  forceMount
                  value={`${contact.id} ${text}`}
                  onSelect={() => go(`/contacts/${contact.id}`)}
                  className={item}
                >
                  <bdi>{contact.name ?? contact.email ?? contact.external_id ?? contact.id}</bdi>
                  <bdi className="text-muted-foreground">{contact.email}</bdi>
                </Command.Item>
              ))}
            </Command.Group>
          )}
          <Command.Group heading={t('Do')} className={heading}>
            <Command.Item
              className={item}
              onSelect={() => {
                onClose()
                chooseTheme(isDark() ? 'light' : 'dark')
              }}
            >
              {isDark() ? t('Switch to light') : t('Switch to dark')}
            </Command.Item>
            <Command.Item
              className={item}
              onSelect={() => {
                onClose()
                void chooseLanguage(language() === 'en' ? 'he' : 'en')
              }}
            >
              {language() === 'en' ? 'עברית' : 'English'}
            </Command.Item>
          </Command.Group>
        </Command.List>
      </Command>
    </Dialog>
  )
}
