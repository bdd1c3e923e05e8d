/**
 * Meta's Cloud API as far as we use it, in a process of its own: started by startMeta.ts. Bodies are
 * held against Meta's own OpenAPI where that is at hand.
 */
import { createHmac } from 'node:crypto'
import { createServer, type ServerResponse } from 'node:http'
import { openApiDocument } from './openApi.ts'
import { META_PHONE_ID, META_TOKEN, type MetaControl, type MetaState } from './startMeta.ts'
import { complaints } from './vendorContract.ts'

const DAY_MS = 86_400_000
const state: MetaState = {
  now: null,
  token: META_TOKEN,
  phoneId: META_PHONE_ID,
  appSecret: null,
  templates: [],
  wrote: {},
  pairSeconds: 0,
  lateRefusals: false,
  messages: [],
  faults: [],
  refused: [],
  requests: 0,
  complaints: [],
}
const now = () => state.now ?? Date.now()

const server = createServer(async (request, response) => {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  const { pathname: path } = new URL(request.url ?? '/', 'http://meta')
  const method = request.method ?? 'GET'
  state.requests++
  if (request.headers.authorization !== `Bearer ${state.token}`)
    return refuse(response, 401, 190, 'Error validating access token: the session has expired')
  const [, , phoneId, kind] = path.split('/')
  if (phoneId !== state.phoneId) return refuse(response, 400, 33, 'Unsupported request')
  if (method === 'GET')
    return answer(response, 200, {
      id: phoneId,
      verified_name: 'Beckon',
      display_phone_number: '1',
    })
  if (kind !== 'messages') return refuse(response, 400, 100, 'Invalid parameter')
  const json = JSON.parse(Buffer.concat(chunks).toString())
  state.complaints.push(...badParts(json))
  const whom = json.to ?? json.recipient
  const at = state.faults.findIndex(
    ({ to = whom, template = json.template?.name }) =>
      to === whom && template === json.template?.name,
  )
  const fault = at < 0 ? undefined : state.faults[at]
  if (fault && --fault.times <= 0) state.faults.splice(at, 1)
  if (fault && fault.status !== 0)
    return refuse(response, fault.status, fault.code ?? 1, 'a fault', fault.headers)
  const code = refusal(json, whom)
  if (code !== null) return refuse(response, code === 132001 ? 404 : 400, code, words[code] ?? '')
  const id = `wamid.${state.messages.length + 1}`
  state.messages.push({ id, to: whom, type: json.type, body: json, at: now() })
  if (fault) return void request.socket.resetAndDestroy()
  answer(response, 200, {
    messaging_product: 'whatsapp',
    contacts: [{ input: whom, wa_id: whom }],
    messages: [{ id }],
  })
})

const document = openApiDocument('whatsapp/business-messaging-api_v23.0.yaml')
const names: Record<string, string> = {
  text: 'TextMessage',
  template: 'TemplateMessage',
  interactive: 'InteractiveMessage',
  image: 'ImageMessage',
  video: 'VideoMessage',
  audio: 'AudioMessage',
  document: 'DocumentMessage',
  sticker: 'StickerMessage',
}

/**
 * The contract asks for both: the properties of every message and those of its type, each without
 * any others. No message can have that, so each half is held against its own.
 */
function badParts(json: Record<string, unknown>): string[] {
  if (!document) return []
  const type = String(json['type'])
  const name = names[type]
  if (!name) return [`the type ${type} is unknown`]
  const { [type]: part, type: _, biz_opaque_callback_data: ours, recipient, ...others } = json
  // Later than this contract: a user's id stands in the place of the number.
  const base = recipient === undefined ? others : { to: recipient, ...others }
  const own = `/components/schemas/${name}/allOf/1`
  return [
    complaints(document, own, { type, [type]: part }),
    complaints(document, '/components/schemas/BaseMessageProperties', { type, ...base }),
    typeof ours === 'string' && ours.length <= 512 ? '' : 'no biz_opaque_callback_data',
  ].filter((words) => words !== '')
}

const words: Record<number, string> = {
  131047: 'Re-engagement message',
  131056: '(Business Account, Consumer Account) pair rate limit hit',
  132001: 'Template name does not exist in the translation',
}

function refusal(json: { type: string; template?: { name: string } }, whom: string): number | null {
  const last = state.messages.findLast(({ to }) => to === whom)
  if (last && now() - last.at < state.pairSeconds * 1_000) return 131056
  if (json.type === 'template')
    return state.templates.includes(json.template?.name ?? '') ? null : 132001
  const open = now() - (state.wrote[whom] ?? 0) < DAY_MS
  return open || state.lateRefusals ? null : 131047
}

function refuse(
  response: ServerResponse,
  status: number,
  code: number,
  message: string,
  headers: Record<string, string> = {},
) {
  state.refused.push(code)
  const error = { message: `(#${code}) ${message}`, type: 'OAuthException', code, fbtrace_id: 'A' }
  answer(response, status, { error }, headers)
}

function answer(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
) {
  response.writeHead(status, { 'content-type': 'application/json', ...headers })
  response.end(JSON.stringify(body))
}

/** As Meta calls: the signature is over the bytes that are sent. */
async function call({ url, value, signed }: Extract<MetaControl, { do: 'call' }>) {
  const metadata = { display_phone_number: '15550783881', phone_number_id: state.phoneId }
  const changes = value.map((each) => ({
    value: { messaging_product: 'whatsapp', metadata, ...each },
    field: 'message_echoes' in each ? 'smb_message_echoes' : 'messages',
  }))
  const body = JSON.stringify({
    object: 'whatsapp_business_account',
    entry: [{ id: '102290129340398', changes }],
  })
  const hash = createHmac('sha256', state.appSecret ?? '')
    .update(body)
    .digest('hex')
  const signature = signed && state.appSecret ? { 'x-hub-signature-256': `sha256=${hash}` } : {}
  const headers = { 'content-type': 'application/json', ...signature }
  return (await fetch(url, { method: 'POST', headers, body })).status
}

process.on('message', async (control: MetaControl) => {
  if (control.do === 'set') Object.assign(state, control.state)
  const status = control.do === 'call' ? await call(control).catch(() => 0) : undefined
  process.send?.({ n: control.n, state, status })
})
process.on('disconnect', () => process.exit())

server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  if (address && typeof address === 'object') process.send?.({ port: address.port })
})
