/** Some of everything, through the API, so that every page has something to show. */
import { until } from '../helpers/until.ts'
import type { World } from './world.ts'

export interface Seeded {
  readonly contact: string
  readonly template: string
  readonly journey: string
  readonly message: string
  /** That made it. */
  readonly request: string
  /** Of the audit log: a change. */
  readonly entry: string
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
  for (const name of ['First', 'Second']) {
    const { id } = await world.call('POST', '/providers', {
      ...{ channel: 'push', provider: 'sandbox', name },
      settings: {},
    })
    await world.call('PUT', `/providers/${id}`, { per_second: 20, position: 3 })
  }
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
  const { data } = await world.call('GET', '/audit?action=sender.changed')
  return {
    ...{ contact: contacts[0] ?? '', template: template.id, journey: made.id, message },
    ...{ request: await askByKey(world, message), entry: String(data[0]?.seq) },
  }
}

/** What a program asks: once well, once badly. Answers the request that made the message. */
async function askByKey(world: World, message: string): Promise<string> {
  const scopes = ['messages:write', 'contacts:read']
  const { key } = await world.call('POST', '/api-keys', { name: 'Shop', scopes })
  for (const channel of ['email', 'pigeon'])
    await fetch(`${world.url}/notifications`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${key}`,
        'content-type': 'application/json',
        ...(channel === 'email' ? { 'idempotency-key': 'order-4711' } : {}),
      },
      body: JSON.stringify({ recipient_id: 'u-1', channel, subject: 'Order', message: 'Thanks.' }),
    })
  return until('the requests in the log', async () => {
    const { data: failed } = await world.call('GET', '/api-requests?status=422')
    const { data } = await world.call('GET', `/api-requests?message_id=${message}`)
    return failed.length > 0 ? data.at(-1)?.id : undefined
  })
}
