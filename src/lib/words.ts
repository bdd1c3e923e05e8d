/**
 * What a schema's fault is called, in a person's words: the library's own read like a
 * compiler's. Loaded for its effect, before anything is checked; a schema's own words win.
 */
import { z } from 'zod'

export const kinds: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
  date: 'a date',
  null: 'null',
}

export const formats: Readonly<Record<string, string>> = {
  email: 'not an email address, such as ada@example.com',
  url: 'not a URL, such as https://example.com',
  uuid: 'not an id (a UUID)',
  guid: 'not an id (a UUID)',
  datetime: 'not a time, such as 2026-02-01T09:30:00Z',
  date: 'not a date, such as 2026-02-01',
  base64: 'not base64',
  e164: 'not a phone number with its country, such as +972501234567',
  json_string: 'not JSON',
}

const units: Readonly<Record<string, string>> = { string: ' characters', array: ' entries' }

export const inOtherForm = 'not in the form that is wanted here'
export const inNoForm = 'in none of the forms that are possible here'

export const oneOf = (values: readonly unknown[]) => `not one of ${values.map(String).join(', ')}`

z.config({
  customError: (issue) => {
    switch (issue.code) {
      case 'invalid_type':
        if (issue.input === undefined) return `missing: give ${kinds[issue.expected] ?? 'a value'}`
        return `not ${kinds[issue.expected] ?? issue.expected}`
      case 'too_small':
        if (issue.origin === 'string' && issue.minimum === 1) return 'empty'
        return `${bound('at least', 'more than', issue.inclusive)} ${issue.minimum}${units[issue.origin] ?? ''}`
      case 'too_big':
        return `${bound('at most', 'less than', issue.inclusive)} ${issue.maximum}${units[issue.origin] ?? ''}`
      case 'invalid_format':
        return formats[issue.format] ?? inOtherForm
      case 'invalid_value':
        return oneOf(issue.values)
      case 'not_multiple_of':
        return `not a multiple of ${issue.divisor}`
      case 'invalid_union':
        return inNoForm
      default:
        return undefined
    }
  },
})

const bound = (one: string, other: string, inclusive: boolean | undefined) =>
  inclusive === false ? other : one
