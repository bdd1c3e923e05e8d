/**
 * Every route there is: who may call it, where it leads for one workspace's things, and a body
 * that it takes. Tests walk it; a route that is missing here fails them.
 */
import type { Scope } from '../../src/workspaces/auth.ts'
import { PASSWORD, type Tenant } from '../helpers/tenant.ts'

export interface Case {
  /** `open` needs no login, `person` a session, `anyone` either that or a key. */
  readonly access: Scope | 'open' | 'anyone' | 'person'
  /** Its address for the things of `of`; absent when nothing of it names one. */
  path?(of: Tenant): string
  /** A good body; `unique` is another text each time. */
  body?(of: Tenant, unique: string): unknown
  readonly type?: string
}

const future = new Date(Date.now() + 365 * 86_400_000).toISOString()
const csv = (unique: string) => `external_id,name\n${unique},${unique}\n`
const mail = (unique: string) =>
  Buffer.from(
    `From: a@example.com\r\nTo: b@example.com\r\nMessage-ID: <${unique}@example.com>\r\nSubject: Re: hello\r\n\r\nYes.\r\n`,
  )
const message = (of: Tenant, unique: string) => ({
  recipient_id: of.externalId,
  channel: 'email',
  subject: 'Hello',
  message: 'Hello there',
  metadata: { unique },
})

const open = (more: Omit<Case, 'access'> = {}): Case => ({ access: 'open', ...more })

/** Answered to everybody. What is secret here stands in the address: a token, or a signature. */
const forAll: Record<string, Case> = {
  'GET /': open(),
  'GET /health': open(),
  'GET /api/health': open(),
  'GET /login': open(),
  'GET /logout': open(),
  'GET /app': open(),
  'GET /app/assets/*': open({ path: () => '/app/assets/none.js' }),
  'GET /app/*': open({ path: () => '/app/anything' }),
  'GET /docs': open(),
  'GET /openapi.json': open(),
  'GET /api/openapi.json': open(),
  'GET /api/docs/': open(),
  'GET /api/docs/json': open(),
  'GET /api/docs/yaml': open(),
  'GET /api/docs/static/index.html': open(),
  'GET /api/docs/static/swagger-initializer.js': open(),
  'GET /api/docs/static/*': open({ path: () => '/api/docs/static/swagger-ui.css' }),
  'GET /api/track/open/:pixel_id.png': open({ path: (of) => `/api/track/open/${of.message}.png` }),
  'GET /api/track/click/:click_id': open({ path: (of) => `/api/track/click/${of.message}` }),
  'GET /u/:token': open({ path: (of) => `/u/${of.message}` }),
  'GET /p/:token': open({ path: (of) => `/p/${of.message}` }),
  'POST /u/:token': open({
    path: (of) => `/u/${of.message}`,
    body: () => 'action=unsubscribe',
    type: 'application/x-www-form-urlencoded',
  }),
  'POST /p/:token': open({
    path: (of) => `/p/${of.message}`,
    body: () => 'action=save',
    type: 'application/x-www-form-urlencoded',
  }),
  'GET /webhook/:provider/:sender_id': open({ path: (of) => `/webhook/webhook/${of.sender}` }),
  'POST /webhook/:provider/:sender_id': open({
    path: (of) => `/webhook/webhook/${of.sender}`,
    body: () => ({ any: 'thing' }),
  }),
  'GET /webhook/meta': open(),
  'POST /webhook/meta': open({ body: () => ({ object: 'whatsapp_business_account', entry: [] }) }),
  'POST /webhook/closeio': open({ body: () => ({ event: {} }) }),
  'POST /webhook/closeio/:connection_id': open({
    path: (of) => `/webhook/closeio/${of.connection}`,
    body: () => ({ event: {} }),
  }),
  'POST /webhook/monday': open({ body: () => ({ event: {} }) }),
  'POST /webhook/monday/:connection_id': open({
    path: (of) => `/webhook/monday/${of.connection}`,
    body: () => ({ event: {} }),
  }),
  'POST /auth/login': open({ body: (of) => ({ email: of.memberEmail, password: PASSWORD }) }),
  'POST /api/client/login': open({ body: (of) => ({ email: of.memberEmail, password: PASSWORD }) }),
  'POST /setup': open({
    body: () => ({ token: 'none', email: 'a@example.com', password: PASSWORD }),
  }),
  'GET /setup/:token': open({ path: (of) => `/setup/${of.message}` }),
  'POST /setup/:token': open({
    path: (of) => `/setup/${of.message}`,
    body: () => 'email=a%40example.com&password=none',
    type: 'application/x-www-form-urlencoded',
  }),
  'POST /auth/invitations/accept': open({ body: () => ({ token: 'none', password: PASSWORD }) }),
  'POST /auth/password-reset': open({ body: () => ({ token: 'none', password: PASSWORD }) }),
}

