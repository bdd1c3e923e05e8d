/**
 * Scripts that strangers store, shown by the dashboard to somebody who is signed in: names,
 * subjects, contents, variables, what vendors say. None may run, and outside the preview's sandbox none
 * may even become an element.
 */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import type { Page } from 'playwright-core'
import { pagesOf } from '../browser/pagesOf.ts'
import { openWorld } from '../browser/world.ts'
import { until } from '../helpers/until.ts'

const DETAIL = 6 // one in so many has pages of its own opened; lists show all
const CALL = 'top.canary&&top.canary()'
/** Each names an element that would carry the mark; `!` stands for what it would run. */
const payloads = [
  '<script data-canary>!</script>',
  '<img data-canary src=x onerror="!">',
  '"><svg data-canary onload="!">',
  "'><body data-canary onload='!'>",
  '<iframe data-canary srcdoc="<script>!</script>"></iframe>',
  '<a data-canary href="javascript:!">x</a>',
  '<math data-canary><mi xlink:href="javascript:!">x</mi></math>',
  '<details data-canary open ontoggle="!">x</details>',
  '<input data-canary autofocus onfocus="!">',
  '</title><script data-canary>!</script>',
  '</script><script data-canary>!</script>',
  '</textarea><img data-canary src=x onerror="!">',
  '<style data-canary>@import "/canary"</style>',
  '<meta data-canary http-equiv=refresh content="0;url=javascript:!">',
  '<object data-canary data="javascript:!"></object>',
  '<base data-canary href="//evil.example/">',
  '<form data-canary action="javascript:!"><button autofocus>x</button></form>',
  '<video data-canary><source onerror="!"></video>',
  '<noscript><p title="</noscript><img data-canary src=x onerror=!>">',
  '<!--><img data-canary src=x onerror="!">-->',
  '<svg data-canary><animate onbegin="!" attributeName=x dur=1s></svg>',
  '<template data-canary><img src=x onerror="!"></template>',
  'javascript:!//" data-canary onmouseover="!" autofocus onfocus="!',
  '{{constructor.constructor("!")()}}<b data-canary>x</b>',
].map((text) => text.replaceAll('!', CALL))

const world = await openWorld()
after(() => world.stop())

/** Stores every payload in every place, and answers ids of the pages that show them. */
async function store() {
  const ids = { contact: '', template: '', journey: '', message: '', request: '', entry: '' }
  const shown: string[] = []
  for (const [n, text] of payloads.entries()) {
    const name = text.slice(0, 100)
    await world.call('POST', '/topics', { key: `topic-${n}`, name, kind: 'marketing' })
    ids.contact = (
      await world.call('POST', '/contacts', {
        ...{ external_id: `${n} ${name}`, name, email: `person${n}@example.com` },
        ...{ tags: [text.slice(0, 60)], traits: { [text.slice(0, 60)]: text } },
      })
    ).id
    ids.template = (
      await world.call('POST', '/templates', {
        name: `t${n} ${name}`.slice(0, 100).replace(/[{}]/g, ''),
        ...{ channel: 'email', subject: '{{ v }}', html: '<p>{{ v }}</p>', variables: ['v'] },
      })
    ).id
    const sent = {
      ...{ recipient_id: `${n} ${name}`, channel: 'email', to: 'reply@example.com' },
      metadata: { [text.slice(0, 40)]: text },
    }
    const variables = { template_id: ids.template, template_variables: { v: text } }
    await world.call('POST', '/notifications', { ...sent, ...variables })
    ids.message = (
      await world.call('POST', '/notifications', {
        ...sent,
        ...{ subject: text.replace(/[{}]/g, ''), html: `<p>Shown</p>${text.replace(/[{}]/g, '')}` },
      })
    ).id
    if (n % DETAIL === 0) shown.push(`/app/messages?id=${ids.message}&tab=content`)
    const event = { name: `odd.${n}`, external_id: `${n} ${name}`, properties: { [name]: text } }
    await world.call('POST', '/events', event)
    if (n % DETAIL === 1) shown.push(`/app/contacts/${ids.contact}`)
  }
  const steps = [{ id: 'wait', type: 'wait', title: payloads[0]?.replace(/[{}]/g, ''), days: 1 }]
  const title = payloads[1]
  ids.journey = (
    await world.call('POST', '/journeys', {
      ...{ name: 'odd', title, trigger: { events: ['odd'] }, steps },
    })
  ).id
  return { ids, shown }
}

test('S05', async (t) => {
  const { ids, shown } = await store()
  await until('the messages to be sent', async () => {
    const { data } = await world.call('GET', '/notifications?status=queued')
    return data.length === 0
  })
  const page = await world.enter()
  const faults: string[] = []
  await page.exposeFunction('canary', () => void faults.push(`it ran: ${page.url()}`))
  page.on('dialog', (dialog) => {
    faults.push(`a dialog: ${page.url()}`)
    void dialog.dismiss()
  })
  page.on('requestfinished', (request) => {
    if (/canary|evil\.example/.test(new URL(request.url()).pathname + new URL(request.url()).host))
      faults.push(`asked for ${request.url()}`)
  })
  // Does the alarm ring at all?
  await page.goto(`${world.url}/app/`)
  await page.evaluate(CALL)
  assert.equal(faults.length, 1, 'the canary is mute')
  faults.length = 0

  const pages = [
    ...Object.values(pagesOf(ids)),
    ...shown,
    `/app/contacts?q=${encodeURIComponent(payloads[1] ?? '')}`,
  ]
  for (const path of pages) {
    await page.goto(world.url + path)
    await page.locator('main h1').waitFor()
    await page.locator('[role=status][aria-label]').first().waitFor({ state: 'detached' })
    if ((await marks(page)) > 0) faults.push(`an element of it: ${path}`)
  }
  assert.deepEqual(faults, [])
  t.diagnostic(
    `${payloads.length} scripts stored in 9 places each, ${pages.length} pages drawn: 0 ran, 0 became elements outside the sandbox`,
  )
})

/** Elements of the page itself that carry the mark; the preview's frame is another document. */
function marks(page: Page): Promise<number> {
  return page.locator('[data-canary]').count()
}
