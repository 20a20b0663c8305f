/** A small night: what goes wrong is the same as in `npm run drill -- night`, with fewer readers. */
import { expect, it } from 'vitest'
import { nightDrill } from './night.js'
import { slowFile } from '../../support/slow-file.js'

slowFile()

it('serves everybody once, and raises and clears each alert', { timeout: 180_000 }, async () => {
  const result = await nightDrill({ readers: 60, delayMs: 100, tell: () => {} })
  expect(result.broken).toEqual([])
  expect(result).toMatchObject({ readers: 60, served: 60 })
  expect(result.alertsRaised).toBe(result.alertsExpected)
  expect(result.alertsCleared).toBe(result.alertsExpected)
  expect(result.alertsExpected).toBe(result.leftOut.includes('the full disk') ? 7 : 8)
})
