/** A plus that offers the kinds of steps. */
import { Plus } from 'lucide-react'
import { t, told } from '../lib/language.ts'
import { Button } from '../ui/Button.tsx'
import { Menu } from '../ui/Menu.tsx'
import { kinds, type Step } from './words.ts'

interface Props {
  readonly label: string
  readonly small?: boolean
  readonly onChoose: (type: Step['type']) => void
}

const types = Object.keys(kinds) as Step['type'][] // its keys are these

export function AddStep({ label, small = false, onChoose }: Props) {
  const button = small ? (
    <Button size="icon" className="size-6 rounded-full shadow-sm" aria-label={label}>
      <Plus />
    </Button>
  ) : (
    <Button size="sm" look="ghost" aria-label={label}>
      <Plus aria-hidden />
      {t('Add a step')}
    </Button>
  )
  return (
    <Menu
      button={button}
      items={types.map((type) => ({ label: told(kinds[type]), onSelect: () => onChoose(type) }))}
    />
  )
}
