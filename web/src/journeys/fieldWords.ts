/** What the fields of a journey and their values are called. */
import { msg, told } from '../lib/language.ts'
import { channels, priorities } from '../messages/words.ts'
import type { JsonTexts } from '../ui/jsonSchema.ts'

const titles: Readonly<Record<string, string>> = {
  id: msg('Short name'),
  name: msg('Name'),
  title: msg('Title'),
  description: msg('Description'),
  channel: msg('Channel'),
  template_id: msg('Template'),
  variables: msg('Variables'),
  content: msg('Content'),
  subject: msg('Subject'),
  text: msg('Text'),
  to: msg('To'),
  sender_id: msg('Sender'),
  category: msg('Topic'),
  priority: msg('Priority'),
  window: msg('Sending hours'),
  metadata: msg('Metadata'),
  update: msg('Change an earlier message'),
  key: msg('Key'),
  within_minutes: msg('Within minutes'),
  only: msg('Never a new one'),
  order: msg('Order'),
  next: msg('Leads to'),
  minutes: msg('Minutes'),
  hours: msg('Hours'),
  days: msg('Days'),
  until: msg('Until'),
  from: msg('From'),
  time_zone: msg('Time zone'),
  holidays: msg('Holidays'),
  event: msg('Event'),
  where: msg('Only when'),
  for: msg('How long'),
  on_event: msg('When it happens'),
  on_timeout: msg('When it does not'),
  cases: msg('Case'),
  when: msg('When'),
  goto: msg('Leads to'),
  else: msg('Otherwise'),
  weights: msg('Shares'),
  locale: msg('Language'),
  traits: msg('Traits'),
  add_tags: msg('Tags to add'),
  remove_tags: msg('Tags to remove'),
  connector: msg('Connector'),
  action: msg('Action'),
  params: msg('Parameters'),
  on_error: msg('When it fails'),
  method: msg('Method'),
  url: msg('URL'),
  headers: msg('Headers'),
  body: msg('Body'),
  save_as: msg('Keep the answer as'),
  reason: msg('Reason'),
  attention: msg('A person should look at it'),
  settings: msg('Settings'),
  trigger: msg('Begins with'),
  events: msg('Events'),
  api: msg('A program asks'),
  schedule: msg('By the clock'),
  every_minutes: msg('Every so many minutes'),
  at: msg('At'),
  source: msg('Source'),
  contact: msg('Contact'),
  re_entry: msg('Coming in again'),
  policy: msg('Rule'),
  exit_on: msg('Leaves when'),
  intervention: msg('When somebody steps in'),
  on: msg('On'),
  do: msg('Do'),
  goal: msg('Goal'),
  on_message_failure: msg('When a message fails'),
  template: msg('Template'),
  language: msg('Language'),
  parameters: msg('Parameters'),
}

const values: Readonly<Record<string, string>> = {
  ...channels,
  ...priorities,
  contact: msg('The contact'),
  destination: msg('The sender’s own place'),
  fail: msg('The run fails'),
  continue: msg('It goes on'),
  ignore: msg('It goes on'),
  once: msg('Once only'),
  when_not_active: msg('When not in it'),
  always: msg('Always'),
  after: msg('After some days'),
  reply: msg('A reply'),
  crm_change: msg('A change in the CRM'),
  by_hand: msg('A message that one of yours wrote'),
  exit: msg('The run ends'),
  pause: msg('The run pauses'),
}

const wordsOf = (texts: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(texts).map(([name, words]) => [name, told(words)]))

export const fieldTexts = (): JsonTexts => ({
  titles: wordsOf(titles),
  values: wordsOf(values),
  long: new Set(['text', 'html', 'description']),
})

/** A place within a step or the rules, in words: `Content › Subject`. */
export const fieldWords = (place: readonly string[]): string =>
  place
    .filter((part) => part !== '')
    .map((part) => (/^\d+$/.test(part) ? String(Number(part) + 1) : told(titles[part] ?? part)))
    .join(' › ')
