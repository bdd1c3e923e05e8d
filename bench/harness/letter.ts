/**
 * The email that is sent: 3 KB of Liquid with three variables and two links, as a shop
 * writes after an order. `pixel` and `links` are where a hand-written sender puts its own.
 */
export const SUBJECT = 'Your order {{ order }} is on its way, {{ first_name }}'

export const variables = (n: number) => ({
  first_name: `Person ${n}`,
  order: `A-${100_000 + n}`,
  amount: (20 + (n % 400) / 4).toFixed(2),
})

const cell = 'padding:12px 24px;font-family:Helvetica,Arial,sans-serif;font-size:15px;color:#222222'
const row = (text: string) => `<tr><td style="${cell}">${text}</td></tr>`

const paragraphs = [
  'Hello {{ first_name }},',
  'your order {{ order }} over {{ amount }} EUR has left our house this morning and is on its way to you. The carrier needs two working days as a rule, three in the mountains and on islands.',
  'You need not be at home: the parcel fits into most letter boxes, and where it does not, a neighbour or the next shop will keep it for a week. The carrier leaves a card that says where.',
  'Should anything be missing or broken, keep the box, take a picture of it and write to us within fourteen days. We send what is missing again at once and ask questions later.',
  'Everything in this parcel may be returned for thirty days, opened or not. The label lies in the box; the way back is free, and the money is on its way as soon as the carrier has scanned it.',
  'We wrap with paper only. The filling is corn starch: it dissolves under the tap, and the paper goes where paper goes. The box is made for a second journey, so please use it again.',
]

export function html(links: { status: string; shop: string }, pixel = ''): string {
  const buttons =
    `<a href="${links.status}" style="color:#0b5fff">Where is my parcel?</a>` +
    ` · <a href="${links.shop}" style="color:#0b5fff">Back to the shop</a>`
  return [
    '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>On its way</title></head>',
    '<body style="margin:0;background:#f4f4f4"><table role="presentation" width="600" align="center" cellpadding="0" cellspacing="0" style="background:#ffffff">',
    ...paragraphs.map(row),
    row(buttons),
    row('Thank you, {{ first_name }}, and until next time.'),
    `</table>${pixel}</body></html>`,
  ].join('\n')
}

export const text = [...paragraphs, 'https://example.com/orders', ''].join('\n\n')

export const destinations = {
  status: 'https://example.com/orders/status?from=mail',
  shop: 'https://example.com/shop?from=mail',
}
