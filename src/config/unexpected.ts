/** A setting is not what it should be: the message says what was expected, behind "must be". */
export class Unexpected extends Error {}
