/** Signing in and out, what is reachable without, and what a page may not do. */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { generateSync } from 'otplib'
import type { Page } from 'playwright-core'
import { request } from 'undici'
import { expectAccessible } from './expectAccessible.ts'
import { pagesOf } from './pagesOf.ts'
import { nameOf, type Say, speak } from './speak.ts'
import { type Look, OWNER, openWorld } from './world.ts'

const ID = '01890000-0000-7000-8000-000000000000' // of nothing that there is
const world = await openWorld()
after(() => world.stop())

test('a page needs a login, says what is wrong, and comes back to where one was', async () => {
  const page = await world.visit()
  await page.goto(`${world.url}/app/messages?status=failed`)
  await page.getByLabel('Email or user name').fill(OWNER.email)
  await page.getByLabel('Password').fill('not the password')
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('alert').waitFor()
  await page.getByLabel('Password').fill(OWNER.password)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('heading', { name: 'Messages', level: 1 }).waitFor()
  assert.match(page.url(), /\/app\/messages\?status=failed$/)
  assert.equal(await page.getByLabel('State').inputValue(), 'failed')
  await page.getByRole('button', { name: /^You:/ }).click()
  await page.getByRole('menuitemcheckbox', { name: 'Sign out' }).click()
  await page.getByRole('heading', { name: 'Sign in' }).waitFor()
  await page.goto(`${world.url}/app/`)
  await page.getByRole('heading', { name: 'Sign in' }).waitFor()
  await page.context().close()
})

test('no page shows anything without a login, and its data answer nobody', async () => {
  const page = await world.visit()
  const answers: string[] = []
  page.on('response', (response) => {
    const { pathname } = new URL(response.url())
    if (!pathname.startsWith('/app')) answers.push(`${response.status()} ${pathname}`)
  })
  const paths = pagesOf({
    ...{ contact: ID, template: ID, journey: ID, message: ID, request: ID, entry: '1' },
  })
  for (const path of Object.values(paths)) {
    await page.goto(world.url + path)
    await page.getByRole('heading', { name: 'Sign in', level: 1 }).waitFor()
    assert.equal(await page.getByRole('navigation').count(), 0, path)
  }
  assert.deepEqual([...new Set(answers)], ['401 /auth/me'])
  for (const words of ['register', 'sign up', 'create an account'])
    assert.equal(await page.getByText(new RegExp(words, 'i')).count(), 0)
  await page.context().close()
})

test('a device is remembered when asked to be: the cookie outlives the browser, else it does not', async () => {
  for (const isRemembered of [false, true]) {
    const page = await world.visit()
    await page.goto(`${world.url}/app/login`)
    await page.getByLabel('Email or user name').fill(OWNER.email)
    await page.getByLabel('Password').fill(OWNER.password)
    await page.getByLabel('Remember me on this device').setChecked(isRemembered)
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByRole('heading', { name: 'Overview', level: 1 }).waitFor()
    const sid = (await page.context().cookies()).find(({ name }) => name === 'sid')
    assert.equal(sid?.httpOnly, true)
    assert.equal((sid?.expires ?? -1) > 0, isRemembered) // -1: until the browser ends
    await page.context().close()
  }
})

test('five wrong passwords lock out, and the page says for how long', async () => {
  const page = await world.visit()
  await page.goto(`${world.url}/app/login`)
  await page.getByLabel('Email or user name').fill('nobody@example.com')
  await page.getByLabel('Password').fill('not the password')
  for (let tries = 0; tries < 5; tries++) {
    const answer = page.waitForResponse(/\/auth\/login$/)
    await page.getByRole('button', { name: 'Sign in' }).click()
    assert.equal((await answer).status(), 401)
  }
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByText(/^Too many attempts\. Try again in \d+ minute/).waitFor()
  await page.context().close()
})

test('a session that ends while a page is open leads to the login and back', async () => {
  const page = await world.visit()
  await page.goto(`${world.url}/app/login`)
  await page.getByLabel('Email or user name').fill(OWNER.email)
  await page.getByLabel('Password').fill(OWNER.password)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('heading', { name: 'Overview', level: 1 }).waitFor()
  await page.context().clearCookies({ name: 'sid' })
  await page.getByRole('link', { name: 'Audit log' }).click()
  await page.getByText('Your session has ended').waitFor()
  assert.match(page.url(), /next=/)
  await page.context().close()
})

