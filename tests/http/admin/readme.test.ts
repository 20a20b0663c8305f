import { spawn, spawnSync } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { expect, it } from 'vitest'
import { sendingParts } from '../../../src/deliveries/sender/create-sender.js'
import { sendEdition } from '../../../src/deliveries/sender/send-edition.js'
import { adminServer, day, listPapers, testAdminKey } from '../../support/admin-services.js'
import { until } from '../../support/until.js'
import { slowFile } from '../../support/slow-file.js'

slowFile()

/** The calls as the guide prints them. */
async function printedCalls(): Promise<string> {
  const guide = await readFile('.github/OPERATING.md', 'utf8')
  const section = guide.slice(guide.indexOf("## A day in an operator's life"))
  return /```bash\n([\s\S]+?)```/.exec(section)?.[1] ?? ''
}

const withoutCurl = ['bash', 'curl'].some((name) => spawnSync(name, ['--version']).error)
if (withoutCurl) console.warn('No bash or no curl: the calls of the README are not tried.')

it.skipIf(withoutCurl)('the day in an operator’s life works as printed', { timeout: 60_000 }, async () => {
  const server = await adminServer()
  await listPapers(server, 4)
  await server.app.listen({ port: 0, host: '127.0.0.1' })
  const { port } = server.app.server.address() as AddressInfo
  const { dataDir } = server.services.config
  const env = { ...process.env, KEY: testAdminKey, DAY: day, API: `http://127.0.0.1:${port}/api/v1/admin` }
  const shell = spawn('bash', ['-eu', '-c', await printedCalls()], { cwd: dataDir, env })
  let said = ''
  shell.stdout.on('data', (chunk) => {
    said += chunk
  })
  let complained = ''
  shell.stderr.on('data', (chunk) => {
    complained += chunk
  })
  const ended = new Promise<number | null>((resolve) => shell.on('close', resolve))
  // What the worker does, from the moment when the operator has made up their mind.
  const resumed = async () =>
    (await server.call('GET', '/audit?action=edition.resumed')).json().items.length > 0
  await until(async () => shell.exitCode !== null || (await resumed()), { within: 60_000, every: 100 })
  const { id } = (await server.call('GET', `/editions/${day}`)).json()
  await sendEdition(sendingParts(server.services), id)
  expect(await ended, complained).toBe(0)
  expect(said).not.toContain('/problems/')
  expect(said).toContain('2 would get it')
  expect(said).toMatch(/line,reason\n4,/)
  expect(said).toContain('"accepted":2')
  expect(said).toContain('"retried":0')
  const exported = await readFile(`${dataDir}/subscribers.csv`, 'utf8')
  expect(exported.trim().split('\n')).toHaveLength(3)
  await server.app.close()
})

it('the example alert rules and the board name metrics that there are', async () => {
  const server = await adminServer()
  const { body } = await server.app.inject({ url: '/metrics', remoteAddress: '127.0.0.1' })
  const known = new Set(body.match(/daily_papers_\w+/g))
  for (const file of ['alert-rules.yml', 'grafana-board.json']) {
    const text = await readFile(`templates/ops/${file}`, 'utf8')
    for (const name of new Set(text.match(/daily_papers_\w+/g)))
      expect([...known, 'daily_papers_http_request_seconds_bucket']).toContain(name)
  }
})