const person = (more: Omit<Case, 'access'> = {}): Case => ({ access: 'person', ...more })

/** About the one who asks. */
const forPeople: Record<string, Case> = {
  'GET /auth/me': { access: 'anyone' },
  'PUT /auth/me': person({ body: () => ({ full_name: 'Ada' }) }),
  'PUT /auth/workspace': person({ body: (of) => ({ workspace_id: of.workspace }) }),
  'GET /auth/sessions': person(),
  'DELETE /auth/sessions/:id': person({ path: (of) => `/auth/sessions/${of.sessionId}` }),
  'POST /auth/verify': person({ body: () => ({ password: 'wrong horse battery' }) }),
  'PUT /auth/password': person({
    body: () => ({ current_password: 'wrong horse battery', password: 'green ladder forty' }),
  }),
  'POST /auth/totp': person(),
  'POST /auth/totp/confirmation': person({ body: () => ({ code: '000000' }) }),
  'DELETE /auth/totp': person(),
  'POST /api/client/change-password': person({
    body: () => ({ current_password: 'wrong horse battery', new_password: 'green ladder forty' }),
  }),
  'POST /api/client/logout': person(),
  'POST /auth/logout': person(),
}

const administration: Record<string, Case> = {
  'GET /metrics': { access: 'analytics:read' },
  'GET /members': { access: 'members:read' },
  'GET /members/invitations': { access: 'members:read' },
  'GET /members/:id': { access: 'members:read', path: (of) => `/members/${of.member}` },
  'POST /members': {
    access: 'members:write',
    body: (_, unique) => ({ email: `${unique}@example.com`, role: 'viewer', password: PASSWORD }),
  },
  'POST /members/invitations': {
    access: 'members:write',
    body: (_, unique) => ({ email: `${unique}@example.com`, role: 'viewer' }),
  },
  'DELETE /members/invitations/:id': {
    access: 'members:write',
    path: (of) => `/members/invitations/${of.invitation}`,
  },
  'PUT /members/:id': {
    access: 'members:write',
    path: (of) => `/members/${of.otherMember}`,
    body: () => ({ role: 'owner' }),
  },
  'POST /members/:id/password-reset': {
    access: 'members:write',
    path: (of) => `/members/${of.otherMember}/password-reset`,
  },
  'DELETE /members/:id': {
    access: 'members:write',
    path: (of) => `/members/${of.otherMember}`,
  },
  'GET /api-keys': { access: 'keys:write' },
  'GET /api-keys/:id': { access: 'keys:write', path: (of) => `/api-keys/${of.apiKey}` },
  'POST /api-keys': {
    access: 'keys:write',
    body: (_, unique) => ({ name: unique, scopes: ['contacts:read'] }),
  },
  'POST /api-keys/:id/rotate': {
    access: 'keys:write',
    path: (of) => `/api-keys/${of.apiKey}/rotate`,
  },
  'DELETE /api-keys/:id': { access: 'keys:write', path: (of) => `/api-keys/${of.apiKey}` },
  'GET /workspaces': { access: 'workspaces:write' },
  'POST /workspaces': {
    access: 'workspaces:write',
    body: (_, unique) => ({ slug: unique, name: unique }),
  },
  'GET /workspaces/:id': {
    access: 'workspaces:write',
    path: (of) => `/workspaces/${of.workspace}`,
  },
  'PUT /workspaces/:id': {
    access: 'workspaces:write',
    path: (of) => `/workspaces/${of.workspace}`,
    body: (of) => ({ name: of.mark }),
  },
  'GET /workspaces/:id/brand': {
    access: 'workspaces:write',
    path: (of) => `/workspaces/${of.workspace}/brand`,
  },
  'PUT /workspaces/:id/brand': {
    access: 'workspaces:write',
    path: (of) => `/workspaces/${of.workspace}/brand`,
    body: () => ({ color: '#1f4fd8', logo: null }),
  },
  'GET /audit': { access: 'audit:read' },
  'GET /audit/verification': { access: 'audit:read' },
  'GET /api-requests': { access: 'requests:read' },
  'GET /api-requests/:id': {
    access: 'requests:read',
    path: (of) => `/api-requests/${of.request}`,
  },
}

