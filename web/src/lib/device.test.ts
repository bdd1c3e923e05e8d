/** That a person knows their own browsers again by the words that stand for them. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { deviceOf } from './device.ts'

const SAFARI = 'AppleWebKit/605.1.15 (KHTML, like Gecko)'
const CHROME = 'AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0'
const known: Record<string, string> = {
  'Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0': 'Firefox on Linux',
  'Mozilla/5.0 (Android 15; Mobile; rv:143.0) Gecko/143.0 Firefox/143.0': 'Firefox on Android',
  [`Mozilla/5.0 (Linux; Android 10; K) ${CHROME} Mobile Safari/537.36`]: 'Chrome on Android',
  [`Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${CHROME} Safari/537.36`]: 'Chrome on Windows',
  [`Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) ${CHROME} Safari/537.36`]: 'Chrome on ChromeOS',
  [`Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${CHROME} Safari/537.36 Edg/141.0.0.0`]:
    'Edge on Windows',
  [`Mozilla/5.0 (X11; Linux x86_64) ${CHROME} Safari/537.36 OPR/122.0.0.0`]: 'Opera on Linux',
  [`Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/28.0 Chrome/130.0.0.0 Mobile Safari/537.36`]:
    'Samsung Internet on Android',
  [`Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/141.0.0.0 Safari/537.36`]:
    'Chrome on Linux',
  [`Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) ${SAFARI} Version/18.5 Safari/605.1.15`]:
    'Safari on macOS',
  [`Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) ${SAFARI} Version/18.5 Mobile/15E148 Safari/604.1`]:
    'Safari on iPhone',
  [`Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) ${SAFARI} CriOS/141.0 Mobile/15E148 Safari/604.1`]:
    'Chrome on iPhone',
  [`Mozilla/5.0 (iPad; CPU OS 18_5 like Mac OS X) ${SAFARI} FxiOS/143.0 Mobile/15E148 Safari/604.1`]:
    'Firefox on iPad',
  [`Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) ${SAFARI} Mobile/15E148`]: 'iPhone',
  [`Mozilla/5.0 (Kettle; rv:1.0) ${SAFARI} Television`]:
    'Mozilla/5.0 (Kettle; rv:1.0) AppleWebKit/605.1.15 (KHTML, li',
  'Mozilla/5.0': 'Mozilla/5.0',
  'curl/8.14.1': 'curl',
  'python-requests/2.32.4': 'python-requests',
  'GuzzleHttp/7 (Linux)': 'GuzzleHttp on Linux',
  'Monthly report': 'Monthly report',
  node: 'node',
  'Mozilla/5.0 (compatible; Uptime Checker/2.0; +https://example.com)': 'Uptime Checker',
}

for (const [userAgent, words] of Object.entries(known)) {
  test(`${words}: ${userAgent}`, () => {
    const device = deviceOf(userAgent)
    const said = device?.system ? `${device.program} on ${device.system}` : device?.program
    assert.equal(said, words)
  })
}

test('what says nothing is no device', () => {
  for (const nothing of [null, '', '  ', '/', '()']) assert.equal(deviceOf(nothing), undefined)
})