const faces: readonly Look[] = [
  { language: 'en', theme: 'light' },
  { language: 'he', theme: 'dark', phone: true },
]
for (const [at, look] of faces.entries()) {
  test(`an invitation is taken back, another is taken, and who came has a second factor: ${nameOf(look)}`, async () => {
    const say = speak(look.language)
    const email = `colleague${at}@example.com`
    const owner = await world.enter(look)
    await owner.goto(`${world.url}/app/settings?tab=members`)
    const first = await invite(owner, say, email)
    const open = owner.getByRole('table', { name: say('Open invitations') })
    const row = open.getByRole('row').filter({ hasText: email })
    await row.getByText(OWNER.email).filter({ visible: true }).waitFor()
    await expectAccessible(owner)
    await row.getByRole('button').click()
    await owner
      .getByRole('dialog')
      .getByRole('button', { name: say('Take it back') })
      .click()
    await row.waitFor({ state: 'detached' })
    assert.equal(await owner.getByLabel(say('The link')).count(), 0, 'it leads nowhere now')

    const colleague = await world.visit(look)
    await join(colleague, first)
    await colleague
      .getByRole('alert')
      .getByText(say('This invitation was taken back. Ask whoever invited you for a new one.'))
      .waitFor()
    await join(colleague, await invite(owner, say, email))
    await colleague.waitForURL(({ pathname }) => pathname === '/app/')
    await row.waitFor({ state: 'detached' })
    const members = owner.getByRole('table', { name: say('Members') })
    await members.getByRole('row').filter({ hasText: email }).waitFor()
    await secondFactor(colleague, say)
    await owner.context().close()
    await colleague.context().close()
  })
}

async function invite(page: Page, say: Say, email: string): Promise<string> {
  await page.getByLabel(say('Email')).fill(email)
  await page.getByRole('button', { name: say('Make the link') }).click()
  return (await page.getByLabel(say('The link')).locator('pre').innerText()).trim()
}

async function join(page: Page, link: string) {
  await page.goto('about:blank') // another fragment alone would open no other page
  await page.goto(link)
  await page.locator('input[type=password]').fill('purple harbour eleven')
  await page.locator('button[type=submit]').click()
}

async function secondFactor(page: Page, say: Say) {
  await page.goto(new URL('/app/settings?tab=profile', page.url()).href)
  const here = page.getByRole('listitem').filter({ hasText: say('here') })
  const agent = await page.evaluate<string>('navigator.userAgent')
  const device = here.getByTitle(agent)
  assert.match(await device.innerText(), /Chrome.*Linux/)
  await page.getByRole('button', { name: say('Set it up') }).click()
  const code = page.getByRole('img', { name: say('QR code of the secret, for your app') })
  const colours = await code.evaluate((drawing) =>
    [...drawing.children].map((each) => each.getAttribute('fill')),
  )
  assert.deepEqual(colours, ['#fff', '#000'], 'also in the dark')
  await expectAccessible(page)
  const secret = (await page.getByLabel(say('Secret')).locator('pre').innerText()).trim()
  await page.getByLabel(say('Code'), { exact: true }).fill(generateSync({ secret }))
  await page.getByRole('button', { name: say('Switch it on') }).click()
  await page.getByLabel(say('Recovery codes')).waitFor()
}

test('while the server is away a page says so, and comes by itself once it is back', async () => {
  const page = await world.enter()
  await page.goto(`${world.url}/app/audit`)
  const go = (name: string) => page.getByRole('link', { name }).click()
  await page.getByRole('heading', { name: 'Audit log' }).waitFor()
  await page.context().setOffline(true)
  await go('Contacts')
  await page.getByText('The server does not answer.').waitFor()
  await page.getByRole('heading', { name: 'Not connected' }).waitFor()
  await expectAccessible(page)
  await page.context().setOffline(false)
  await page.getByRole('heading', { name: 'Contacts' }).waitFor()
  await page.context().close()
})

test('an address that leads to nothing says so, and leads on', async () => {
  const page = await world.enter()
  for (const [path, words, on] of [
    ['nowhere/at-all', 'There is no such page.', 'Overview'],
    ['contacts/nobody', 'There is no such contact.', 'Contacts'],
  ] as const) {
    await page.goto(`${world.url}/app/${path}`)
    await page.getByRole('heading', { name: words }).waitFor()
    await expectAccessible(page)
    await page.getByRole('main').getByRole('link', { name: on }).click()
    await page.getByRole('heading', { name: on, level: 1 }).waitFor()
  }
  await page.context().close()
})

