/** Keys that act by themselves: how they are told, and the switch for who speaks to the machine (WCAG 2.1.4). */
import { useState } from 'react'
import { t, told } from '../lib/language.ts'
import { Dialog } from '../ui/Dialog.tsx'
import { CheckField } from '../ui/Field.tsx'
import { areKeysOn, goKeys, switchKeys } from './keys.ts'
import { pages } from './pages.ts'

export function Shortcuts({ onClose }: { onClose: () => void }) {
  const [isOn, setOn] = useState(areKeysOn)
  const titles = new Map(pages.map(({ path, title = '' }) => [path, title]))
  const keys: readonly (readonly [keys: readonly string[], what: string])[] = [
    [['Ctrl', 'K'], t('Search or go to…')],
    [['/'], t('To the search of the page')],
    [['?'], t('This list')],
    [['Esc'], t('Close what is open, or clear the filters')],
    ...Object.entries(goKeys).map(
      ([key, path]) => [['g', key], told(titles.get(path) ?? path)] as const,
    ),
  ]
  return (
    <Dialog open onClose={onClose} title={t('Keys')}>
      <CheckField
        label={t('Single keys act')}
        hint={t('Kept in this browser. Keys with Ctrl always act.')}
        checked={isOn}
        onChange={({ target }) => {
          switchKeys(target.checked)
          setOn(target.checked)
        }}
      />
      <dl className="grid grid-cols-[auto_1fr] items-center gap-x-4 gap-y-2 text-sm">
        {keys.map(([each, what]) => (
          <div key={what} className="contents">
            <dt dir="ltr" className="flex gap-1">
              {each.map((key) => (
                <kbd key={key} className="code rounded border px-1.5 text-xs">
                  {key}
                </kbd>
              ))}
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  )
}
