/** The alert rules and metrics, by Prometheus' own promtool; where it is not installed, the names say that they were left out. */
import { spawn, spawnSync } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { text } from 'node:stream/consumers'
import { describe, expect, it } from 'vitest'
import { systemClock } from '../../src/clock.js'
import { openMetrics } from '../../src/operations/figures/metrics.js'
import { testDatabase } from '../support/test-database.js'

const { db } = await testDatabase()
const rules = resolve('templates/ops/alert-rules.yml')
const isHere = spawnSync('promtool', ['--version']).status === 0

async function promtool(args: string[], input = '') {
  const child = spawn('promtool', args)
  child.stdin.end(input)
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)])
  return out + err
}

type Series = Record<string, string>

/** What promtool says when the rule should raise nothing in 40 minutes of these samples, a minute apart in its shorthand. */
async function testRule(alertname: string, series: Series) {
  const folder = await mkdtemp(join(tmpdir(), 'rules-'))
  const file = join(folder, 'test.yml')
  const input_series = Object.entries(series).map(([name, values]) => ({ series: name, values }))
  const alert_rule_test = [{ eval_time: '40m', alertname, exp_alerts: [] }]
  const tests = [{ interval: '1m', input_series, alert_rule_test }]
  await writeFile(file, JSON.stringify({ rule_files: [rules], tests }))
  const said = await promtool(['test', 'rules', file])
  await rm(folder, { recursive: true })
  return said
}

const due = 'daily_papers_delivery_oldest_due_seconds{lane="1"}'
const rate = 'daily_papers_sends_per_second'

describe.skipIf(!isHere)(`with promtool${isHere ? '' : ', which is not installed: left out'}`, () => {
  it('the rules and the metrics have no fault', async () => {
    expect(await promtool(['check', 'rules', rules])).toMatch(/SUCCESS: \d+ rules found/)
    const { registry, observeRequest } = openMetrics({ db, clock: systemClock })
    observeRequest('GET', '/', 200, 0.1)
    expect(await promtool(['check', 'metrics'], await registry.metrics())).toBe('')
  })

  it.each<[string, string, Series]>([
    ['mail that is due while none is sent', 'QueueStuck', { [due]: '0+60x60', [rate]: '0x60' }],
    ['an edition that is late', 'NoEditionOut', { 'daily_papers_alerts_open{kind="dead-man"}': '1x60' }],
    ['no worker', 'NoWorker', { daily_papers_workers: '0x60' }],
  ])('%s raises %s', async (_name, alert, series) => {
    expect(await testRule(alert, series)).toContain(`alertname="${alert}"`)
  })

  it.each<[string, string, Series]>([
    ['a long send', 'QueueStuck', { [due]: '0+60x60', [rate]: '40x60' }],
    ['a quiet day', 'NoEditionOut', { 'daily_papers_alerts_open{kind="edition-held"}': '1x60' }],
    ['a worker that is alive', 'NoWorker', { daily_papers_workers: '1x60' }],
  ])('%s does not raise %s', async (_name, alert, series) => {
    expect(await testRule(alert, series)).toContain('SUCCESS')
  })
})
