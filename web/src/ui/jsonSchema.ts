/** What a JSON Schema says about its fields: which kind each is, and what a value of it begins as. */
import type { ComponentType } from 'react'
import { numberOf } from '../lib/numberOf.ts'

export interface JsonSchema {
  readonly type?: string
  readonly title?: string
  readonly description?: string
  readonly enum?: readonly string[]
  readonly const?: unknown
  readonly default?: unknown
  readonly minimum?: number
  readonly maximum?: number
  readonly properties?: Readonly<Record<string, JsonSchema>>
  readonly required?: readonly string[]
  readonly items?: JsonSchema
  readonly anyOf?: readonly JsonSchema[]
  readonly $ref?: string
}

export interface ControlProps {
  readonly label: string
  readonly hint: string | undefined
  readonly fault: string | undefined
  readonly value: unknown
  readonly isRequired: boolean
  readonly onChange: (value: unknown) => void
}
/** By the name of a property, or of a schema that is referred to. */
export type Controls = Readonly<Record<string, ComponentType<ControlProps>>>

export interface JsonTexts {
  /** What a property is called. */
  readonly titles: Readonly<Record<string, string>>
  /** What a value of a list of choices is called. */
  readonly values: Readonly<Record<string, string>>
  /** Properties that are written over several lines. */
  readonly long: ReadonlySet<string>
}

export interface Around {
  readonly controls: Controls
  readonly texts: JsonTexts
  /** By pointer, without the first slash. */
  readonly faults: Readonly<Record<string, string>>
}

export type Values = Readonly<Record<string, unknown>>

export interface GroupProps extends Around {
  readonly schema: JsonSchema
  readonly value: Values
  /** Pointer of the group; '' at the top. */
  readonly at?: string
  /** Properties that are not shown. */
  readonly without?: readonly string[]
  readonly onChange: (value: Values) => void
}

export interface FieldProps extends Around {
  readonly name: string
  readonly at: string
  readonly schema: JsonSchema
  readonly isRequired: boolean
  readonly value: unknown
  readonly onChange: (value: unknown) => void
}

export type Kind = 'group' | 'rows' | 'flag' | 'choice' | 'number' | 'text' | 'lines' | 'json'

export function kindOf(schema: JsonSchema): Kind {
  const choices = (schema.anyOf ?? []).filter(({ type }) => type !== 'null')
  const [only] = choices
  if (only && choices.length === 1) return kindOf(only)
  if (choices.some(({ type }) => type === 'array')) return 'lines'
  if (choices.some(({ type }) => type === 'string')) return 'text'
  if (schema.enum) return 'choice'
  if (schema.type === 'boolean') return 'flag'
  if (schema.type === 'integer' || schema.type === 'number') return 'number'
  if (schema.type === 'string') return 'text'
  if (schema.type === 'array') return schema.items?.properties ? 'rows' : 'lines'
  return schema.properties ? 'group' : 'json'
}

const mayBeNumber = (schema: JsonSchema) => schema.anyOf?.some(({ type }) => type === 'number')

/** Of `number or text` what reads as a number is one. */
export function textOf(text: string, schema: JsonSchema, isRequired: boolean): unknown {
  if (text === '' && !isRequired) return undefined
  return (mayBeNumber(schema) ? numberOf(text) : undefined) ?? text
}

/** "1.0" is text only as long as one may go on typing. */
export const isLongNumber = (value: unknown, schema: JsonSchema) =>
  typeof value === 'string' && mayBeNumber(schema) && /^\d+(\.\d*)?$/.test(value)

export const objectOf = (value: unknown): Values =>
  typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : {}

/** What a new group holds: choices have their first, the rest is empty. */
export function firstOf(schema: JsonSchema): Values {
  const required = new Set(schema.required)
  const given = Object.entries(schema.properties ?? {}).flatMap(([name, property]) => {
    if (!required.has(name)) return []
    if (property.enum) return [[name, property.enum[0]]]
    return kindOf(property) === 'text' ? [[name, '']] : []
  })
  return Object.fromEntries(given)
}