const senders: Record<string, Case> = {
  'GET /providers': { access: 'senders:read' },
  'GET /providers/catalog': { access: 'senders:read' },
  'GET /providers/:id': { access: 'senders:read', path: (of) => `/providers/${of.sender}` },
  'POST /providers': {
    access: 'senders:write',
    body: (_, unique) => ({
      channel: 'slack',
      provider: 'slack',
      name: unique,
      settings: { webhook_url: 'https://hooks.example.com/services/one' },
    }),
  },
  'PUT /providers/order': {
    access: 'senders:write',
    body: (of) => ({ channel: 'webhook', ids: [of.sender] }),
  },
  'POST /providers/:id/copy': {
    access: 'senders:write',
    path: (of) => `/providers/${of.sender}/copy`,
    body: (_, unique) => ({ name: unique }),
  },
  'GET /providers/:id/usage': {
    access: 'senders:read',
    path: (of) => `/providers/${of.sender}/usage`,
  },
  'GET /providers/health': { access: 'senders:read' },
  'POST /providers/:id/test': {
    access: 'messages:write',
    path: (of) => `/providers/${of.sender}/test`,
    body: () => ({}),
  },
  'GET /providers/:id/records': {
    access: 'senders:read',
    path: (of) => `/providers/${of.sender}/records`,
  },
  'PUT /providers/:id': {
    access: 'senders:write',
    path: (of) => `/providers/${of.sender}`,
    body: (_, unique) => ({ name: unique }),
  },
  'PUT /providers/:id/status': {
    access: 'senders:write',
    path: (of) => `/providers/${of.sender}/status`,
    body: () => ({ status: 'paused' }),
  },
  'POST /providers/:id/check': {
    access: 'senders:write',
    path: (of) => `/providers/${of.sender}/check`,
  },
  'DELETE /providers/:id': { access: 'senders:write', path: (of) => `/providers/${of.sender}` },
  'GET /callbacks': { access: 'senders:read' },
  'GET /callbacks/groups': { access: 'senders:read' },
  'POST /callbacks/process': {
    access: 'senders:write',
    body: () => ({ provider: 'webhook', reason: 'The body is no JSON.' }),
  },
  'GET /callbacks/:id': { access: 'senders:read', path: (of) => `/callbacks/${of.callback}` },
  'POST /callbacks/:id/process': {
    access: 'senders:write',
    path: (of) => `/callbacks/${of.callback}/process`,
  },
}

