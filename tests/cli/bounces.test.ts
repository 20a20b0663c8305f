/** `daily-papers bounces read` from outside: no database, nothing touched. */
import { expect, test } from 'vitest'
import { runCli } from '../support/run-cli.js'
import { slowFile } from '../support/slow-file.js'

slowFile()

const folder = 'tests/fixtures/bounces'

test('prints what each mail means as JSON', async () => {
  const files = [`${folder}/courier.eml`, `${folder}/delayed.eml`, `${folder}/reply.eml`]
  const ran = await runCli(['bounces', 'read', ...files, '--json'], {
    DATABASE_URL: 'postgres://nobody@127.0.0.1:1/x',
  })
  expect(ran).toMatchObject({ status: 0, stderr: '' })
  expect(JSON.parse(ran.stdout)).toEqual([
    {
      file: files[0],
      kind: 'bounce',
      recipients: [
        {
          address: 'gone@example.net',
          class: 'hard',
          status: '5.1.1',
          code: 550,
          words: '550 5.1.1 <gone@example.net>... User Unknown',
        },
      ],
    },
    {
      file: files[1],
      kind: 'delayed',
      recipients: [expect.objectContaining({ address: 'reader@example.net', class: null })],
    },
    { file: files[2], kind: 'reply', recipients: [] },
  ])
})

test('says which file cannot be read', async () => {
  const ran = await runCli(['bounces', 'read', 'nowhere.eml'], {})
  expect(ran).toMatchObject({ status: 1, stdout: '' })
  expect(ran.stderr).toMatch(/nowhere\.eml cannot be read/)
})
