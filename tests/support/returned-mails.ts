/** Mails that come back, made from the mail that was sent. */
export type Sent = { from: string; to: string; message: string }

const headOf = ({ message }: Sent) => message.slice(0, message.indexOf('\r\n\r\n'))

/** A report of RFC 3464 with the header of ours; `reply` is what the server said. */
export function dsn(sent: Sent, reply = '550 5.1.1 <someone>: user unknown', to = sent.to): string {
  const status = /\b([45]\.\d+\.\d+)/.exec(reply)?.[1] ?? '5.0.0'
  return `From: MAILER-DAEMON@mx.example
To: ${sent.from}
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b1"

--b1
Content-Type: text/plain

The mail to <${to}> could not be delivered: ${reply}

--b1
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example

Final-Recipient: rfc822; ${to}
Action: failed
Status: ${status}
Diagnostic-Code: smtp; ${reply}

--b1
Content-Type: text/rfc822-headers

${headOf(sent)}

--b1--
`
}

/** A complaint of RFC 5965, with the recipient struck out. */
export const complaint = (sent: Sent): string => `From: feedback@isp.example
To: ${sent.from}
Subject: FW: Daily Papers
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report; boundary="b1"

--b1
Content-Type: text/plain

This is an email abuse report.

--b1
Content-Type: message/feedback-report

Feedback-Type: abuse
User-Agent: Loop/1.0
Version: 1

--b1
Content-Type: message/rfc822

${headOf(sent).replace(/^To: .*$/m, 'To: <redacted>')}

redacted

--b1--
`

/** Where the mail says that a mail unsubscribes. */
export function leaveAddressOf({ message }: Sent): string {
  const header = headOf({ from: '', to: '', message }).replaceAll(/\r\n[ \t]+/g, ' ')
  return /^List-Unsubscribe:.*<mailto:([^>]+)>/m.exec(header)?.[1] ?? ''
}

/** As mail programs write it that know the mailto of List-Unsubscribe. */
export const leaving = (sent: Sent): string => `From: <${sent.to}>
To: <${leaveAddressOf(sent)}>
Subject: unsubscribe
Message-ID: <leave.${sent.to}>

`
