/** Journeys in words: states of journeys and runs, and what each step does. */
import type { Answer, Row } from '../lib/api.ts'
import { isolated } from '../lib/isolate.ts'
import { msg, t, told } from '../lib/language.ts'
import { channels } from '../messages/words.ts'
import type { Tone } from '../ui/Badge.tsx'

export type Journey = Row<'/journeys'>
export type JourneyView = Answer<'/journeys/{id}'>
export type Document = JourneyView['document']
export type Step = Document['steps'][number]
export type KeptDraft = Answer<'/journeys/{id}/draft'>
export type Figures = JourneyView['steps'][number]
/** Whom a number of a step counts. */
export type Whom = 'waiting' | 'left' | 'failed'
export type Run = Row<'/journeys/{id}/runs'>

export const states: Record<Journey['status'], readonly [string, Tone]> = {
  draft: [msg('Draft'), 'plain'],
  active: [msg('On'), 'good'],
  paused: [msg('Paused'), 'warn'],
  archived: [msg('Put away'), 'plain'],
}

export const runStates: Record<Run['status'], readonly [string, Tone]> = {
  active: [msg('Going on'), 'info'],
  waiting: [msg('Waiting'), 'info'],
  held: [msg('Held'), 'warn'],
  done: [msg('Done'), 'good'],
  exited: [msg('Left early'), 'plain'],
  failed: [msg('Failed'), 'bad'],
  cancelled: [msg('Cancelled'), 'plain'],
}

export const kinds: Record<Step['type'], string> = {
  send: msg('Send'),
  wait: msg('Wait'),
  window: msg('Wait for the hours'),
  wait_for: msg('Wait for something to happen'),
  branch: msg('Choose the way'),
  split: msg('Split at random'),
  update: msg('Change the contact'),
  act: msg('Do it in another system'),
  request: msg('Call a URL'),
  exit: msg('End'),
}

/** One line about a step. */
export function sayStep(step: Step): string {
  if (step.type === 'send') {
    const what = step.template_id ?? step.content?.subject ?? step.content?.text ?? ''
    const channel = told(channels[step.channel] ?? '')
    return what ? `${channel}: ${isolated(what.slice(0, 80))}` : channel
  }
  if (step.type === 'wait') return step.until ?? span(timesOf(step))
  // Of a draft anything may be missing yet.
  if (step.type === 'window') return `${step.window?.from ?? ''}–${step.window?.until ?? ''}`
  if (step.type === 'wait_for')
    return `${isolated(step.event ?? '')}, ${span(timesOf(step.for ?? {}))}`
  return step.title ?? ''
}

interface Span {
  readonly minutes?: number | string | undefined
  readonly hours?: number | string | undefined
  readonly days?: number | string | undefined
}

const timesOf = ({ minutes, hours, days }: Span): Span => ({ minutes, hours, days })

function span(given: Span): string {
  const odd = Object.values(given).find(
    (each) => typeof each === 'string' && Number.isNaN(Number(each)),
  )
  if (typeof odd === 'string') return odd // a setting's place, such as {{ settings.hours }}
  const { minutes, hours, days } = given
  return [
    days !== undefined && t('{days, plural, one {# day} other {# days}}', { days: Number(days) }),
    hours !== undefined &&
      t('{hours, plural, one {# hour} other {# hours}}', { hours: Number(hours) }),
    minutes !== undefined &&
      t('{minutes, plural, one {# minute} other {# minutes}}', { minutes: Number(minutes) }),
  ]
    .filter(Boolean)
    .join(' ')
}

/** Of a draft it may be missing, or anything else yet. */
export const eventsOf = (trigger: Document['trigger'] | undefined): readonly string[] => {
  const events: unknown = trigger?.events
  return Array.isArray(events) ? events.filter((each) => typeof each === 'string') : []
}

/** What starts it, in a line. */
export function sayTrigger({ trigger }: Document): string {
  const events = eventsOf(trigger)
  if (events.length > 0) return events.join(', ')
  if (trigger?.schedule) return t('by the clock')
  return t('when a program asks')
}
