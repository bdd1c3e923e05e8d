/** The list of messages: found, filtered by its address, read to the source, chosen by the hundred, and still while others come in. */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { until } from '../helpers/until.ts'
import { expectAccessible } from './expectAccessible.ts'
import { openWorld } from './world.ts'

const world = await openWorld()
after(() => world.stop())

const mail = (n: number, more: object = {}) => ({
  ...{ recipient_id: `u-${n}`, channel: 'email', to: `u${n}@example.com` },
  ...{ subject: `Offer ${n}`, html: '<p>Dear reader, שלום</p>', category: 'offers', ...more },
})
await world.call('POST', '/contacts', { external_id: 'u-1', name: 'Quentin Specimen' })
const later = new Date(Date.now() + 86_400_000).toISOString()
const waiting = Array.from({ length: 130 }, (_, n) => mail(n + 100, { scheduled_at: later }))
await world.call('POST', '/notifications', waiting)
const attachment = { filename: 'plan.txt', content_type: 'text/plain', content: 'aGVsbG8=' }
const { id } = await world.call('POST', '/notifications', mail(1, { attachments: [attachment] }))
await until('the message', async () =>
  (await world.call('GET', `/notifications/${id}`)).status === 'delivered' ? true : undefined,
)

test('a name finds messages, the address keeps the filters, and what is mistyped there falls back', async () => {
  const page = await world.enter()
  await page.goto(`${world.url}/app/messages?status=nonsense&from=soon&sender_id=7`)
  await page.getByText('u229@example.com').waitFor()
  await page.getByRole('searchbox', { name: 'Search' }).fill('quentin')
  await page.getByRole('searchbox', { name: 'Search' }).press('Enter')
  await page.getByText('u229@example.com').waitFor({ state: 'detached' })
  await page.getByText('u1@example.com').waitFor()
  const today = await page.evaluate(() => new Date().toLocaleDateString('sv'))
  await page.getByLabel('To day').fill(today)
  await page.reload()
  await page.getByText('u1@example.com').waitFor()
  assert.equal(await page.getByLabel('To day').inputValue(), today)
  assert.match(page.url(), /q=quentin/)
  await page.context().close()
})

test('a mail is read to its source, with what is attached, and says why it came', async () => {
  const page = await world.enter()
  await page.goto(`${world.url}/app/messages?id=${id}&tab=content`)
  await page.getByText('plan.txt').waitFor()
  await page.getByRole('button', { name: 'Source' }).click()
  await page.getByText(/MIME-Version: 1\.0/).waitFor()
  await page.getByText('Subject: Offer 1').waitFor()
  await expectAccessible(page)
  await page.getByRole('tab', { name: 'Details' }).click()
  await page.getByText('It came through the API, or from one of yours.').waitFor()
  await page.getByRole('link', { name: 'Sandbox' }).waitFor()
  await expectAccessible(page)
  await page.context().close()
})

test('a choice is of the list that is shown: other filters, or none of it, and nothing is chosen', async () => {
  const page = await world.enter()
  await page.goto(`${world.url}/app/messages?status=scheduled`)
  const every = page.getByRole('checkbox', { name: 'Choose all that are shown' })
  const state = page.getByRole('combobox', { name: 'State' })
  await every.check()
  await page.getByText('50 chosen').waitFor()
  await state.selectOption({ label: 'Delivered' })
  await page.getByText('u1@example.com').waitFor()
  await page.getByText('50 chosen').waitFor({ state: 'detached' })
  await state.selectOption({ label: 'Scheduled' })
  await page.getByText('u229@example.com').waitFor()
  assert.equal(await every.isChecked(), false)

  const wait = Promise.withResolvers<void>()
  await page.route(/notifications\?.*limit=100/, async (route) => {
    await wait.promise
    await route.continue()
  })
  await every.check()
  await page.getByRole('button', { name: /Choose all that match/ }).click()
  await page.getByRole('button', { name: 'Choose none' }).click()
  const late = page.waitForResponse(/notifications\?.*limit=100.*cursor/)
  wait.resolve()
  await (await late).finished()
  await page.getByRole('checkbox', { name: 'Choose the message to u229@example.com' }).check()
  await page.getByText('1 chosen').waitFor()
  await page.context().close()
})

