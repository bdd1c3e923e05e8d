/** Tabs. Which one is open belongs into the address: give `value` from useUrl. */
import { Tabs as Radix } from 'radix-ui'
import { type ReactNode, useEffect, useRef } from 'react'
import { direction } from '../lib/language.ts'

interface Props {
  readonly value: string
  readonly onChange: (value: string) => void
  readonly label: string
  readonly tabs: readonly {
    readonly id: string
    readonly title: ReactNode
    readonly body: ReactNode
  }[]
}

export function Tabs({ value, onChange, label, tabs }: Props) {
  const list = useRef<HTMLDivElement>(null)
  // biome-ignore lint/correctness/useExhaustiveDependencies: on a phone the one that is open may stand beyond the edge
  useEffect(() => {
    const open = list.current?.querySelector('[data-state=active]')
    open?.scrollIntoView({ block: 'nearest', inline: 'nearest' })
  }, [value])
  return (
    <Radix.Root value={value} onValueChange={onChange} dir={direction()} className="min-w-0">
      <Radix.List
        ref={list}
        aria-label={label}
        className="mb-4 flex gap-1 overflow-x-auto border-b"
      >
        {tabs.map(({ id, title }) => (
          <Radix.Trigger
            key={id}
            value={id}
            className="-mb-px border-b-2 border-transparent px-3 py-2 text-sm font-medium whitespace-nowrap text-muted-foreground -outline-offset-2 data-[state=active]:border-primary data-[state=active]:text-foreground"
          >
            {title}
          </Radix.Trigger>
        ))}
      </Radix.List>
      {tabs.map(({ id, body }) => (
        <Radix.Content key={id} value={id} className="min-w-0">
          {body}
        </Radix.Content>
      ))}
    </Radix.Root>
  )
}
