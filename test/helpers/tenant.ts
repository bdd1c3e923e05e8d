/** A workspace with one of everything, each named with the workspace's mark, so that a leak shows. */
import { randomBytes } from 'node:crypto'
import { inWorkspace } from '../../src/db/db.ts'
import { uuid7 } from '../../src/lib/uuid7.ts'
import { insertCallback } from '../../src/tracking/store/callbacks.ts'
import { system } from '../../src/workspaces/audit/audit.ts'
import { hashPassword } from '../../src/workspaces/login/password.ts'
import { createMember } from '../../src/workspaces/members/createMember.ts'
import { type Answer, INSTANCE_KEY, ORIGIN, type TestApp } from './app.ts'
import { until } from './until.ts'

export const PASSWORD = 'violet tractor ninety'

export interface Tenant {
  readonly mark: string
  readonly workspace: string
  readonly key: { authorization: string }
  /** Cookie and Origin of a member that is an owner. */
  readonly session: { cookie: string; origin: string }
  readonly sessionId: string
  readonly member: string
  readonly memberEmail: string
  /** Another member, whom one may remove. */
  readonly otherMember: string
  /** That nobody has taken. */
  readonly invitation: string
  readonly contact: string
  readonly externalId: string
  readonly email: string
  /** Of contacts that were, and were not, merged into `contact`. */
  readonly merged: string
  readonly duplicate: string
  readonly suppressed: string
  readonly topic: string
  readonly template: string
  readonly templateName: string
  readonly sender: string
  /** Paused, so that it calls nobody. */
  readonly connection: string
  /** A pull of the connection that failed. */
  readonly pull: string
  readonly journey: string
  /** Waits in that journey. */
  readonly run: string
  /** A journey that nobody is in. */
  readonly draft: string
  /** Scheduled for the far future. */
  readonly message: string
  /** One that has gone to the sandbox. */
  readonly sent: string
  readonly apiKey: string
  readonly importId: string
  readonly callback: string
  readonly event: string
  /** That was answered 404. */
  readonly request: string
}

type Call = (method: string, path: string, body?: unknown, headers?: object) => Promise<Answer>

export async function addTenant(app: TestApp, mark: string): Promise<Tenant> {
  const workspace: string = (
    await must(
      app.call(
        'POST',
        '/workspaces',
        { slug: mark, name: mark, default_country: 'IL' },
        { authorization: `Bearer ${INSTANCE_KEY}` },
      ),
    )
  ).id
  const key = await app.keyFor(mark)
  const call: Call = (method, path, body, headers) =>
    app.call(method, path, body, { ...key, ...headers })
  const people = await addPeople(app, workspace, mark)
  const contacts = await addContacts(call, mark)
  const template = await must(
    call('POST', '/templates', {
      name: `${mark}-template`,
      channel: 'email',
      locale: 'en',
      subject: `${mark} {{ name }}`,
      html: `<p>${mark} {{ name }}</p>`,
      variables: ['name'],
    }),
  )
  await must(call('PUT', `/templates/${template.id}`, { subject: `${mark} anew {{ name }}` }))
  const drafted = { locales: { en: { subject: `${mark} to come {{ name }}` } } }
  await must(call('PUT', `/templates/${template.id}/draft`, drafted))
  const sender = await must(
    call('POST', '/providers', {
      channel: 'webhook',
      provider: 'webhook',
      name: `${mark}-sender`,
      settings: {
        url: `https://${mark}.example.com/hook`,
        signing_secret: `whsec_${randomBytes(24).toString('base64')}`,
      },
    }),
  )
  const connection = await addConnection(call, mark)
  const pull = await addFailedPull(app.app, workspace, connection)
  const journeys = await addJourneys(call, mark, contacts.contact)
  const sent = await must(
    call('POST', '/notifications/send', {
      ...{ recipient_id: contacts.externalId, channel: 'email', subject: mark, message: mark },
    }),
  )
  const message = await must(
    call('POST', '/notifications', {
      recipient_id: contacts.externalId,
      channel: 'email',
      subject: mark,
      message: mark,
      category: contacts.topic,
      metadata: { mark },
      scheduled_at: new Date(Date.now() + 365 * 86_400_000).toISOString(),
    }),
  )
  const invited = { email: `${mark}-invited@example.com`, role: 'viewer' }
  const invitation = await must(call('POST', '/members/invitations', invited))
  const apiKey = await must(
    call('POST', '/api-keys', { name: `${mark}-key`, scopes: ['contacts:read'] }),
  )
  const csv = `external_id,email\n${mark}-imported,${mark}-imported@example.com\n,broken\n`
  const imported = await must(
    call('POST', '/contacts/imports', csv, { 'content-type': 'text/csv' }),
  )
  await until('the import', async () => {
    const { status } = await must(call('GET', `/contacts/imports/${imported.id}`))
    return status === 'done'
  })
  const request = await addRequest(call, mark)
  const { event, callback } = await addHappenings(app, call, { mark, workspace, sender: sender.id })
  return {
    ...{ mark, workspace, key, event, callback, request },
    ...people,
    ...contacts,
    template: template.id,
    templateName: `${mark}-template`,
    sender: sender.id,
    ...{ connection, pull },
    ...journeys,
    message: message.id,
    sent: sent.id,
    invitation: invitation.id,
    apiKey: apiKey.id,
    importId: imported.id,
  }
}

async function addRequest(call: Call, mark: string): Promise<string> {
  const { headers } = await call('GET', `/contacts/${mark}-nobody`)
  const id = headers.get('x-request-id') ?? ''
  await until('the request in the log', async () =>
    (await call('GET', `/api-requests/${id}`)).status === 200 ? true : undefined,
  )
  return id
}