const connection = (of: Tenant, rest = '') => `/connectors/${of.connection}${rest}`
const connections: Record<string, Case> = {
  'GET /connectors': { access: 'senders:read' },
  'GET /connectors/catalog': { access: 'senders:read' },
  'GET /connectors/:id': { access: 'senders:read', path: (of) => connection(of) },
  'POST /connectors': {
    access: 'senders:write',
    body: (_, unique) => ({
      connector: 'close',
      name: unique,
      settings: { api_key: 'api_none', base_url: 'https://close.invalid', polling_enabled: false },
    }),
  },
  'PUT /connectors/:id': {
    access: 'senders:write',
    path: (of) => connection(of),
    body: (_, unique) => ({ name: unique }),
  },
  'POST /connectors/dry-run': {
    access: 'senders:write',
    body: () => ({
      connector: 'close',
      settings: { api_key: 'api_x', base_url: 'https://close.invalid' },
    }),
  },
  'POST /connectors/:id/dry-run': {
    access: 'senders:write',
    path: (of) => `/connectors/${of.connection}/dry-run`,
    body: () => ({ settings: {} }),
  },
  'POST /connectors/:id/check': {
    access: 'senders:write',
    path: (of) => connection(of, '/check'),
  },
  'POST /connectors/:id/pause': {
    access: 'senders:write',
    path: (of) => connection(of, '/pause'),
    body: () => ({ reason: 'holiday' }),
  },
  'POST /connectors/:id/activate': {
    access: 'senders:write',
    path: (of) => connection(of, '/activate'),
  },
  'GET /sync': { access: 'senders:read' },
  'POST /sync': {
    access: 'senders:write',
    body: (of) => ({ connection_id: of.connection }),
  },
  'POST /sync/:id/process': {
    access: 'senders:write',
    path: (of) => `/sync/${of.pull}/process`,
  },
  'DELETE /connectors/:id': { access: 'senders:write', path: (of) => connection(of) },
}

const templates: Record<string, Case> = {
  'GET /templates': { access: 'templates:read' },
  'GET /templates/:id': { access: 'templates:read', path: (of) => `/templates/${of.template}` },
  'POST /templates': {
    access: 'templates:write',
    body: (_, unique) => ({ name: unique, channel: 'sms', text: 'Hi {{ name }}' }),
  },
  'PUT /templates/:id/draft': {
    access: 'templates:write',
    path: (of) => `/templates/${of.template}/draft`,
    body: (_, unique) => ({ locales: { en: { text: `Hi, ${unique}` } } }),
  },
  'GET /templates/:id/draft': {
    access: 'templates:read',
    path: (of) => `/templates/${of.template}/draft`,
  },
  'POST /templates/:id/publish': {
    access: 'templates:write',
    path: (of) => `/templates/${of.template}/publish`,
    body: () => ({}),
  },
  'DELETE /templates/:id/draft': {
    access: 'templates:write',
    path: (of) => `/templates/${of.template}/draft`,
  },
  'PUT /templates/:id': {
    access: 'templates:write',
    path: (of) => `/templates/${of.template}`,
    body: (_, unique) => ({ subject: unique }),
  },
  'GET /templates/:id/versions': {
    access: 'templates:read',
    path: (of) => `/templates/${of.template}/versions`,
  },
  'GET /templates/:id/versions/:version': {
    access: 'templates:read',
    path: (of) => `/templates/${of.template}/versions/1`,
  },
  'GET /templates/:id/diff': {
    access: 'templates:read',
    path: (of) => `/templates/${of.template}/diff?from=1&to=2`,
  },
  'POST /templates/:id/rollback': {
    access: 'templates:write',
    path: (of) => `/templates/${of.template}/rollback`,
    body: () => ({ version: 1 }),
  },
  'POST /templates/:id/test': {
    access: 'templates:read',
    path: (of) => `/templates/${of.template}/test`,
    body: () => ({ template_variables: { name: 'Ada' } }),
  },
  'DELETE /templates/:id': {
    access: 'templates:write',
    path: (of) => `/templates/${of.template}`,
  },
}

