/** A value that is written: lists in lines, and anything else as JSON. */
import { useEffect, useRef, useState } from 'react'
import { t } from '../lib/language.ts'
import { AreaField } from './Field.tsx'
import type { ControlProps, JsonSchema, Kind } from './jsonSchema.ts'

/**
 * What is typed stays as it is typed, as long as the value is the one that it was read as: rows are told
 * apart by their place, so another's value may come to stand here.
 */
export function WrittenField({
  kind,
  schema,
  value,
  isRequired,
  onChange,
  ...about
}: ControlProps & { kind: Kind; schema: JsonSchema }) {
  const area = useRef<HTMLTextAreaElement>(null)
  const [typed, setTyped] = useState({ text: writtenOf(kind, value), value, isBroken: false })
  const isSame = JSON.stringify(typed.value) === JSON.stringify(value)
  const text = isSame ? typed.text : writtenOf(kind, value)
  const broken = isSame && typed.isBroken ? t('This is no JSON yet.') : ''
  // The form is not taken over without it, as if it had never been typed.
  useEffect(() => area.current?.setCustomValidity(broken), [broken])
  const isNumbers = schema.items?.type === 'number' || schema.items?.type === 'integer'
  function read(next: string): unknown {
    if (next.trim() === '') return isRequired && kind === 'lines' ? [] : undefined
    if (kind !== 'lines') return JSON.parse(next)
    if (next.includes('{{')) return next.trim()
    const lines = next.split(/[\n,]/).map((line) => line.trim())
    const given = lines.filter(Boolean)
    return isNumbers ? given.map(Number) : given
  }
  function handleChange(next: string) {
    try {
      const now = read(next)
      setTyped({ text: next, value: now, isBroken: false })
      onChange(now)
    } catch {
      setTyped({ text: next, value, isBroken: true })
    }
  }
  return (
    <AreaField
      {...about}
      ref={area}
      fault={broken || about.fault}
      dir="ltr"
      hint={about.hint ?? (kind === 'lines' ? t('One per line.') : t('As JSON.'))}
      value={text}
      onChange={({ target }) => handleChange(target.value)}
    />
  )
}

function writtenOf(kind: Kind, value: unknown): string {
  if (value === undefined || value === null) return ''
  if (kind === 'lines') return Array.isArray(value) ? value.join('\n') : String(value)
  return JSON.stringify(value, null, 2)
}
