/** Messages that break whatever touches them, at the head of a queue of good ones. */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { insertTemplate, insertVersion } from '../../src/templates/store.ts'
import { uuid7 } from '../../src/lib/uuid7.ts'
import { idOf, startSmtpSink } from '../helpers/smtpSink.ts'
import { until } from '../helpers/until.ts'
import { faultWorld, smtpTo } from './world.ts'
