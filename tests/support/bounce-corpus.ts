/** Real bounce mails with the verdicts of others, beside the repository in `../shared/bounces`, and how we agree. */
import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Reading, readReturn } from '../../src/inbound/reading/read.js'

/** Null on a machine without it. */
export const corpusFolder = folderIfThere(new URL('../../../shared/bounces', import.meta.url))

function folderIfThere(url: URL): string | null {
  const folder = fileURLToPath(url)
  return existsSync(folder) ? folder : null
}

type Verdict = { reason: string; hard: boolean }

/** What is no bounce by Sisimai's reasons. */
const notices = new Set(['feedback', 'vacation', 'delivered'])

export type Agreement = {
  /** Mails about one recipient, and on how many of them hardness is judged alike. */
  single: number
  alike: number
  /** Of those: called hard against the verdict, and the other way round. */
  falseHard: string[]
  missedHard: string[]
  notices: number
  noticesTaken: string[]
  /** Addresses that flufl.bounce finds, and those of them that we do not. */
  addresses: number
  addressesMissed: string[]
}

export async function agreementWith(folder: string): Promise<Agreement> {
  const agreement: Agreement = {
    single: 0,
    alike: 0,
    falseHard: [],
    missedHard: [],
    notices: 0,
    noticesTaken: [],
    addresses: 0,
    addressesMissed: [],
  }
  await weighSisimai(folder, agreement)
  await weighFlufl(folder, agreement)
  return agreement
}

async function weighSisimai(folder: string, agreement: Agreement): Promise<void> {
  for (const [file, verdicts] of await expectations<Verdict>(folder, 'sisimai-expected.json')) {
    const reading = await readFileOf(folder, 'sisimai', file)
    const [verdict] = verdicts
    if (!verdict || notices.has(verdict.reason)) {
      agreement.notices += 1
      if (reading.kind === 'bounce') agreement.noticesTaken.push(file)
    } else if (verdicts.length === 1) {
      const hard = reading.recipients.some((recipient) => recipient.class === 'hard')
      agreement.single += 1
      if (hard === verdict.hard) agreement.alike += 1
      else (hard ? agreement.falseHard : agreement.missedHard).push(file)
    }
  }
}

async function weighFlufl(folder: string, agreement: Agreement): Promise<void> {
  for (const [file, verdicts] of await expectations<{ recipients: string[] }>(
    folder,
    'flufl-expected.json',
  )) {
    const { recipients } = await readFileOf(folder, 'flufl', file)
    const found = new Set(recipients.map(({ address }) => address.toLowerCase()))
    const wanted = new Set(verdicts.flatMap((verdict) => verdict.recipients).map((one) => one.toLowerCase()))
    agreement.addresses += wanted.size
    for (const address of wanted)
      if (!found.has(address)) agreement.addressesMissed.push(`${file} ${address}`)
  }
}

async function expectations<T>(folder: string, name: string): Promise<[file: string, verdicts: T[]][]> {
  const read: Record<string, T[]> = JSON.parse(await readFile(join(folder, name), 'utf8'))
  return Object.entries(read)
}

async function readFileOf(folder: string, part: string, file: string): Promise<Reading> {
  return await readReturn(await readFile(join(folder, part, file)))
}

/** Every mail of the corpora, and our own. */
export async function everyMail(): Promise<{ name: string; raw: Buffer }[]> {
  const own = fileURLToPath(new URL('../fixtures/bounces', import.meta.url))
  const others = corpusFolder ? ['sisimai', 'flufl', 'crisp'].map((part) => join(corpusFolder, part)) : []
  const mails = [own, ...others].map(async (folder) => {
    const names = (await readdir(folder)).filter((name) => /\.(?:eml|txt)$/.test(name))
    return await Promise.all(names.map(async (name) => ({ name, raw: await readFile(join(folder, name)) })))
  })
  return (await Promise.all(mails)).flat()
}