test('all that match are chosen and stopped, more than one request takes', async () => {
  const page = await world.enter()
  await page.goto(`${world.url}/app/messages?status=scheduled`)
  await page.getByRole('checkbox', { name: 'Choose all that are shown' }).check()
  await page.getByRole('button', { name: /Choose all that match/ }).click()
  await page.getByText('130 chosen').waitFor()
  await page.getByRole('button', { name: 'Cancel sending' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Cancel sending' }).click()
  await page.getByText('130 messages done').waitFor()
  const left = await world.call('GET', '/notifications?status=scheduled')
  assert.equal(left.data.length, 0)
  await page.context().close()
})

test('what comes in while one reads waits behind a number, and the list stands still', async () => {
  const page = await world.enter()
  await page.goto(`${world.url}/app/messages`)
  await page.getByText('u1@example.com').waitFor()
  const first = page.locator('tbody tr').first()
  assert.match(await first.innerText(), /u1@example\.com/)
  await world.call('POST', '/notifications', mail(2))
  await page.getByRole('button', { name: '1 new' }).waitFor()
  assert.match(await first.innerText(), /u1@example\.com/)
  await page.getByRole('button', { name: '1 new' }).click()
  await page.getByText('u2@example.com').waitFor()
  await page.context().close()
})

test('a page that a server on its way up refused hears again by itself, and tells that more may have happened', async () => {
  const page = await world.enter()
  await page.clock.install()
  let isUp = false
  await page.route('**/stream?*', (route) =>
    isUp ? route.continue() : route.fulfill({ status: 503 }),
  )
  const refused = page.waitForResponse(/\/stream\?/)
  await page.goto(`${world.url}/app/messages`)
  await page.getByText('u2@example.com').waitFor()
  assert.equal((await refused).status(), 503)
  await world.call('POST', '/notifications', mail(3))
  isUp = true
  const heard = page.waitForRequest(/\/stream\?/)
  await page.clock.fastForward(10_000)
  await heard
  await page.getByRole('button', { name: 'See what is new' }).click()
  await page.getByText('u3@example.com').waitFor()
  await page.context().close()
})

test('the outbox shows what a sandbox sent, also where other senders have sent since', async () => {
  const page = await world.enter()
  await page.goto(`${world.url}/app/outbox`)
  const list = page.getByRole('list', { name: 'Messages' })
  await list.getByText('u1@example.com').click()
  await page.getByText('Offer 1', { exact: true }).waitFor()
  await expectAccessible(page)
  await page.context().close()
})

test('a hundred are sent again and the next answer is lost: asked once more, none is sent twice', async () => {
  const page = await world.enter()
  await page.goto(`${world.url}/app/messages?status=cancelled`)
  await page.getByRole('checkbox', { name: 'Choose all that are shown' }).check()
  await page.getByRole('button', { name: /Choose all that match/ }).click()
  await page.getByText('130 chosen').waitFor()
  let turns = 0
  await page.route('**/notifications/resend', async (route) => {
    const response = await route.fetch()
    if (++turns === 2) await route.abort()
    else await route.fulfill({ response })
  })
  async function sendAgain() {
    await page.getByRole('button', { name: 'Send again' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Send again' }).click()
  }
  await sendAgain()
  await page.getByText('100 messages done').waitFor()
  await page.getByText('30 chosen').waitFor()
  await sendAgain()
  await page.getByText('30 messages done').waitFor()
  await page.getByText('30 chosen').waitFor({ state: 'detached' })
  assert.equal(turns, 3)
  assert.equal(await copies(), 130)
  await page.context().close()
})

async function copies(): Promise<number> {
  let count = 0
  for (let cursor = ''; ; ) {
    const list = await world.call('GET', `/notifications?limit=100${cursor}`)
    count += list.data.filter(({ resend_of: of }: { resend_of: string | null }) => of).length
    if (!list.has_more) return count
    cursor = `&cursor=${encodeURIComponent(list.next_cursor)}`
  }
}

test('words of a subject and a category find messages, in the address, and all filters go at once', async () => {
  const page = await world.enter()
  await page.goto(`${world.url}/app/messages`)
  await page.getByText('u228@example.com').first().waitFor()
  await page.getByRole('searchbox', { name: 'Subject' }).fill('OFFER 229')
  await page.getByRole('searchbox', { name: 'Category' }).fill('offers')
  await page.getByRole('searchbox', { name: 'Category' }).press('Enter')
  await page.getByRole('button', { name: 'Subject: OFFER 229' }).waitFor()
  await page.getByText('u228@example.com').first().waitFor({ state: 'detached' })
  await page.getByText('u229@example.com').first().waitFor()
  assert.match(page.url(), /subject=OFFER.229/)
  await expectAccessible(page)
  await page.getByRole('searchbox', { name: 'Subject' }).fill('no such word')
  await page.getByRole('searchbox', { name: 'Subject' }).press('Enter')
  await page.getByText('No message is like that.').waitFor()
  await page.getByRole('button', { name: 'Clear the filters' }).first().click()
  await page.getByText('u228@example.com').first().waitFor()
  assert.doesNotMatch(page.url(), /subject|category/)
  await page.context().close()
})

test('a message leads to the request that made it, the request to its messages, and each stands in the address', async () => {
  const made = `/api-requests?message_id=${id}`
  await until('the request in the log', async () => (await world.call('GET', made)).data[0])
  const page = await world.enter()
  await page.goto(`${world.url}/app/messages?id=${id}&tab=facts`)
  await page.getByRole('link', { name: 'POST /notifications' }).click()
  await page.getByText('[a file, 8 characters]').waitFor()
  assert.match(page.url(), /\/messages\/requests\?id=/)
  await expectAccessible(page)
  await page.getByRole('dialog').getByRole('link', { name: id }).click()
  await page.getByRole('dialog').getByText('u1@example.com').waitFor()
  await page.goto(`${world.url}/app/messages/requests`)
  await page.getByRole('combobox', { name: 'Method' }).selectOption('PUT')
  await page.getByText('No request is like that.').waitFor()
  assert.match(page.url(), /method=PUT/)
  await page.keyboard.press('Escape')
  await page.getByRole('cell', { name: 'POST /notifications' }).first().waitFor()
  await page.context().close()
})

test('a thing leads to who changed it, with before and after, and from there to the request', async () => {
  const { id: sender } = await world.call('POST', '/providers', {
    ...{ channel: 'push', provider: 'sandbox', name: 'Spare', settings: {} },
  })
  await world.call('PUT', `/providers/${sender}`, { name: 'Reserve' })
  await until('the request in the log', async () => {
    const { data } = await world.call('GET', '/api-requests?method=PUT')
    return data[0]
  })
  const page = await world.enter()
  await page.goto(`${world.url}/app/senders?id=${sender}`)
  await page.getByRole('link', { name: 'Who changed this' }).click()
  await page.getByRole('button', { name: 'Sender changed' }).click()
  const row = page.getByRole('dialog').getByRole('row', { name: /name/ })
  assert.equal((await row.innerText()).replace(/\s+/g, ' '), 'name Spare Reserve')
  assert.match(page.url(), /target=.*seq=/)
  await expectAccessible(page)
  await page.reload()
  await row.waitFor()
  const request = page.getByRole('dialog').locator('a[href*="/messages/requests"]')
  await request.click()
  await page.getByRole('dialog').getByText(`PUT /providers/${sender}`).waitFor()
  await page.getByRole('link', { name: 'Sender changed' }).click()
  await row.waitFor()
  await page.context().close()
})

test('the list says what each is about, where there is room; a template by its subject', async () => {
  await world.call('POST', '/templates', {
    ...{ name: 'plan', channel: 'email', subject: 'Your plan {{ plan }}', text: 'Here.' },
    variables: ['plan'],
  })
  await world.call('POST', '/notifications', {
    ...mail(2, { subject: undefined, html: undefined, scheduled_at: later }),
    ...{ template_id: 'plan', template_variables: { plan: 'Team' } },
  })
  const page = await world.enter()
  await page.goto(`${world.url}/app/messages`)
  const row = page.getByRole('row').filter({ hasText: 'u2@example.com' })
  const about = row.getByText('Your plan Team')
  await about.waitFor()
  await page.getByRole('columnheader', { name: 'About' }).waitFor()
  await expectAccessible(page)
  await page.setViewportSize({ width: 1024, height: 800 })
  await about.waitFor({ state: 'hidden' })
  await row.getByRole('button', { name: 'u2@example.com' }).click()
  await page.getByRole('tab', { name: 'Details' }).click()
  await page.getByRole('link', { name: /plan.*version 1/ }).waitFor()
  await page.context().close()
})