test('what is copied can be pasted where browsers give no clipboard: without https', async () => {
  const page = await world.enter()
  await page.addInitScript(() => {
    Object.defineProperty(navigator, 'clipboard', { value: undefined })
  })
  const { id } = await world.call('POST', '/contacts', { external_id: 'copied' })
  await page.goto(`${world.url}/app/contacts/${id}`)
  const button = page.getByRole('button', { name: `Copy ${id}` })
  await button.click()
  await button.getByText('Copied').waitFor()
  assert.ok(await button.evaluate((each) => each.matches(':focus')))
  await page.goto(`${world.url}/app/contacts`)
  const field = page
    .getByRole('main')
    .getByRole('searchbox')
    .or(page.getByRole('main').getByRole('textbox'))
  await field.first().press('Control+V')
  assert.equal(await field.first().inputValue(), id)
  await page.context().close()
})

test('scripts come from the server only, and assets are kept for good', async () => {
  const answer = await fetch(`${world.url}/app/`)
  const policy = answer.headers.get('content-security-policy') ?? ''
  assert.match(policy, /script-src 'self';/)
  assert.doesNotMatch(policy, /script-src[^;]*unsafe|unsafe-eval/)
  const html = await answer.text()
  assert.doesNotMatch(html, /NONCE-OF-THIS-ANSWER/)
  const [, script] = /<script[^>]* src="([^"]+)"/.exec(html) ?? []
  const asset = await fetch(world.url + script, { headers: { 'accept-encoding': 'br' } })
  assert.equal(asset.headers.get('content-encoding'), 'br')
  assert.match(asset.headers.get('cache-control') ?? '', /immutable/)
  assert.equal((await fetch(`${world.url}/app/assets/none.js`)).status, 404)
})

test('what every page needs is at most 200 kB', async () => {
  const html = await (await fetch(`${world.url}/app/`)).text()
  const needed = [...html.matchAll(/(?:src|href)="(\/app\/assets\/[^"]+)"/g)].map(
    ([, path]) => path,
  )
  let bytes = 0
  for (const path of new Set(needed)) {
    const { body } = await request(world.url + path, { headers: { 'accept-encoding': 'gzip' } })
    bytes += (await body.bytes()).length
  }
  assert.ok(needed.length >= 2, 'script and style at least')
  assert.ok(bytes <= 200_000, `${bytes} bytes`)
})

test('the HTML of a message runs nothing and loads nothing', async () => {
  const html = `<p id="said">Hello</p><style>#said{color:rgb(1,2,3)}</style><img src="${world.url}/api/track/open/none.png"><script>parent.document.title = 'taken'; document.title = 'taken'</script><p onclick="parent.x = 1">more</p>`
  const { id } = await world.call('POST', '/notifications', {
    recipient_id: 'u-1',
    channel: 'email',
    to: 'u@example.com',
    subject: 'Odd',
    html,
  })
  const page = await world.enter()
  const asked: string[] = []
  page.on('request', (request) => asked.push(request.url()))
  await page.goto(`${world.url}/app/messages?id=${id}&tab=content`)
  const frame = page.frameLocator('iframe')
  await frame.getByText('Hello').waitFor()
  const color = await frame
    .locator('#said')
    .evaluate((element) => Reflect.get(globalThis, 'getComputedStyle')(element).color)
  assert.equal(color, 'rgb(1, 2, 3)')
  assert.match(await page.title(), /Messages/)
  assert.deepEqual(
    asked.filter((url) => url.includes('/track/')),
    [],
  )
  await page.context().close()
})

test('messages: filters stand in the address, many are cancelled at once, what comes in waits to be asked for', async () => {
  for (const to of ['one@example.com', 'two@example.com'])
    await world.call('POST', '/notifications', {
      channel: 'email',
      to,
      subject: 'Later',
      message: 'Later',
      scheduled_at: new Date(Date.now() + 86_400_000).toISOString(),
    })
  const page = await world.enter()
  await page.goto(`${world.url}/app/messages`)
  await page.getByLabel('State', { exact: true }).selectOption('scheduled')
  await page.waitForURL(/status=scheduled/)
  await page.getByRole('checkbox', { name: 'Choose all that are shown' }).check()
  await page.getByText('2 chosen').waitFor()
  await page.getByRole('button', { name: 'Cancel sending' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Cancel sending' }).click()
  await page.getByText('2 messages done').waitFor()
  await page.getByText('No message is like that.').waitFor()
  await page.getByRole('button', { name: 'Clear the filters' }).last().click()
  await page.getByText('one@example.com').waitFor()
  const rows = await page.getByRole('row').count()
  await world.call('POST', '/notifications', {
    channel: 'email',
    to: 'three@example.com',
    subject: 'Now',
    message: 'Now',
  })
  await page.getByRole('button', { name: '1 new' }).waitFor()
  assert.equal(await page.getByRole('row').count(), rows)
  await page.getByRole('button', { name: '1 new' }).click()
  await page.getByText('three@example.com').waitFor()
  await page.context().close()
})
