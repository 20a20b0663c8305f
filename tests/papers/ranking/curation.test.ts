import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Db } from '../../../src/db/client.js'
import { curate, readCuration, uncurate } from '../../../src/papers/ranking/curation.js'
import type { CurationEntry } from '../../../src/papers/ranking/ranking.js'
import { candidatesFor } from '../../../src/papers/reads.js'
import { testDatabase } from '../../support/test-database.js'

const day = '2026-07-20'
let db: Db

beforeAll(async () => {
  ;({ db } = await testDatabase())
  await db.sql(
    `INSERT INTO paper (id, title, abstract) SELECT unnest(ARRAY['a', 'b', 'c']), 'Title', 'Abstract'`,
  )
})
beforeEach(() => db.sql('DELETE FROM curation'))

const say = (paperId: string, action: CurationEntry['action'], position: number | null = null) =>
  db.transaction('request', (tx) => curate(tx, day, { paperId, action, position, reason: 'why', by: 'ak' }))
const takeBack = (paperId: string) => db.transaction('request', (tx) => uncurate(tx, day, paperId))
const words = async () =>
  (await readCuration(db, day)).map(({ paperId, action, position }) => `${paperId} ${action} ${position}`)

describe('the word of an editor', () => {
  it('is kept, with who said it and why', async () => {
    await say('a', 'pin', 2)
    expect(await readCuration(db, day)).toEqual([
      { paperId: 'a', action: 'pin', position: 2, ordered: false, reason: 'why', by: 'ak' },
    ])
    expect(await readCuration(db, '2026-07-21')).toEqual([])
  })

  it('replaces what it contradicts and nothing else', async () => {
    await say('a', 'pin', 2)
    await say('a', 'return')
    await say('b', 'pin', 2)
    expect(await words()).toEqual(['b pin 2', 'a return null'])
    await say('b', 'hide')
    expect(await words()).toEqual(['a return null', 'b hide null'])
    await say('b', 'pin', 1)
    await say('b', 'pin', 3)
    expect(await words()).toEqual(['b pin 3', 'a return null'])
    expect(await takeBack('b')).toBe(true)
    expect(await takeBack('b')).toBe(false)
    expect(await words()).toEqual(['a return null'])
  })

  it.each([[null], [0], [51], [1.5]])('is refused for a pin at %s', async (position) => {
    await expect(say('a', 'pin', position)).rejects.toThrow('place from 1 to 50')
  })

  it('is refused for a paper that is not kept', async () => {
    await expect(say('2607.99999', 'hide')).rejects.toThrow('No paper 2607.99999')
  })

  it('makes a pinned paper a candidate of the day', async () => {
    expect(await candidatesFor(db, day)).toEqual([])
    await say('c', 'pin', 1)
    expect((await candidatesFor(db, day)).map((paper) => [paper.id, paper.listedOn])).toEqual([['c', []]])
  })
})
