/**
 * A newcomer's first ten minutes, from the printed link to all of the checklist: a first message and what
 * its recipient does, a real sender whose check says what is wrong and then works, a source, an API
 * key with code that runs, a colleague. In English and in Hebrew, light and dark.
 */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { after, test } from 'node:test'
import { promisify } from 'node:util'
import type { Page } from 'playwright-core'
import { startSmtpSink } from '../helpers/smtpSink.ts'
import { until } from '../helpers/until.ts'
import { expectAccessibleInThemes } from './expectAccessible.ts'
import { looks, nameOf, type Say, speak } from './speak.ts'
import { openWorld } from './world.ts'

const run = promisify(execFile)
const sink = await startSmtpSink()
after(() => sink.close())
const NEWCOMER = { email: 'grace@example.com', password: 'violet tractor ninety' }

for (const look of looks) {
  test(`from the printed link to a checklist that is done: ${nameOf(look)}`, async () => {
    const world = await openWorld({ ADMIN_EMAIL: '', ADMIN_PASSWORD: '' })
    try {
      const say = speak(look.language)
      const link = await until('the link', async () => /\/setup\/[\w-]+/.exec(world.output())?.[0])
      const page = await world.visit(look)
      await page.goto(world.url + link)
      assert.equal(
        await page.locator('html').getAttribute('dir'),
        look.language === 'he' ? 'rtl' : 'ltr',
      )
      await expectAccessibleInThemes(page)
      await page.locator('input[type=email]').fill(NEWCOMER.email)
      await page.locator('input[type=password]').fill(NEWCOMER.password)
      await page.locator('button[type=submit]').click()
      await isFirstSteps(page, say)
      await expectAccessibleInThemes(page)

      await firstMessage(page, say)
      await runTheCode(page, say, world.url)
      await wrongSender(page, say)
      await wrongSource(page, say)
      const invitation = await invite(page, say)
      await joins(await world.visit(look), invitation)

      // The operator's own variables: a server on this machine, which no member may name.
      await world.restart({ SMTP_URL: sink.url, EMAIL_FROM: 'hello@example.com' })
      await rightSender(page, say, world.url)
      await page.goto(`${world.url}/app/start`)
      await isFirstSteps(page, say)
      await page.getByText(say('(done)')).nth(5).waitFor({ state: 'attached' })
      assert.equal(await page.getByText(say('(to do)')).count(), 0, 'all is done')
    } finally {
      await world.stop()
    }
  })
}

async function isFirstSteps(page: Page, say: Say) {
  await page.getByRole('heading', { name: say('First steps'), level: 1 }).waitFor()
}

async function firstMessage(page: Page, say: Say) {
  await page.getByRole('button', { name: say('Send it') }).click()
  const timeline = page.getByRole('list', { name: say('Timeline') })
  await timeline.getByText(say('Delivered'), { exact: true }).waitFor()
  await page.getByRole('button', { name: say('Open it') }).click()
  await timeline.getByText(say('Opened'), { exact: true }).waitFor()
  await page.getByRole('button', { name: say('Click a link') }).click()
  await timeline.getByText(say('Clicked'), { exact: true }).waitFor()
}

/** The code with the key in it, as it stands there, in a shell. */
async function runTheCode(page: Page, say: Say, url: string) {
  await page.getByRole('button', { name: say('Make a key') }).click()
  const code = await page.getByRole('tabpanel').locator('pre').innerText()
  const { stdout } = await run('sh', ['-c', code])
  const { id, status } = JSON.parse(stdout)
  assert.ok(id && status, stdout)
  const [, key] = /Bearer (\S+)"/.exec(code) ?? []
  const answer = await fetch(`${url}/notifications/${id}`, {
    headers: { authorization: `Bearer ${key}` },
  })
  assert.equal(answer.status, 200)
  for (const language of ['TypeScript', 'Python']) {
    await page.getByRole('tab', { name: language }).click()
    assert.match(await page.getByRole('tabpanel').innerText(), /Bearer /)
  }
}

/** A name that nobody has (RFC 6761). The check says so, and the sender can go again. */
async function wrongSender(page: Page, say: Say) {
  await page.getByRole('link', { name: say('Add a sender') }).click()
  await page.getByRole('button', { name: /SMTP/ }).click()
  const form = page.getByRole('dialog')
  await form.locator('[name=host]').fill('mail.invalid')
  await form.locator('[name=from_email]').fill(NEWCOMER.email)
  await form.getByRole('button', { name: say('Save') }).click()
  await page.getByRole('button', { name: say('Check it'), exact: true }).click()
  const [before = ''] = say('The name {0} does not resolve.').split('{0}')
  const found = page.getByRole('dialog').getByRole('status').filter({ hasText: 'mail.invalid' })
  await found.filter({ hasText: before.trim() }).waitFor()
  await expectAccessibleInThemes(page)
  await page
    .getByRole('dialog')
    .getByRole('button', { name: say('Remove') })
    .click()
  await page
    .getByRole('dialog')
    .getByRole('button', { name: say('Remove') })
    .last()
    .click()
  await page.getByText(say('The sender is removed.')).waitFor()
}

async function wrongSource(page: Page, say: Say) {
  await page.goto(new URL('/app/start', page.url()).href)
  await page.getByRole('link', { name: say('Add a connector') }).click()
  await page.getByRole('button', { name: /Close / }).click()
  const form = page.getByRole('dialog')
  await form.locator('input[type=password]').first().fill('api_of_nobody')
  await form.getByRole('button', { name: say('Save') }).click()
  await page.getByRole('button', { name: say('Check it'), exact: true }).waitFor()
}

async function invite(page: Page, say: Say): Promise<string> {
  await page.goto(new URL('/app/settings?tab=members', page.url()).href)
  await page.getByLabel(say('Email')).fill('colleague@example.com')
  await page.getByRole('button', { name: say('Make the link') }).click()
  return (await page.getByLabel(say('The link')).locator('pre').innerText()).trim()
}

async function joins(page: Page, invitation: string) {
  const { hash } = new URL(invitation)
  await page.goto(new URL(`/app/invitation${hash}`, invitation).href)
  await page.locator('input[type=password]').fill('purple harbour eleven')
  await page.locator('button[type=submit]').click()
  await page.locator('nav').first().waitFor()
  await page.context().close()
}

async function rightSender(page: Page, say: Say, url: string) {
  await page.goto(`${url}/app/senders`)
  await page.getByRole('row').filter({ hasText: 'SMTP' }).first().click()
  await page.getByRole('button', { name: say('Check it'), exact: true }).click()
  const words = say('{0} works.').replace('{0}', '').trim()
  await page.getByRole('dialog').getByRole('status').filter({ hasText: words }).waitFor()
  await page.goto(`${url}/app/outbox`)
  const before = (await sink.arrivals()).length
  const sent = await page.evaluate(`fetch('/notifications', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ recipient_id: 'real-1', channel: 'email', to: 'real@example.com', subject: 'For real', message: 'It left.' }),
  }).then(({ status }) => status)`)
  assert.equal(sent, 202)
  await until('the mail', async () => (await sink.arrivals()).length === before + 1)
}
