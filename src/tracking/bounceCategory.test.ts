import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type BounceCategory, categorise, statusIn } from './bounceCategory.ts'

/** What servers say, its status header, and what it means. */
const cases: [
  diagnostic: string,
  status: string | null,
  category: BounceCategory,
  hard: boolean,
][] = [
  [
    '550-5.1.1 The email account that you tried to reach does not exist',
    null,
    'invalid_mailbox',
    true,
  ],
  ['550 User unknown', null, 'invalid_mailbox', true],
  ['553 sorry, no mailbox here by that name', '5.0.0', 'invalid_mailbox', true],
  ['550 Requested action not taken: mailbox unavailable', '5.5.0', 'invalid_mailbox', true],
  ['550 5.4.1 Recipient address rejected: Access denied', '5.4.1', 'invalid_mailbox', false],
  ['450 4.1.1 User unknown', null, 'invalid_mailbox', false],
  ['550 5.7.1 user unknown', null, 'policy_spam', false],
  ['550 5.7.1 rejected', '5.1.1', 'invalid_mailbox', false],
  ['Host or domain name not found', '5.1.2', 'bad_domain', true],
  ['550 5.1.10 corp.test has a null MX', '5.1.10', 'bad_domain', true],
  ['554 domain not found', null, 'bad_domain', true],
  ['Host not found, try again', '4.4.3', 'bad_domain', false],
  ['550 5.2.1 account disabled', null, 'inactive', true],
  ['450 4.2.1 The user is receiving mail at a rate that prevents', null, 'rate_limited', false],
  ['452 4.2.2 The email account is over quota', null, 'full', false],
  ['552 mailbox is full', null, 'full', false],
  ['552 5.3.4 Message size exceeds fixed limit', null, 'too_large', false],
  ['552 message too large', null, 'too_large', false],
  ['550 5.7.26 unauthenticated', null, 'auth_fail', false],
  ['550 5.7.515 Access denied, sending domain does not pass DMARC', null, 'auth_fail', false],
  ['550 SPF check failed', '5.0.0', 'auth_fail', false],
  ['421 4.7.32 not aligned', null, 'auth_fail', false],
  [
    '554 Service unavailable; Client host blocked using zen.spamhaus.org',
    null,
    'blocklisted',
    false,
  ],
  ['421 4.7.28 unusual rate of mail', null, 'rate_limited', false],
  ['421 Too many connections', null, 'rate_limited', false],
  ['451 4.7.1 Greylisting in action, please come back later', null, 'greylist', false],
  ['450 4.2.0 Recipient address rejected: Greylisted', null, 'greylist', false],
  ['554 5.7.1 Relay access denied', null, 'relay', false],
  ['550 message looks like spam', null, 'policy_spam', false],
  ['554 5.6.0 malformed content', null, 'content', false],
  ['connect to mx: Connection timed out', '4.4.1', 'network', false],
  ['message expired', '5.4.7', 'network', false],
  ['500 command unrecognised', null, 'protocol', false],
  ['', null, 'unknown', false],
  ['', '5.0.0', 'unknown', false],
]

for (const [diagnostic, status, category, hard] of cases) {
  test(`"${diagnostic}" with status ${status} is ${category}${hard ? ', hard' : ''}`, () => {
    assert.deepEqual(categorise({ diagnostic, status }), { category, hard })
  })
}

test('codes are found in text, addresses and versions are not codes', () => {
  assert.equal(statusIn('550-5.01.001 x'), '5.1.1')
  assert.equal(statusIn('host 192.5.1.1 said no'), null)
  assert.equal(statusIn('#5.1.1)'), '5.1.1')
})