const journey = (unique: string) => ({
  name: unique,
  trigger: { api: true },
  settings: { pause: { title: 'Pause', type: 'number', default: 1 } },
  steps: [
    { id: 'pause', type: 'wait', days: '{{ settings.pause }}' },
    { id: 'end', type: 'exit', reason: 'done' },
  ],
})
const runs = (of: Tenant) => `/journeys/${of.journey}/runs`
const run = (of: Tenant, rest = '') => `${runs(of)}/${of.run}${rest}`
const journeys: Record<string, Case> = {
  'GET /journeys': { access: 'journeys:read' },
  'GET /journey-steps': { access: 'journeys:read' },
  'GET /restored': { access: 'journeys:read' },
  'GET /journeys/:id': { access: 'journeys:read', path: (of) => `/journeys/${of.journey}` },
  'POST /journeys': { access: 'journeys:write', body: (_, unique) => journey(unique) },
  'POST /journeys/validate': { access: 'journeys:read', body: (_, unique) => journey(unique) },
  'GET /journey-drafts': { access: 'journeys:read' },
  'POST /journey-drafts': {
    access: 'journeys:write',
    body: (_, unique) => ({ document: journey(unique) }),
  },
  'PUT /journeys/:id/draft': {
    access: 'journeys:write',
    path: (of) => `/journeys/${of.journey}/draft`,
    body: (_, unique) => ({ document: journey(`${unique}-draft`) }),
  },
  'GET /journeys/:id/draft': {
    access: 'journeys:read',
    path: (of) => `/journeys/${of.journey}/draft`,
  },
  'POST /journeys/:id/publish': {
    access: 'journeys:write',
    path: (of) => `/journeys/${of.journey}/publish`,
  },
  'DELETE /journeys/:id/draft': {
    access: 'journeys:write',
    path: (of) => `/journeys/${of.draft}/draft`,
  },
  'PUT /journeys/:id': {
    access: 'journeys:write',
    path: (of) => `/journeys/${of.journey}`,
    body: (_, unique) => journey(`${unique}-anew`),
  },
  'PUT /journeys/:id/settings': {
    access: 'journeys:write',
    path: (of) => `/journeys/${of.journey}/settings`,
    body: () => ({}),
  },
  'POST /journeys/:id/pause': {
    access: 'journeys:write',
    path: (of) => `/journeys/${of.journey}/pause`,
    body: () => ({ reason: 'holiday' }),
  },
  'POST /journeys/:id/enable': {
    access: 'journeys:write',
    path: (of) => `/journeys/${of.journey}/enable`,
  },
  'GET /journeys/:id/versions': {
    access: 'journeys:read',
    path: (of) => `/journeys/${of.journey}/versions`,
  },
  'GET /journeys/:id/versions/:version': {
    access: 'journeys:read',
    path: (of) => `/journeys/${of.journey}/versions/1`,
  },
  'POST /journeys/:id/simulate': {
    access: 'journeys:read',
    path: (of) => `/journeys/${of.journey}/simulate`,
    body: () => ({ contact: { name: 'Ada' } }),
  },
  'GET /journeys/:id/runs': { access: 'journeys:read', path: (of) => runs(of) },
  'GET /journeys/:id/waiting': {
    access: 'journeys:read',
    path: (of) => `/journeys/${of.journey}/waiting`,
  },
  'GET /journeys/:id/runs/:run_id': { access: 'journeys:read', path: (of) => run(of) },
  'POST /journeys/:id/runs': {
    access: 'journeys:write',
    path: (of) => runs(of),
    body: (of, unique) => ({ contact_id: of.externalId, key: unique }),
  },
  'POST /journeys/:id/runs/:run_id/run-now': {
    access: 'journeys:write',
    path: (of) => run(of, '/run-now'),
  },
  'POST /journeys/:id/runs/:run_id/skip': {
    access: 'journeys:write',
    path: (of) => run(of, '/skip'),
  },
  'POST /journeys/:id/runs/:run_id/hold': {
    access: 'journeys:write',
    path: (of) => run(of, '/hold'),
    body: () => ({ until: future, reason: 'holiday' }),
  },
  'POST /journeys/:id/runs/:run_id/release': {
    access: 'journeys:write',
    path: (of) => run(of, '/release'),
  },
  'POST /journeys/:id/runs/:run_id/retry': {
    access: 'journeys:write',
    path: (of) => run(of, '/retry'),
  },
  'POST /journeys/:id/runs/:run_id/cancel': {
    access: 'journeys:write',
    path: (of) => run(of, '/cancel'),
    body: () => ({ reason: 'a mistake' }),
  },
  'DELETE /journeys/:id': {
    access: 'journeys:write',
    path: (of) => `/journeys/${of.draft}`,
  },
  'GET /recipes': { access: 'journeys:read' },
}

