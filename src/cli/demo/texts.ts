/** What the demo sends: topics, templates in English and Hebrew, and a journey. */
import type { TopicInput } from '../../consent/schema.ts'

export const topics: readonly TopicInput[] = [
  { key: 'orders', name: 'Orders', kind: 'transactional' },
  { key: 'onboarding', name: 'First steps', kind: 'transactional' },
  { key: 'newsletter', name: 'Newsletter', kind: 'marketing' },
]

const box = (inner: string) =>
  `<div style="font-family:sans-serif;max-width:560px;margin:auto;padding:24px">${inner}</div>`
const button = (label: string) =>
  `<p><a style="background:#1f4fd8;color:#fff;padding:12px 20px;border-radius:8px;text-decoration:none" href="https://example.com/shop">${label}</a></p>`

export const templates = [
  {
    ...{ name: 'welcome', channel: 'email', locale: 'en', variables: ['name'] },
    subject: 'Welcome, {{ name }}',
    html: box(
      `<h1>Welcome, {{ name }}</h1><p>Good to have you with us.</p>${button('Look around')}`,
    ),
    locales: {
      he: {
        subject: 'ברוכים הבאים, {{ name }}',
        html: box(`<h1>ברוכים הבאים, {{ name }}</h1><p>טוב שבאת.</p>${button('לסיור קצר')}`),
      },
    },
  },
  {
    ...{ name: 'order-confirmed', channel: 'email', locale: 'en', variables: ['name', 'order'] },
    subject: 'Your order {{ order }}',
    html: box(
      `<h1>Thank you, {{ name }}</h1><p>Your order {{ order }} is confirmed.</p>${button('See the order')}`,
    ),
    locales: {
      he: {
        subject: 'ההזמנה שלך {{ order }}',
        html: box(`<h1>תודה, {{ name }}</h1><p>ההזמנה {{ order }} התקבלה.</p>${button('להזמנה')}`),
      },
    },
  },
  {
    ...{ name: 'newsletter', channel: 'email', locale: 'en', variables: ['name', 'issue'] },
    subject: 'Issue {{ issue }}: what is new',
    html: box(
      `<h1>What is new</h1><p>Hello {{ name }}, this is issue {{ issue }}.</p>${button('Read on')}<p><a href="{{ unsubscribe_url }}">Unsubscribe</a></p>`,
    ),
    locales: {
      he: {
        subject: 'גיליון {{ issue }}: מה חדש',
        html: box(
          `<h1>מה חדש</h1><p>שלום {{ name }}, זה גיליון {{ issue }}.</p>${button('להמשך')}<p><a href="{{ unsubscribe_url }}">להסרה</a></p>`,
        ),
      },
    },
  },
] as const

const says = (subject: string, text: string) => ({ content: { subject, text } })

export const journeys = [
  {
    name: 'welcome-and-remind',
    title: 'Welcome, then remind',
    description: 'Greets who joined, waits a day and reminds those who have not placed an order.',
    trigger: { events: ['user.joined'] },
    exit_on: [{ event: 'order.placed' }],
    steps: [
      { id: 'welcome', type: 'send', channel: 'email', ...says('Welcome', 'Good to have you.') },
      { id: 'pause', type: 'wait', days: 1 },
      { id: 'remind', type: 'send', channel: 'email', ...says('Still there?', 'One more word.') },
    ],
  },
] as const

export const shortTexts = {
  en: [
    'Your parcel is on its way.',
    'Your table is booked for tomorrow at eight.',
    'Your code has changed. If that was not you, call us.',
  ],
  he: [
    'החבילה שלך בדרך.',
    'השולחן שלך הוזמן למחר בשמונה.',
    'הסיסמה שלך הוחלפה. לא ביקשת? נשמח לשמוע.',
  ],
} as const

export const salesSubjects = [
  'A short call this week?',
  'The offer that we spoke about',
  'Your question about delivery',
  'Following up',
  'Prices for next season',
] as const
