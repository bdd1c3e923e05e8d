/**
 * The story of Beckon, from `npm start` to the numbers. Read this first.
 *
 * A team starts the server as anybody would, writes to a thousand people in two languages
 * through a real SMTP server, the mail is opened, followed and scanned as mail is, somebody
 * unsubscribes, and the team reads what happened. Nothing here is simulated but the people.
 */
import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { type ParsedMail, simpleParser } from 'mailparser'
import { request } from 'undici'
import { type Api, api } from './helpers/api.ts'
import { type ServerProcess, startServer, stopDatabase } from './helpers/process.ts'
import { idOf, type SmtpSink, startSmtpSink } from './helpers/smtpSink.ts'
import { until } from './helpers/until.ts'

const KEY = 'story-of-a-thousand-mails'
const PUBLIC_URL = 'https://news.example.com'
const PEOPLE = 1_000
const HEBREW_EVERY = 4 // every so many a person reads Hebrew

const browser =
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/139.0 Safari/537.36'
const gmail =
  'Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)'
const applePrivacy = 'Mozilla/5.0'
const scanner = 'python-requests/2.32'

interface Mail {
  readonly parsed: ParsedMail
  readonly html: string
  readonly links: readonly string[]
  readonly pixel: string
  readonly oneClick: string
}