const notification = (of: Tenant, rest = '') => `/notifications/${of.message}${rest}`
const messages: Record<string, Case> = {
  'POST /notifications': { access: 'messages:write', body: message },
  'POST /notifications/send': { access: 'messages:write', body: message },
  'GET /notifications/export.csv': { access: 'messages:read' },
  'GET /notifications': { access: 'messages:read' },
  'GET /notifications/:id': { access: 'messages:read', path: notification },
  'GET /notifications/:id/content': {
    access: 'messages:read',
    path: (of) => notification(of, '/content'),
  },
  'GET /notifications/:id/origin': {
    access: 'journeys:read',
    path: (of) => notification(of, '/origin'),
  },
  'PUT /notifications/:id/clicked': {
    access: 'messages:write',
    path: (of) => `/notifications/${of.sent}/clicked`,
  },
  'POST /notifications/:id/resend': {
    access: 'messages:write',
    path: (of) => notification(of, '/resend'),
  },
  'PUT /notifications/:id/status': {
    access: 'messages:write',
    path: (of) => notification(of, '/status'),
    body: () => ({ status: 'scheduled', scheduled_at: future }),
  },
  'POST /notifications/cancel': {
    access: 'messages:write',
    body: (of) => ({ ids: [of.message] }),
  },
  'POST /notifications/resend': {
    access: 'messages:write',
    body: (of) => ({ ids: [of.message] }),
  },
  'POST /notifications/:id/simulate': {
    access: 'messages:write',
    path: (of) => `/notifications/${of.sent}/simulate`,
    body: () => ({ do: 'open' }),
  },
  'POST /notifications/redrive': {
    access: 'messages:write',
    body: (of) => ({ ids: [of.message] }),
  },
  'POST /api/track/reply': {
    access: 'messages:write',
    body: (of, unique) => ({ message_id: of.message, text: 'Yes', reply_id: unique }),
  },
  'POST /inbound/messages': {
    access: 'messages:write',
    body: (_, unique) => mail(unique),
    type: 'message/rfc822',
  },
}

const contact = (of: Tenant, rest = '') => `/contacts/${of.contact}${rest}`
const contacts: Record<string, Case> = {
  'GET /contacts': { access: 'contacts:read' },
  'GET /contacts/export.csv': { access: 'contacts:read' },
  'GET /contacts/:id': { access: 'contacts:read', path: contact },
  'GET /contacts/:id/consents': {
    access: 'contacts:read',
    path: (of) => contact(of, '/consents'),
  },
  'GET /contacts/:id/links': {
    access: 'contacts:read',
    path: (of) => `/contacts/${of.contact}/links`,
  },
  'GET /contacts/:id/timeline': {
    access: 'contacts:read',
    path: (of) => contact(of, '/timeline'),
  },
  'GET /contacts/:id/export': { access: 'contacts:read', path: (of) => contact(of, '/export') },
  'POST /contacts': { access: 'contacts:write', body: (_, unique) => ({ external_id: unique }) },
  'PUT /contacts/:id': {
    access: 'contacts:write',
    path: contact,
    body: (_, unique) => ({ traits: { unique } }),
  },
  'POST /contacts/:id/addresses': {
    access: 'contacts:write',
    path: (of) => contact(of, '/addresses'),
    body: (_, unique) => ({ kind: 'email', address: `${unique}@example.com` }),
  },
  'POST /contacts/:id/merge': {
    access: 'contacts:write',
    path: (of) => contact(of, '/merge'),
    body: (of) => ({ duplicate_id: of.duplicate }),
  },
  'POST /contacts/:id/unmerge': {
    access: 'contacts:write',
    path: (of) => contact(of, '/unmerge'),
    body: (of) => ({ duplicate_id: of.merged }),
  },
  'DELETE /contacts/:id/addresses/:kind/:address': {
    access: 'contacts:write',
    path: (of) => contact(of, `/addresses/email/${of.email}`),
  },
  'DELETE /contacts/:id': { access: 'contacts:write', path: contact },
  'POST /contacts/imports': {
    access: 'contacts:write',
    body: (_, unique) => csv(unique),
    type: 'text/csv',
  },
  'GET /contacts/imports': { access: 'contacts:read' },
  'GET /contacts/imports/:id': {
    access: 'contacts:read',
    path: (of) => `/contacts/imports/${of.importId}`,
  },
  'GET /contacts/imports/:id/failures.csv': {
    access: 'contacts:read',
    path: (of) => `/contacts/imports/${of.importId}/failures.csv`,
  },
}

