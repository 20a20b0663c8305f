/** What of a mail is read aloud. */

export const wordsIn = (text: string) => text.split(/\s+/).filter((word) => /[\p{L}\d]/u.test(word)).length

/** Without lines that hold a link: nobody reads those out. */
export const spokenText = (text: string) =>
  text
    .split('\n')
    .filter((line) => !/https?:|@@/.test(line))
    .join('\n')
