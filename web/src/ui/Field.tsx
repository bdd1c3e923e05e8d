/** Fields of forms: a label, what is typed, a hint, and what is wrong with it. */
import { ChevronDown } from 'lucide-react'
import { type ComponentProps, type ReactNode, useId } from 'react'
import { cn } from '../lib/cn.ts'

// 16 px on a phone: below that Safari enlarges the page while one types.
const box =
  'text-base md:text-sm w-full min-w-0 rounded-md border border-input bg-card px-3 text-foreground placeholder:text-muted-foreground disabled:opacity-60 aria-invalid:border-destructive'

interface Around {
  readonly label: ReactNode
  readonly hint?: ReactNode
  readonly fault?: string | undefined
  /** Keeps the label for screen readers only. */
  readonly quiet?: boolean | undefined
}

interface FieldProps extends Around {
  readonly className?: string | undefined
}

type Ids = { id: string; 'aria-describedby'?: string; 'aria-invalid'?: true }

export function Field({
  label,
  hint,
  fault,
  quiet = false,
  className,
  children,
}: FieldProps & { children: (ids: Ids) => ReactNode }) {
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

type Control<T extends 'input' | 'textarea' | 'select'> = Around & ComponentProps<T>

/** What stands around a control, and what is the control's own. */
function apart<P extends Around & { className?: string | undefined }>(props: P) {
  const { label, hint, fault, quiet, className, ...control } = props
  return { around: { label, hint, fault, quiet, className } as FieldProps, control } // of these names, whatever else P has
}

export function TextField(props: Control<'input'>) {
  const { around, control } = apart(props)
  return (
    <Field {...around}>{(ids) => <input className={cn(box, 'h-9')} {...ids} {...control} />}</Field>
  )
}

export function AreaField(props: Control<'textarea'>) {
  const { around, control } = apart(props)
  return (
    <Field {...around}>
      {(ids) => <textarea className={cn(box, 'min-h-24 py-2')} {...ids} {...control} />}
    </Field>
  )
}

export function SelectField({
  options,
  ...props
}: Control<'select'> & { options: readonly (readonly [value: string, label: string])[] }) {
  const { around, control } = apart(props)
  return (
    <Field {...around}>
      {(ids) => (
        <span className="relative flex" dir={control.dir === 'auto' ? undefined : control.dir}>
          <select className={cn(box, 'h-9 appearance-none pe-9')} {...ids} {...control}>
            {options.map(([value, text]) => (
              <option key={value} value={value}>
                {text}
              </option>
            ))}
          </select>
          <ChevronDown
            aria-hidden
            className="pointer-events-none absolute end-3 top-2.5 size-4 text-muted-foreground"
          />
        </span>
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
