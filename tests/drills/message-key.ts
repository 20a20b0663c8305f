/** What a mail of an edition is known by on both sides: in the ledger, and in the Message-ID that the relay saw. */

/** An edition's Message-ID is `edition.eEDITION-READER-EPOCH-MAC@domain`, numbers in base 36. */
export function keyOfMessage(messageId: string): string {
  const [edition = '', reader = ''] = (messageId.split('.')[1] ?? '').split('-')
  return `${edition}-${reader}`
}

export const keyOfMail = (editionId: number, subscriberId: number): string =>
  `e${editionId.toString(36)}-${subscriberId.toString(36)}`