describe('a team writes to a thousand people', () => {
  let dataDir: string
  let sink: SmtpSink
  let server: ServerProcess
  let call: Api
  let ids: string[] = []
  const mails = new Map<string, Mail>()

  const start = () =>
    startServer({
      by: 'npm',
      env: {
        DATA_DIR: dataDir,
        PUBLIC_URL,
        OREE_API_KEY: KEY,
        SMTP_URL: `${sink.url}?connections=4`,
        EMAIL_FROM: 'Beckon Story <team@example.com>',
        TRUST_PROXY: '127.0.0.1', // these tests stand in for the proxy in front of it
      },
    })

  before(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'beckon-story-'))
    sink = await startSmtpSink({ keepRaw: true })
    server = await start()
    call = api(() => server.url, KEY)
  })

  after(async () => {
    await server?.stop()
    await stopDatabase(dataDir)
    await sink?.close()
    await rm(dataDir, { recursive: true, force: true })
  })

  test('a fresh server says how to get in', async () => {
    assert.match(
      server.output(),
      /Create the owner \(works once\): https:\/\/news\.example\.com\/\S*setup\S+/,
    )
    assert.match(server.output(), /API key \(shown once\): \S{40,}/)
    const { json } = await call('GET', '/health')
    assert.equal(json.status, 'healthy')
  })

  test('a template in two languages is made', async () => {
    await call('POST', '/topics', { key: 'news', name: 'News', kind: 'marketing' })
    const { status, json } = await call('POST', '/templates', {
      name: 'spring',
      channel: 'email',
      locale: 'en',
      subject: 'Hello {{ name }}, spring is here',
      html: page('Hello {{ name }}', 'In {{ city }} it begins on Monday.', 'Read on', 'Shop'),
      locales: {
        he: {
          subject: 'שלום {{ name }}, האביב כאן',
          html: page('שלום {{ name }}', 'ב{{ city }} מתחילים ביום שני.', 'לקריאה', 'לחנות'),
        },
      },
      variables: ['name', { name: 'city', required: false, default: 'Haifa' }],
    })
    assert.equal(status, 201, JSON.stringify(json))
  })

  test('a missing variable is refused before anything is taken in', async () => {
    const bad = { ...messageTo(1), template_variables: {} }
    const { status, json } = await call('POST', '/notifications', [messageTo(0), bad])
    assert.equal(status, 422)
    assert.equal(json.errors[0].pointer, '/1/template_variables/name')
    assert.equal((await call('GET', '/notifications')).json.data.length, 0)
  })

  test('a thousand messages go out in one request and arrive once each', async () => {
    const batch = Array.from({ length: PEOPLE }, (_, person) => messageTo(person))
    const { status, json } = await call('POST', '/notifications', batch)
    assert.equal(status, 202, JSON.stringify(json))
    ids = json.data.map((accepted: { id: string }) => accepted.id)
    const arrivals = await until('all mail to arrive', async () => {
      const arrived = await sink.arrivals()
      return arrived.length >= PEOPLE && arrived
    })
    assert.deepEqual(new Set(arrivals.map(idOf)), new Set(ids))
    assert.equal(arrivals.length, PEOPLE)
    for (const { raw, ...arrival } of arrivals) mails.set(idOf(arrival), await read(raw ?? ''))
  })

  test('each mail is its reader’s own: language, name, direction, text beside HTML', () => {
    const english = mailOf(1).parsed
    assert.equal(english.subject, 'Hello Reader 1, spring is here')
    assert.equal(english.from?.text, '"Beckon Story" <team@example.com>')
    assert.equal(english.to && 'text' in english.to && english.to.text, 'reader1@example.org')
    assert.match(english.text ?? '', /In City 1 it begins on Monday\./)
    assert.match(english.text ?? '', /Read on <https:\/\/shop\.example\/read\/Reader%201>/)

    const hebrew = mailOf(0)
    assert.equal(hebrew.parsed.subject, 'שלום Reader 0, האביב כאן')
    assert.match(hebrew.parsed.text ?? '', /בHaifa מתחילים ביום שני/) // the variable's default
    const { to } = hebrew.parsed
    assert.equal(to && 'text' in to && to.text, '"קוראת, ראשונה" <reader0@example.org>')
    assert.match(hebrew.html, /dir="rtl"/)
    assert.match(hebrew.html, /lang="he"/)

    const [file] = mailOf(2).parsed.attachments
    assert.equal(file?.filename, 'מפה.txt')
    assert.equal(file.content.toString(), mapTo(2))

    const bodies = ids.map((id) => mails.get(id)?.parsed.subject)
    assert.equal(new Set(bodies).size, PEOPLE)
  })

  test('links lead through us, and say nothing of where to', async () => {
    const { html, links, pixel, oneClick } = mailOf(1)
    assert.equal(links.length, 2)
    assert.ok(!html.includes('shop.example'))
    for (const link of [...links, pixel, oneClick])
      assert.ok(link.startsWith(`${PUBLIC_URL}/`), link)
    const headers = mailOf(1).parsed.headerLines.map(({ line }) => line)
    assert.ok(headers.includes('List-Unsubscribe-Post: List-Unsubscribe=One-Click'))
  })

  test('opens: by way of Gmail they are people, Apple’s prefetching is not', async () => {
    for (const person of [11, 12, 13]) {
      assert.equal((await fetchAs(gmail, mailOf(person).pixel, '66.249.84.1')).status, 200)
    }
    for (const person of [14, 15]) await fetchAs(applePrivacy, mailOf(person).pixel, '17.58.0.1')
    const people = await seen(11, (view) => view.engagement.opens === 1)
    assert.deepEqual(counted(people), { opens: 1, human_opens: 1, clicks: 0, human_clicks: 0 })
    const machine = await seen(14, (view) => view.engagement.opens === 1)
    assert.deepEqual(counted(machine), { opens: 1, human_opens: 0, clicks: 0, human_clicks: 0 })
    assert.equal(entry(machine, 'message.opened').properties.reason, 'apple_mpp')
  })

  test('clicks lead on, and scanners are told from people', async () => {
    // One that follows everything within a second.
    const { links } = mailOf(21)
    const answers = await Promise.all(links.map((link) => fetchAs(browser, link, '198.51.100.9')))
    assert.deepEqual(
      answers.map(({ status, location }) => `${status} ${location}`),
      ['302 https://shop.example/read/Reader%2021', '302 https://shop.example/all'],
    )
    // One that says what it is, one that asks without wanting, one that is faster than eyes.
    await fetchAs(scanner, mailOf(22).links[0] ?? '', '198.51.100.20')
    await fetchAs(browser, mailOf(23).links[0] ?? '', '198.51.101.30', 'HEAD')
    await writeTo(PEOPLE)
    await fetchAs(browser, mailOf(PEOPLE).links[0] ?? '', '198.51.102.40')

    const reasons = { 21: 'burst', 22: 'user_agent', 23: 'prefetch_header', [PEOPLE]: 'too_fast' }
    for (const [person, reason] of Object.entries(reasons)) {
      const clicks = Number(person) === 21 ? 2 : 1
      const view = await seen(Number(person), ({ engagement }) => engagement.clicks === clicks)
      assert.deepEqual(counted(view), { opens: 0, human_opens: 0, clicks, human_clicks: 0 })
      assert.equal(entry(view, 'message.clicked').properties.class, 'machine')
      assert.equal(entry(view, 'message.clicked').properties.reason, reason)
    }
  })

  test('a link that we did not sign leads nowhere', async () => {
    const link = mailOf(1).links[0] ?? ''
    const last = link.at(-2) === 'A' ? 'B' : 'A'
    const answer = await fetchAs(browser, link.slice(0, -2) + last + link.at(-1), '198.51.103.50')
    assert.equal(answer.status, 404)
    assert.equal(answer.location, undefined)
  })

  test('one click unsubscribes, looking does not, and the next mailing is not sent', async () => {
    await fetchAs(browser, mailOf(31).oneClick, '198.51.104.60') // a scanner that opens every link
    const answer = await request(local(mailOf(32).oneClick), {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: 'List-Unsubscribe=One-Click',
    })
    await answer.body.dump()
    assert.equal(answer.statusCode, 200)
    await seen(32, (view) => view.engagement.unsubscribed_at !== null)

    const { json } = await call('POST', '/notifications', [messageTo(31), messageTo(32)])
    const [still, gone] = json.data
    const skipped = await until('the second mailing', async () => {
      const view = (await call('GET', `/notifications/${gone.id}`)).json
      return view.status === 'skipped' && view
    })
    assert.equal(skipped.skip_reason, 'unsubscribed')
    await until('the other one', async () => {
      const view = (await call('GET', `/notifications/${still.id}`)).json
      return view.status === 'sent'
    })
  })

  test('asked to stop it ends in order, and after a restart goes on as it was', async () => {
    assert.equal(await server.stop(), 0, server.output())
    server = await start()
    assert.doesNotMatch(server.output(), /API key \(shown once\)/)
    const { json } = await call('GET', `/notifications/${ids[11]}`)
    assert.equal(json.status, 'sent')
    assert.equal(json.engagement.human_opens, 1)
  })

  test('somebody who took the time to read is a person, by a link from before the restart', async () => {
    const sentAt = Date.parse((await call('GET', `/notifications/${ids[41]}`)).json.sent_at)
    await until('ten seconds after sending', () => Date.now() > sentAt + 10_500)
    const answer = await fetchAs(browser, mailOf(41).links[1] ?? '', '203.0.113.77')
    assert.equal(answer.location, 'https://shop.example/all')
    const view = await seen(41, ({ engagement }) => engagement.clicks === 1)
    // Whoever clicks has opened, even where pictures are off.
    assert.deepEqual(counted(view), { opens: 0, human_opens: 1, clicks: 1, human_clicks: 1 })
  })

  test('the timeline of a message tells its life, and the sums are those of all', async () => {
    const { json: view } = await call('GET', `/notifications/${ids[41]}`)
    assert.deepEqual(
      view.timeline.map((line: { event: string }) => line.event),
      ['message.accepted', 'message.sent', 'message.clicked'],
    )
    assert.match(view.timeline[1].detail, /^Handed to smtp in attempt 1: 250/)
    assert.equal(view.timeline[2].properties.url, 'https://shop.example/all')

    const { totals } = (await call('GET', '/analytics/overview')).json
    assert.partialDeepStrictEqual(totals, {
      accepted: PEOPLE + 3,
      sent: PEOPLE + 2,
      skipped: 1,
      opened: 5,
      opened_human: 4, // three by Gmail, and the one who clicked
      opened_unique_human: 4,
      clicked: 6,
      clicked_human: 1,
      unsubscribed: 1,
    })
    assert.equal(totals.unknown, undefined)
    assert.equal(totals.failed, undefined)
  })

  test('a team that wants it hides a link in its mail, and who follows that one is a machine', async () => {
    const [own] = (await call('GET', '/workspaces')).json.data
    await call('PUT', `/workspaces/${own.id}`, { honeypot_link: true })
    let person = PEOPLE
    const [first = '', , hidden = ''] = await until('the setting to be in force', async () => {
      await writeTo(++person)
      return mailOf(person).links.length === 3 && mailOf(person).links
    })
    assert.ok(!mailOf(person).parsed.text?.includes(hidden))
    const { json: shown } = await call('GET', `/notifications/${ids[person]}/content`)
    assert.doesNotMatch(shown.html, /aria-hidden/)
    const nothing = await fetchAs(browser, hidden, '198.51.105.70')
    assert.deepEqual([nothing.status, nothing.location], [200, undefined])
    assert.equal((await fetchAs(browser, first, '203.0.113.78')).status, 302)
    const view = await seen(person, ({ engagement }) => engagement.clicks === 2)
    assert.deepEqual(counted(view), { opens: 0, human_opens: 0, clicks: 2, human_clicks: 0 })
    assert.deepEqual(reasons(view, 'message.clicked'), ['honeypot', 'honeypot'])
  })

  const mailOf = (person: number): Mail => {
    const mail = mails.get(ids[person] ?? '')
    assert.ok(mail, `mail of person ${person}`)
    return mail
  }

  /** One who is not of the thousand: the time since those were sent is the machine's. */
  async function writeTo(person: number) {
    const { json } = await call('POST', '/notifications', messageTo(person))
    ids[person] = json.id
    await seen(person, ({ status }) => status === 'sent')
    const arrival = (await sink.arrivals()).find((each) => idOf(each) === json.id)
    mails.set(json.id, await read(arrival?.raw ?? ''))
  }

  const local = (url: string) => url.replace(PUBLIC_URL, server.url)

  const fetchAs = async (
    agent: string,
    url: string,
    ip: string,
    method: 'GET' | 'HEAD' = 'GET',
  ) => {
    const answer = await request(local(url), {
      method,
      headers: { 'user-agent': agent, 'x-forwarded-for': ip },
    })
    await answer.body.dump()
    return { status: answer.statusCode, location: answer.headers['location'] }
  }

  /** The message of a person, once it is as `as` says. */
  const seen = (person: number, as: (view: View) => boolean) =>
    until(`what person ${person} did to be understood`, async () => {
      const view: View = (await call('GET', `/notifications/${ids[person]}`)).json
      return as(view) && view
    })
})

