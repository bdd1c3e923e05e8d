/** A newcomer's first ten minutes: owner, first message, a key, a sender, a colleague. In English and in Hebrew. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { until } from '../helpers/until.ts'
import { openWorld } from './world.ts'

test('from the printed link to the first message, its open and click, and an API key', async () => {
  const world = await openWorld({ ADMIN_EMAIL: '', ADMIN_PASSWORD: '' })
  try {
    const link = await until('the link', async () => /\/setup\/[\w-]+/.exec(world.output())?.[0])
    const page = await world.visit()
    await page.goto(world.url + link)
    await page.getByLabel('Email').fill('grace@example.com')
    await page.getByLabel('Password').fill('violet tractor ninety')
    await page.getByRole('button', { name: 'Create the owner' }).click()
    await page.getByRole('heading', { name: 'First steps', level: 1 }).waitFor()

    await page.getByRole('button', { name: 'Send it' }).click()
    const timeline = page.getByRole('list', { name: 'Timeline' })
    await timeline.getByText('Delivered', { exact: true }).waitFor()
    await page.getByRole('button', { name: 'Click a link' }).click()
    await timeline.getByText('Clicked', { exact: true }).waitFor()

    await page.getByRole('button', { name: 'Make a key' }).click()
    await page.getByRole('tab', { name: 'Python' }).click()
    const code = await page.getByRole('tabpanel').innerText()
    const [, key] = /Bearer (\S+)"/.exec(code) ?? []
    const answer = await fetch(`${world.url}/notifications`, {
      headers: { authorization: `Bearer ${key}` },
    })
    assert.equal(answer.status, 200)

    await page.getByRole('button', { name: 'Language' }).click()
    await page.getByRole('menuitemcheckbox', { name: 'עברית' }).click()
    await page.getByRole('heading', { name: 'צעדים ראשונים', level: 1 }).waitFor()
    assert.equal(await page.locator('html').getAttribute('dir'), 'rtl')
    await page.reload()
    await page.getByRole('heading', { name: 'צעדים ראשונים', level: 1 }).waitFor()
  } finally {
    await world.stop()
  }
})
