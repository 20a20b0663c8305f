/** `daily-papers rank backtest` from outside. */
import { copyFileSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { runCli } from '../support/run-cli.js'
import { slowFile } from '../support/slow-file.js'

slowFile()

const folderOfErrors = mkdtempSync(join(tmpdir(), 'daily-papers-looks-'))
copyFileSync('tests/fixtures/error-body.json', join(folderOfErrors, '2026-08-05.json'))
const votes = ['--votes', 'tests/fixtures/votes-2024.csv']

describe('rank backtest', () => {
  it('prints what each formula is worth', async () => {
    const ran = await runCli(['rank', 'backtest', ...votes], {})
    expect(ran).toMatchObject({ status: 0, stderr: '' })
    expect(ran.stdout).toMatch(/^votes +0\.9859 +0\.920 +fixed$/m)
    expect(ran.stdout).toMatch(/\(the formula\) +0\.988\d +0\.9\d\d +fitted on the other days$/m)
  })

  it('prints JSON, of looks from folders too', async () => {
    const ran = await runCli(
      ['rank', 'backtest', ...votes, '--snapshots', 'tests/fixtures/looks', '--json'],
      {},
    )
    expect(JSON.parse(ran.stdout)).toMatchObject({ days: 51, papers: 730, unreadable: [] })
  })

  it.each([
    ['nothing to read', [], 2, /--votes FILE\.csv/],
    ['days seen once', ['--days', 'tests/fixtures/daily'], 1, /seen twice\. 5 days were looked at once only/],
    ['files that are no lists', ['--days', folderOfErrors], 1, /Not read: 2026-08-05\.json/],
    ['a file that is not there', ['--votes', 'nowhere.csv'], 1, /nowhere\.csv cannot be read/],
    ['a file without its columns', ['--votes', 'package.json'], 1, /lacks day|no CSV/],
  ])('says what it lacks: %s', async (_what, args, status, said) => {
    const ran = await runCli(['rank', 'backtest', ...args], {})
    expect(ran).toMatchObject({ status, stdout: '' })
    expect(ran.stderr).toMatch(said)
  })
})
