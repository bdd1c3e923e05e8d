/** Small things that stand in lines and cells. */
import { Check, Copy } from 'lucide-react'
import { type ReactNode, useState } from 'react'
import { copy } from '../lib/copy.ts'
import { ago, dateTime, zone } from '../lib/format.ts'
import { t } from '../lib/language.ts'
import { Button } from './Button.tsx'
import { toast } from './toast.ts'

interface WhenProps {
  readonly at: string
  readonly exact?: boolean
  /** With the name of its zone: of what is still to come. */
  readonly zoned?: boolean
}

/** When, as "5 min ago"; the exact time, zone and UTC on hover. */
export function When({ at, exact = false, zoned = false }: WhenProps) {
  return (
    <time dateTime={at} title={`${dateTime(at)} ${zone()}\n${at}`} className="tabular-nums">
      <span className="whitespace-nowrap">{exact ? dateTime(at) : ago(at)}</span>
      {zoned && (
        <span className="text-muted-foreground">
          {' '}
          <bdi dir="ltr">{zone()}</bdi>
        </span>
      )}
    </time>
  )
}

/** What is left to right in every language, and not to be mixed with what stands beside it. */
export function Code({ children }: { children: ReactNode }) {
  return (
    <bdi dir="ltr" className="code break-all">
      {children}
    </bdi>
  )
}

/** An id, and the way to have it elsewhere. */
export function Id({ children }: { children: string }) {
  return (
    <span className="inline-flex max-w-full items-center gap-1">
      <Code>{children}</Code>
      <CopyButton text={children} label={t('Copy {text}', { text: children })} small />
    </span>
  )
}

/** A name or address that somebody gave: its own direction. */
export function Text({ children }: { children: ReactNode }) {
  return (
    <bdi dir="auto" className="break-words">
      {children}
    </bdi>
  )
}

interface CopyProps {
  readonly text: string
  readonly label?: string
  /** In a line of text. */
  readonly small?: boolean
}

export function CopyButton({ text, label, small = false }: CopyProps) {
  const [done, setDone] = useState(false)
  async function handleCopy(button: Element) {
    if (!(await copy(text, button.parentElement ?? button)))
      return toast('bad', t('The browser does not let it be copied: mark the text and copy it.'))
    setDone(true)
    setTimeout(() => setDone(false), 2000)
  }
  return (
    <Button
      look="ghost"
      size="icon"
      className={small ? 'size-6 text-muted-foreground' : ''}
      aria-label={label ?? t('Copy')}
      onClick={({ currentTarget }) => void handleCopy(currentTarget)}
    >
      {done ? <Check /> : <Copy />}
      <span role="status" className="sr-only">
        {done ? t('Copied') : ''}
      </span>
    </Button>
  )
}

export function CodeBlock({ text, label }: { text: string; label: string }) {
  return (
    <div className="relative">
      <section
        tabIndex={0}
        aria-label={label}
        className="max-h-96 overflow-auto rounded-md bg-muted p-3 pr-12"
      >
        <pre>{text}</pre>
      </section>
      <div className="absolute top-1 right-1">
        <CopyButton text={text} />
      </div>
    </div>
  )
}

export function Facts({ facts }: { facts: readonly (readonly [string, ReactNode])[] }) {
  const shown = facts.filter(
    ([, value]) => value !== null && value !== false && value !== undefined && value !== '',
  )
  return (
    <dl className="grid grid-cols-[minmax(7rem,auto)_1fr] gap-x-4 gap-y-1.5 text-sm">
      {shown.map(([name, value]) => (
        <div key={name} className="contents">
          <dt className="text-muted-foreground">{name}</dt>
          <dd className="min-w-0 break-words">{value}</dd>
        </div>
      ))}
    </dl>
  )
}
