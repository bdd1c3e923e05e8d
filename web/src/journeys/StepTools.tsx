/** Edit, up, down, remove: beside a step that can be changed. */
import { ArrowDown, ArrowUp, Copy, Pencil, Trash2 } from 'lucide-react'
import { t } from '../lib/language.ts'
import { Button } from '../ui/Button.tsx'
import type { Editing } from './editing.ts'

export function StepTools({ id, edit }: { id: string; edit: Editing }) {
  const tools = [
    [t('Change {step}', { step: id }), Pencil, () => edit.onEdit(id)],
    [t('Move {step} up', { step: id }), ArrowUp, () => edit.onMove(id, -1)],
    [t('Move {step} down', { step: id }), ArrowDown, () => edit.onMove(id, 1)],
    [t('Copy {step}', { step: id }), Copy, () => edit.onCopy(id)],
    [t('Remove {step}', { step: id }), Trash2, () => edit.onRemove(id)],
  ] as const
  return (
    <span className="nodrag nopan flex shrink-0">
      {tools.map(([label, Icon, act]) => (
        <Button
          key={label}
          look="ghost"
          size="icon"
          className="size-7"
          aria-label={label}
          title={label}
          onClick={(event) => {
            event.stopPropagation()
            act()
          }}
        >
          <Icon />
        </Button>
      ))}
    </span>
  )
}
