/** Vendors whose SMTP servers people use: what their customers' domains must say of them. */

export interface Relay {
  readonly name: string
  /** Of the domain that their SPF record stands at. */
  readonly include: string
  /** Names of keys that they use for every customer; most make one up for each. */
  readonly selectors: readonly string[]
}

const relays: readonly (Relay & { readonly host: RegExp })[] = [
  relay('Google', /(^|\.)(gmail|google|googlemail)\.com$/, '_spf.google.com', 'google'),
  relay(
    'Microsoft 365',
    /\.(office365|outlook)\.com$/,
    'spf.protection.outlook.com',
    ...['selector1', 'selector2'],
  ),
  relay('Amazon SES', /\.amazonaws\.com$/, 'amazonses.com'),
  relay('SendGrid', /(^|\.)sendgrid\.net$/, 'sendgrid.net', 's1', 's2'),
  relay('Mailgun', /(^|\.)mailgun\.org$/, 'mailgun.org'),
  relay('Postmark', /\.postmarkapp\.com$/, 'spf.mtasv.net'),
  relay('Brevo', /\.(brevo|sendinblue)\.com$/, 'spf.brevo.com', 'brevo1', 'brevo2'),
  relay('Mailjet', /\.mailjet\.com$/, 'spf.mailjet.com', 'mailjet'),
  relay('Zoho', /\.zoho\.(com|eu)$/, 'zoho.com'),
  relay('Fastmail', /\.fastmail\.com$/, 'spf.messagingengine.com', 'fm1', 'fm2', 'fm3'),
]

function relay(name: string, host: RegExp, include: string, ...selectors: string[]) {
  return { name, host, include, selectors }
}

export function relayOf(host: string): Relay | undefined {
  return relays.find((each) => each.host.test(host.toLowerCase()))
}