const wishes: Record<string, Case> = {
  'GET /suppressions': { access: 'contacts:read' },
  'POST /suppressions': {
    access: 'contacts:write',
    body: (_, unique) => ({ kind: 'email', address: `${unique}@example.com` }),
  },
  'DELETE /suppressions/:kind/:address': {
    access: 'contacts:write',
    path: (of) => `/suppressions/email/${of.suppressed}`,
  },
  'POST /consents': {
    access: 'contacts:write',
    body: (of) => ({ contact_id: of.contact, topic: of.topic, granted: true }),
  },
  'GET /topics': { access: 'contacts:read' },
  'POST /topics': { access: 'contacts:write', body: (_, unique) => ({ key: unique }) },
  'GET /preferences/:user_id': {
    access: 'contacts:read',
    path: (of) => `/preferences/${of.externalId}`,
  },
  'POST /preferences': {
    access: 'contacts:write',
    body: (of) => ({ user_id: of.externalId, marketing: true }),
  },
  'PUT /preferences/:user_id': {
    access: 'contacts:write',
    path: (of) => `/preferences/${of.externalId}`,
    body: () => ({ marketing: true }),
  },
  'PUT /preferences/:user_id/unsubscribe': {
    access: 'contacts:write',
    path: (of) => `/preferences/${of.externalId}/unsubscribe`,
    body: () => ({ channel: 'email' }),
  },
  'POST /events': {
    access: 'events:write',
    body: (of, unique) => ({ name: 'thing.done', contact_id: of.contact, key: unique }),
  },
  'GET /events': { access: 'contacts:read' },
  'GET /stream': { access: 'messages:read' },
  'GET /analytics/overview': { access: 'analytics:read' },
  'GET /analytics/trends': { access: 'analytics:read' },
  'GET /analytics/growth': { access: 'analytics:read' },
  'GET /stats': { access: 'analytics:read' },
  'POST /test/notification': { access: 'messages:write' },
  'GET /analytics/summary': { access: 'analytics:read' },
  'GET /analytics/recent': { access: 'analytics:read' },
  'GET /analytics/by-date': { access: 'analytics:read' },
  'GET /analytics/top-leads': { access: 'analytics:read' },
  'GET /analytics/by-time': { access: 'analytics:read' },
  'GET /analytics/by-day': { access: 'analytics:read' },
  'GET /analytics/by-week': { access: 'analytics:read' },
  'GET /analytics/engagement': { access: 'analytics:read' },
}

export const table: Readonly<Record<string, Case>> = {
  ...{ ...forAll, ...forPeople, ...administration, ...senders, ...connections },
  ...{ ...templates, ...journeys, ...messages, ...contacts, ...wishes },
}

/** What deletes comes last, so that what it deletes is there for the others. */
export const inOrder: readonly (readonly [name: string, Case])[] = Object.entries(table).toSorted(
  ([one], [other]) => Number(one.startsWith('DELETE')) - Number(other.startsWith('DELETE')),
)

export const methodOf = (name: string) => name.slice(0, name.indexOf(' '))

/** Where a case leads for `of`: the route's own address when it names nothing. */
export const addressOf = (name: string, { path }: Case, of: Tenant) =>
  path ? path(of) : name.slice(name.indexOf(' ') + 1)