async function addJourneys(call: Call, mark: string, contact: string) {
  const days = ['one', 'two', 'three'].map((id) => ({ id, type: 'wait', days: 30 }))
  const document = {
    title: mark,
    trigger: { api: true },
    steps: [...days, { id: 'end', type: 'exit', reason: mark }],
  }
  const add = (name: string) =>
    must(call('POST', '/journeys', { ...document, name: `${mark}-${name}` }))
  const [journey, draft] = [await add('journey'), await add('draft')]
  await must(call('POST', `/journeys/${journey.id}/enable`))
  for (const { id } of [journey, draft])
    await must(call('PUT', `/journeys/${id}/draft`, { document: { ...document, name: mark } }))
  const path = `/journeys/${journey.id}/runs`
  const run = await must(call('POST', path, { contact_id: contact, properties: { mark } }))
  await until('the run', async () => {
    const { status } = await must(call('GET', `${path}/${run.id}`))
    return status === 'waiting'
  })
  return { journey: journey.id, draft: draft.id, run: run.id }
}

async function addPeople({ app, call }: TestApp, workspace: string, mark: string) {
  const { db } = app
  const passwordHash = await hashPassword(PASSWORD)
  const add = async (name: string) =>
    inWorkspace(db, workspace, (tx) =>
      createMember(
        tx,
        workspace,
        {
          email: `${name}@example.com`,
          role: 'owner',
          userName: name,
          fullName: `${mark} ${name}`,
          passwordHash,
          createdBy: null,
        },
        { actor: system, now: db.clock.now() },
      ),
    )
  const owner = await add(`${mark}-owner`)
  const other = await add(`${mark}-other`)
  const session = { cookie: '', origin: ORIGIN }
  for (const _ of ['the one that is used', 'the one to end']) {
    const answer = await call('POST', '/auth/login', { email: owner.email, password: PASSWORD })
    if (answer.status !== 200) throw new Error(answer.text)
    session.cookie ||= answer.headers
      .getSetCookie()
      .map((cookie) => cookie.split(';')[0])
      .join('; ')
  }
  const { data } = await must(call('GET', '/auth/sessions', undefined, session))
  const other_ = data.find((each: { current: boolean }) => !each.current)
  return {
    session,
    sessionId: other_.id,
    member: owner.id,
    memberEmail: owner.email,
    otherMember: other.id,
  }
}

async function addContacts(call: Call, mark: string) {
  const externalId = `${mark}-person`
  const email = `${mark}-person@example.com`
  const add = (id: string, more: object) =>
    must(call('POST', '/contacts', { external_id: id, name: id, traits: { mark }, ...more }))
  const contact = await add(externalId, { email, tags: [`${mark}-tag`] })
  const merged = await add(`${mark}-merged`, {})
  const duplicate = await add(`${mark}-duplicate`, {})
  await must(call('POST', `/contacts/${contact.id}/merge`, { duplicate_id: merged.id }))
  const suppressed = `${mark}-suppressed@example.com`
  await must(call('POST', '/suppressions', { kind: 'email', address: suppressed, detail: mark }))
  const topic = `${mark}-topic`
  await must(call('POST', '/topics', { key: topic, name: topic, kind: 'marketing' }))
  await must(call('POST', '/consents', { contact_id: contact.id, topic, granted: true }))
  return {
    contact: contact.id,
    merged: merged.id,
    duplicate: duplicate.id,
    ...{ externalId, email, suppressed, topic },
  }
}

/** Under a name that nobody may have (RFC 2606), so that its first try fails. */
async function addConnection(call: Call, mark: string): Promise<string> {
  const { id } = await must(
    call('POST', '/connectors', {
      connector: 'close',
      name: `${mark}-connection`,
      settings: {
        api_key: `api_${mark}`,
        base_url: 'https://close.invalid',
        polling_enabled: false,
      },
    }),
  )
  await must(call('POST', `/connectors/${id}/pause`, { reason: mark }))
  await until('its last pull', async () => {
    const { tasks } = await must(call('GET', `/connectors/${id}`))
    return tasks.every((task: { running: boolean }) => !task.running)
  })
  return id
}

async function addFailedPull(
  { db }: TestApp['app'],
  workspaceId: string,
  connectionId: string,
): Promise<string> {
  const id = uuid7()
  await db.engine`
    insert into sync_runs (workspace_id, id, connection_id, task, status, error, started_at, ended_at)
    values (${workspaceId}, ${id}, ${connectionId}, 'emails', 'failed', 'Close did not answer.', ${db.clock.now()}, ${db.clock.now()})
  `
  return id
}

async function addHappenings(
  { app: { db } }: TestApp,
  call: Call,
  { mark, workspace, sender }: { mark: string; workspace: string; sender: string },
) {
  const event = await must(
    call('POST', '/events', {
      name: `${mark}.done`,
      recipient_id: `${mark}-person`,
      key: 'one',
      properties: { mark },
    }),
  )
  const callback = uuid7()
  const row = { workspaceId: workspace, id: callback, source: 'webhook', senderId: sender }
  await insertCallback(
    db.engine,
    {
      ...row,
      key: mark,
      headers: {},
      method: 'POST',
      url: `${ORIGIN}/webhook/webhook/${sender}?${mark}`,
      body: Buffer.from(mark),
    },
    db.clock.now(),
  )
  return { event: event.id, callback }
}

async function must(pending: Promise<Answer>) {
  const answer = await pending
  if (answer.status >= 300) throw new Error(`${answer.status} ${answer.text}`)
  return answer.json
}
