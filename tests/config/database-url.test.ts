/** DATABASE_URL in the forms that people have it in: each leads to the database, or says what to write. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readConfig } from '../../src/config/config.js'
import { openDb } from '../../src/db/client.js'
import { silentLog } from '../../src/log.js'
import { testDatabase } from '../support/test-database.js'

let url: URL
let socket: string
let folder: string
beforeAll(async () => {
  const opened = await testDatabase()
  url = new URL(opened.url)
  const [shown] = await opened.db.sql<{ folder: string }>(
    `SELECT split_part(current_setting('unix_socket_directories'), ',', 1) AS folder`,
  )
  socket = shown?.folder ?? ''
  folder = await mkdtemp(join(tmpdir(), 'database-url-'))
})
afterAll(() => rm(folder, { recursive: true }))

const read = (DATABASE_URL: string): string => readConfig({ DATABASE_URL }).databaseUrl ?? ''

/** The name of the database that this URL leads to. */
async function reached(text: string): Promise<string> {
  const db = openDb(read(text), silentLog, { connections: 1 })
  try {
    const [row] = await db.sql<{ name: string }>('SELECT current_database() AS name')
    return row?.name ?? ''
  } finally {
    await db.close()
  }
}

describe('a socket', () => {
  it.for([
    [
      'a user and no host',
      (user: string, port: string) => `postgres://${user}@/NAME?host=SOCKET&port=${port}`,
    ],
    [
      'a user, a password and no host',
      (user: string, port: string) => `postgresql://${user}:x@/NAME?host=SOCKET&port=${port}`,
    ],
    ['its folder as the host', (user: string, port: string) => `postgres://${user}@ENCODED:${port}/NAME`],
    [
      'the user among the parameters',
      (user: string, port: string) => `postgres:///NAME?host=SOCKET&user=${user}&port=${port}`,
    ],
  ] as const)('with %s', async ([, write], { skip }) => {
    skip(socket === '', 'the embedded server has no socket: try it with DATABASE_URL')
    const name = url.pathname.slice(1)
    const text = write(url.username, url.port || '5432')
      .replace('NAME', name)
      .replace('SOCKET', socket)
      .replace('ENCODED', encodeURIComponent(socket))
    expect(await reached(text)).toBe(name)
  })
})

it('passes over the schema that is there anyway', async () => {
  expect(await reached(`${url.href}?schema=public`)).toBe(url.pathname.slice(1))
})

it('takes sslmode as strictly as it can, and the certificates of a file', async () => {
  const file = join(folder, 'ca.pem')
  await writeFile(file, '')
  const of = (query: string) => new URL(read(`postgres://u:p@h/d?${query}`)).search
  expect(of('sslmode=require')).toBe('?sslmode=verify-full')
  expect(of('sslmode=disable')).toBe('?sslmode=disable')
  expect(of('sslmode=require&uselibpqcompat=true')).toBe('?sslmode=require&uselibpqcompat=true')
  expect(of('sslmode=verify-full&sslrootcert=system')).toBe('?sslmode=verify-full')
  expect(of(`sslrootcert=${file}`)).toContain('sslrootcert=')
})

describe('is refused with what to write', () => {
  it.each([
    ['a raw / in the password', 'postgres://u:pa/ss@h/d', '%2F'],
    ['a raw / behind what looks like a port', 'postgres://u:12/34@h/d', '%2F'],
    ['a raw # in the password', 'postgres://u:pa#ss@h/d', '%23'],
    ['a raw ? in the password', 'postgres://u:12?34@h/d', '%3F'],
    ['a raw @ and /', 'postgres://u:p@s/s@h/d', '%40'],
    ['a raw % in the password', 'postgres://u:50%@h/d', '%25'],
    ['a schema', 'postgres://u:p@h/d?schema=papers', 'search_path'],
    ['several hosts', 'postgres://u:p@a:1,b:2/d', 'one host'],
    ['another form', 'host=/tmp dbname=d', 'postgres://user:password@host'],
    ['another kind of database', 'mysql://u:p@h/d', 'postgres://user:password@host'],
    ['a sslmode that is none', 'postgres://u:p@h/d?sslmode=on', 'verify-full'],
    ['a file that is not there', 'postgres://u:p@h/d?sslrootcert=/nowhere/ca.pem', 'sslrootcert'],
  ])('%s', (_, text, words) => {
    expect(() => read(text)).toThrow(words)
    expect(() => read(text)).not.toThrow(/pa.ss|12.34|50%@/)
  })
})

it('lets a password of any letters through, percent-encoded', () => {
  const password = `a/b#c?d@e%f:g h`
  expect(decodeURIComponent(new URL(read(`postgres://u:${encodeURIComponent(password)}@h/d`)).password)).toBe(
    password,
  )
  expect(decodeURIComponent(new URL(read('postgres://u:p@ss@h/d')).password)).toBe('p@ss')
})

describe('PUBLIC_URL', () => {
  it.each([
    'https://h.example/papers',
    'https://h.example/?a',
    'https://h.example/#a',
    'https://u@h.example',
  ])('is refused with more than a host: %s', (PUBLIC_URL) =>
    expect(() => readConfig({ PUBLIC_URL })).toThrow('without a path'),
  )
})
