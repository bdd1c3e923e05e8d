/** Some of everything, through the API, so that every page has something to show. */
import { until } from '../helpers/until.ts'
import type { World } from './world.ts'

export interface Seeded {
  readonly contact: string
  readonly template: string
  readonly journey: string
  readonly message: string
}

const people = [
  ['u-1', 'Noa Levi', 'open@example.com'],
  ['u-2', 'דנה כהן', 'click@example.com'],
  ['u-3', 'Jonas Berg', 'reply@example.com'],
  ['u-4', 'Mara Lind', 'bounce@example.com'],
  ['u-6', 'Ruth Amar', 'fail@example.com'],
  ['u-5', 'Sam Okoro', 'sam@example.com'],
] as const

const says = (subject: string, text: string) => ({ content: { subject, text } })
const journey = {
  name: 'welcome-and-remind',
  title: 'Welcome, then remind',
  trigger: { events: ['user.joined'] },
  steps: [
    { id: 'welcome', type: 'send', channel: 'email', ...says('Welcome', 'Good to have you.') },
    { id: 'pause', type: 'wait', days: 1 },
    { id: 'remind', type: 'send', channel: 'email', ...says('Still there?', 'One more word.') },
  ],
}

export async function seed(world: World): Promise<Seeded> {
  const contacts: string[] = []
  for (const [external_id, name, email] of people) {
    const tags = ['customer']
    const body = { external_id, name, email, tags, traits: { plan: 'pro' }, locale: 'en' }
    contacts.push((await world.call('POST', '/contacts', body)).id)
  }
  for (const name of ['First', 'Second'])
    await world.call('POST', '/providers', {
      ...{ channel: 'push', provider: 'sandbox', name },
      settings: {},
    })
  const template = await world.call('POST', '/templates', {
    name: 'welcome',
    channel: 'email',
    subject: 'Welcome, {{ name }}',
    html: '<h1 style="color:#1f4fd8">Welcome, {{ name }}</h1><p>Good to have you with us.</p>',
    locales: {
      he: {
        subject: 'ברוכים הבאים, {{ name }}',
        html: '<h1>ברוכים הבאים, {{ name }}</h1><p>טוב שבאת.</p>',
      },
    },
    variables: ['name'],
  })
  const ids: string[] = []
  for (const [external_id, name] of people)
    ids.push(
      (
        await world.call('POST', '/notifications', {
          recipient_id: external_id,
          channel: 'email',
          template_id: 'welcome',
          template_variables: { name },
          category: 'onboarding',
        })
      ).id,
    )
  await world.call('POST', '/notifications', {
    recipient_id: 'u-5',
    channel: 'sms',
    to: '+972501234567',
    message: 'שלום! ההזמנה שלך בדרך.',
    category: 'orders',
  })
  await world.call('POST', '/notifications', {
    recipient_id: 'u-5',
    channel: 'email',
    subject: 'Later',
    message: 'This comes later.',
    scheduled_at: new Date(Date.now() + 86_400_000).toISOString(),
  })
  const made = await world.call('POST', '/journeys', journey).catch((error: unknown) => {
    throw new Error(`the journey: ${error}`)
  })
  const message = ids[0] ?? ''
  await until('the messages to have gone out', async () => {
    const { data } = await world.call('GET', '/notifications?limit=100')
    return (
      data.every(({ status }: { status: string }) => !['queued', 'sending'].includes(status)) ||
      undefined
    )
  })
  return { contact: contacts[0] ?? '', template: template.id, journey: made.id, message }
}
