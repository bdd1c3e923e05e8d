/**
 * In Hebrew no sentence stays English: not in what the dashboard says, not in what the server says, and
 * not in the forms that schemas make. What people and vendors wrote themselves is data and stays.
 */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { pagesOf } from './pagesOf.ts'
import { seed } from './seed.ts'
import { openWorld } from './world.ts'

const world = await openWorld()
after(() => world.stop())
const seeded = await seed(world)

/** What seed.ts wrote, what is code, and names that are the same in every language. */
const data =
  /Welcome, |Good to have you|Noa Levi|Jonas Berg|Mara Lind|Sam Okoro|This comes later|Still there|One more word|Post to a channel when a webhook request is received|My access tokens|Copy Webhook URL|Meta Cloud API/

/** Texts and labels that can be seen or heard; not what stands in code, addresses and people's names. */
const collect = `(() => {
  const seen = []
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const parent = node.parentElement
    if (parent.closest('script, style, code, pre, kbd, textarea, .cm-editor, [data-text=data]')) continue
    if (parent.checkVisibility()) seen.push(node.data)
  }
  for (const element of document.querySelectorAll('[aria-label], [placeholder], [title], img[alt]'))
    for (const name of ['aria-label', 'placeholder', 'title', 'alt'])
      if (element.checkVisibility() && element.getAttribute(name)) seen.push(element.getAttribute(name))
  return seen
})()`
const ENGLISH = /\b[A-Za-z][a-z’']+(?:,? [A-Za-z][a-z’']*){2,}/ // three words on end

const pages: Record<string, string> = {
  ...pagesOf(seeded),
  'sender-smtp': '/app/senders?add=smtp',
  'sender-discord': '/app/senders?add=discord',
  'sender-slack': '/app/senders?add=slack',
  'sender-teams': '/app/senders?add=teams',
  'sender-webhook': '/app/senders?add=webhook',
  'sender-whatsapp': '/app/senders?add=whatsapp',
  'connector-monday': '/app/connectors?add=monday',
  members: '/app/settings?tab=members',
  workspace: '/app/settings?tab=workspace',
}

const page = await world.enter({ language: 'he' })
for (const [name, path] of Object.entries(pages))
  test(`no sentence of ${name} stays English in Hebrew`, async () => {
    await page.goto(world.url + path)
    await page.locator('main h1').waitFor()
    await page.locator('[role=status][aria-label]').first().waitFor({ state: 'detached' })
    const texts: string[] = await page.evaluate(collect)
    assert.deepEqual(
      [...new Set(texts.filter((text) => ENGLISH.test(text) && !data.test(text)))],
      [],
    )
  })

test('what the server says is told in Hebrew: faults of a form, a check, decisions of a timeline', async () => {
  await page.goto(`${world.url}/app/senders?add=smtp`)
  const form = page.getByRole('dialog')
  await form.getByLabel('שרת', { exact: true }).fill('10.0.0.1')
  await form.getByLabel('כתובת השולח', { exact: true }).fill('hello@example.com')
  await form.getByRole('button', { name: 'שמירה' }).click()
  await form.getByRole('alert').getByText('הכתובת הזאת אינה באינטרנט הציבורי.').waitFor()

  const { id } = await world.call('POST', '/notifications', {
    ...{ channel: 'email', to: 'soon@example.com', subject: 'בקרוב', message: 'בקרוב' },
    scheduled_at: new Date(Date.now() + 3_600_000).toISOString(),
  })
  await page.goto(`${world.url}/app/messages?id=${id}`)
  const timeline = page.getByRole('list', { name: 'ציר זמן' })
  const accepted = await timeline.getByText(/^התקבלה, תישלח ב/).innerText()
  assert.doesNotMatch(accepted, /\dT\d/, 'the time is the viewer’s, not the wire’s')
  await page.goto(`${world.url}/app/messages?id=${seeded.message}`)
  await timeline.getByText(/^נמסרה אל .*sandbox.* בניסיון .*1.*: .*ארגז החול קיבל/).waitFor()
  await timeline.getByText(/^נפתחה \(.?אדם.?\)\.$/).waitFor()
})