// biome-ignore lint/suspicious/noExplicitAny: as the API answers it
type View = any

function messageTo(person: number) {
  const city = person % HEBREW_EVERY === 0 ? {} : { city: `City ${person}` }
  return {
    recipient_id: `reader-${person}`,
    to: {
      email: `reader${person}@example.org`,
      ...(person === 0 && { name: 'קוראת, ראשונה' }),
    },
    channel: 'email',
    category: 'news',
    template_id: 'spring',
    locale: person % HEBREW_EVERY === 0 ? 'he' : 'en',
    template_variables: { name: `Reader ${person}`, ...city },
    ...(person === 2 && {
      attachments: [
        {
          filename: 'מפה.txt',
          content_type: 'text/plain',
          content: Buffer.from(mapTo(person)).toString('base64'),
        },
      ],
    }),
  }
}

const mapTo = (person: number) => `This way, reader ${person}: ←↑→`

function page(title: string, text: string, read: string, shop: string): string {
  return `<h1>${title}</h1><p>${text}</p>
<p><a href="https://shop.example/read/{{ name | url_encode | replace: '+', '%20' }}">${read}</a>
<a href="https://shop.example/all">${shop}</a></p>`
}

async function read(raw: string): Promise<Mail> {
  const parsed = await simpleParser(Buffer.from(raw, 'latin1'))
  const html = typeof parsed.html === 'string' ? parsed.html : ''
  const all = (pattern: RegExp) => [...html.matchAll(pattern)].map((match) => match[1] ?? '')
  const list = parsed.headerLines.find(({ key }) => key === 'list-unsubscribe')?.line ?? ''
  return {
    parsed,
    html,
    links: all(/<a [^>]*href="([^"]+)"/g),
    pixel: all(/<img [^>]*src="([^"]+)"/g).at(-1) ?? '',
    oneClick: /<([^>]+)>/.exec(list)?.[1] ?? '',
  }
}

function counted({ engagement }: View) {
  const { opens, human_opens, clicks, human_clicks } = engagement
  return { opens, human_opens, clicks, human_clicks }
}

const reasons = (view: View, event: string): string[] =>
  view.timeline
    .filter((line: View) => line.event === event)
    .map((line: View) => line.properties.reason)

function entry(view: View, event: string) {
  return view.timeline.find((line: { event: string }) => line.event === event)
}
