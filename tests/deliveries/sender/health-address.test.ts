import { expect, it } from 'vitest'
import { openHealthAddress } from '../../../src/deliveries/sender/health-address.js'

it('answers 200 while the worker beats, and 503 when it has been silent', async () => {
  let beaten = performance.now()
  const address = await openHealthAddress({ host: '127.0.0.1', port: 0 }, () => beaten)
  const ask = async () => (await fetch(`http://127.0.0.1:${address.port}/`)).status
  expect(await ask()).toBe(200)
  beaten -= 30_000
  expect(await ask()).toBe(503)
  beaten = performance.now()
  expect(await ask()).toBe(200)
  await address.close()
})
