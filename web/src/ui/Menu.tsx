/** A menu that opens from a button. */
import { DropdownMenu } from 'radix-ui'
import type { ReactNode } from 'react'
import { direction } from '../lib/language.ts'

interface Item {
  readonly label: ReactNode
  readonly onSelect: () => void
  readonly danger?: boolean
  readonly checked?: boolean
}

export function Menu({ button, items }: { button: ReactNode; items: readonly Item[] }) {
  // Not modal: a dialog that a choice opens hides the rest of the page itself, and gives it back.
  return (
    <DropdownMenu.Root dir={direction()} modal={false}>
      <DropdownMenu.Trigger asChild>{button}</DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content
          align="end"
          sideOffset={4}
          className="z-50 min-w-44 rounded-md border bg-card p-1 shadow-lg"
        >
          {items.map((item, at) => (
            <DropdownMenu.CheckboxItem
              // biome-ignore lint/suspicious/noArrayIndexKey: a menu's items stay where they are
              key={at}
              checked={item.checked ?? false}
              onSelect={item.onSelect}
              className={`flex cursor-pointer items-center justify-between gap-3 rounded px-2 py-1.5 text-sm outline-none data-highlighted:bg-muted ${item.danger ? 'text-destructive' : ''}`}
            >
              {item.label}
              <DropdownMenu.ItemIndicator aria-hidden>✓</DropdownMenu.ItemIndicator>
            </DropdownMenu.CheckboxItem>
          ))}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  )
}
