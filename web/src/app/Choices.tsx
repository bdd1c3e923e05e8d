/** Language, theme and the person: the end of the bar above. */
import { useNavigate } from '@tanstack/react-router'
import { CircleUser, Languages, SunMoon } from 'lucide-react'
import { useState } from 'react'
import { useAct } from '../lib/act.ts'
import { post } from '../lib/api.ts'
import { chooseLanguage, type LanguageCode, language, languages, t } from '../lib/language.ts'
import { client } from '../lib/query.ts'
import { useMe } from '../lib/session.ts'
import { chooseTheme, type Theme, theme, themes } from '../lib/theme.ts'
import { searchOf } from '../lib/url.ts'
import { Button } from '../ui/Button.tsx'
import { Menu } from '../ui/Menu.tsx'

export function Choices() {
  return (
    <>
      <LanguageChoice />
      <ThemeChoice />
      <PersonMenu />
    </>
  )
}

export function LanguageChoice() {
  const codes = Object.keys(languages) as LanguageCode[] // its own keys
  return (
    <Menu
      button={
        <Button look="ghost" size="icon" aria-label={t('Language')}>
          <Languages />
        </Button>
      }
      items={codes.map((code) => ({
        label: languages[code].name,
        checked: code === language(),
        onSelect: () => void chooseLanguage(code),
      }))}
    />
  )
}

export function ThemeChoice() {
  const [chosen, setChosen] = useState(theme())
  const names: Record<Theme, string> = {
    system: t('As the system'),
    light: t('Light'),
    dark: t('Dark'),
  }
  return (
    <Menu
      button={
        <Button look="ghost" size="icon" aria-label={t('Theme')}>
          <SunMoon />
        </Button>
      }
      items={themes.map((each) => ({
        label: names[each],
        checked: each === chosen,
        onSelect: () => {
          chooseTheme(each)
          setChosen(each)
        },
      }))}
    />
  )
}

/** What is kept in this tab is not for whoever signs in next. */
function dropDrafts(): void {
  for (const place of Object.keys(sessionStorage))
    if (place.startsWith('beckon.')) sessionStorage.removeItem(place)
}

function PersonMenu() {
  const me = useMe()
  const navigate = useNavigate()
  const leave = useAct(() => post('/auth/logout'), {
    onDone: () => {
      client.clear()
      dropDrafts()
      void navigate({ to: '/login' })
    },
  })
  return (
    <Menu
      button={
        <Button
          look="ghost"
          size="icon"
          aria-label={t('You: {name}', { name: me?.member?.email ?? '' })}
        >
          <CircleUser />
        </Button>
      }
      items={[
        {
          label: t('Your profile'),
          onSelect: () => void navigate({ to: '/settings', search: searchOf({ tab: 'profile' }) }),
        },
        { label: t('Sign out'), onSelect: () => leave.mutate(undefined) },
      ]}
    />
  )
}
