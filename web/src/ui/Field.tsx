/** Fields of forms: a label, what is typed, a hint, and what is wrong with it. */
import { type ComponentProps, type ReactNode, useId } from 'react'
import { cn } from '../lib/cn.ts'

const box =
  'w-full min-w-0 rounded-md border border-input bg-card px-3 text-foreground placeholder:text-muted-foreground disabled:opacity-60 aria-invalid:border-destructive'

interface Around {
  readonly label: ReactNode
  readonly hint?: ReactNode
  readonly fault?: string | undefined
  /** Keeps the label for screen readers only. */
  readonly quiet?: boolean
}

type Ids = { id: string; 'aria-describedby'?: string; 'aria-invalid'?: true }

export function Field({
  label,
  hint,
  fault,
  quiet = false,
  className,
  children,
}: Around & { className?: string | undefined; children: (ids: Ids) => ReactNode }) {
  const id = useId()
  const about = [fault ? `${id}-fault` : '', hint ? `${id}-hint` : ''].filter(Boolean).join(' ')
  return (
    <div className={cn('flex min-w-0 flex-col gap-1', className)}>
      <label htmlFor={id} className={quiet ? 'sr-only' : 'text-sm font-medium'}>
        {label}
      </label>
      {children({
        id,
        ...(about ? { 'aria-describedby': about } : {}),
        ...(fault ? { 'aria-invalid': true as const } : {}),
      })}
      {hint && (
        <p id={`${id}-hint`} className="text-sm text-muted-foreground">
          {hint}
        </p>
      )}
      {fault && (
        <p id={`${id}-fault`} className="text-sm text-destructive">
          {fault}
        </p>
      )}
    </div>
  )
}

export function TextField({
  label,
  hint,
  fault,
  quiet,
  className,
  ...input
}: Around & ComponentProps<'input'>) {
  return (
    <Field {...{ label, hint, fault, quiet }} className={className}>
      {(ids) => <input className={cn(box, 'h-9')} {...ids} {...input} />}
    </Field>
  )
}

export function AreaField({
  label,
  hint,
  fault,
  quiet,
  className,
  ...input
}: Around & ComponentProps<'textarea'>) {
  return (
    <Field {...{ label, hint, fault, quiet }} className={className}>
      {(ids) => <textarea className={cn(box, 'min-h-24 py-2')} {...ids} {...input} />}
    </Field>
  )
}

export function SelectField({
  label,
  hint,
  fault,
  quiet,
  className,
  options,
  ...select
}: Around &
  ComponentProps<'select'> & { options: readonly (readonly [value: string, label: string])[] }) {
  return (
    <Field {...{ label, hint, fault, quiet }} className={className}>
      {(ids) => (
        <select className={cn(box, 'h-9 pe-8')} {...ids} {...select}>
          {options.map(([value, text]) => (
            <option key={value} value={value}>
              {text}
            </option>
          ))}
        </select>
      )}
    </Field>
  )
}

export function CheckField({
  label,
  hint,
  className,
  ...input
}: Omit<Around, 'fault'> & ComponentProps<'input'>) {
  const id = useId()
  return (
    <div className={cn('flex items-start gap-2', className)}>
      <input id={id} type="checkbox" className="mt-1 size-4 shrink-0 accent-primary" {...input} />
      <div>
        <label htmlFor={id} className="text-sm font-medium">
          {label}
        </label>
        {hint && <p className="text-sm text-muted-foreground">{hint}</p>}
      </div>
    </div>
  )
}
